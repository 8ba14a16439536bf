"""The drafts of one date are found among thousands, and only they are read."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import pytest

from connector.invoicing.model import ContractSnapshot
from connector.projectops.drafts_of_date import read_drafts_of_date
from connector.projectops.read import read_part
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.dataverse.query import Query
    from connector.projectops.existing_drafts import ExistingDraft
    from connector.projectops.tenant import Tenant

#: Two customers' invoices of one contract; and one contract due by milestones alone.
TWO_CUSTOMERS, MILESTONES = date(2020, 10, 7), date(2020, 11, 20)
EARLIER = 500
_SEED = UUID("5b1f0c7e-0000-4000-8000-00000000beef")


class Counting:
    """A client that counts the rows it reads, by entity set."""

    def __init__(self, inner: DataverseClient) -> None:
        self._inner = inner
        self.rows: Counter[str] = Counter()

    def read_many(self, queries: Sequence[Query]) -> tuple[tuple[Row, ...], ...]:
        answers = self._inner.read_many(queries)
        for query, rows in zip(queries, answers, strict=True):
            self.rows[query.entity_set] += len(rows)
        return answers


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    with serving(tmp_path) as served:
        yield served


def job(tenant: TestTenant, day: date, *, on: date | None = None) -> None:
    """The tenant's own job of *day*, which ran *on* that day or another."""
    moment = on or day
    tenant.emulator.clock.set(datetime(moment.year, moment.month, moment.day, 6, tzinfo=UTC))
    tenant.emulator.run_invoice_job(day)


def with_history(tenant: TestTenant, contracts: Sequence[UUID]) -> None:
    """Give each contract as many earlier invoices as EARLIER says, each with a line."""
    tenant.emulator.clock.set(datetime(2019, 1, 1, tzinfo=UTC))
    invoices: list[dict[str, Any]] = []
    lines: list[dict[str, Any]] = []
    for contract in contracts:
        for number in range(EARLIER):
            key = str(uuid5(_SEED, f"{contract}/{number}"))
            invoices.append(
                {
                    "invoiceid": key,
                    "name": f"Earlier {number}",
                    "_salesorderid_value": str(contract),
                    "createdon": f"{date(2018, 1, 1) + timedelta(days=number)}T06:00:00Z",
                }
            )
            line = str(uuid5(_SEED, f"{contract}/{number}/line"))
            lines.append({"invoicedetailid": line, "_invoiceid_value": key, "producttypecode": 5})
    tenant.emulator.seed({"invoices": invoices, "invoicedetails": lines})


def found(
    tenant: TestTenant, contracts: Sequence[UUID], day: date
) -> tuple[Mapping[Any, tuple[ExistingDraft, ...]], Counter[str]]:
    with tenant.connector() as connector:
        environment = connector._environment
        words: Tenant = environment.tenant
        read = read_part(environment.client, environment.reading, contracts)  # type: ignore[arg-type]
        snapshots = [item for item in read if isinstance(item, ContractSnapshot)]
        client = Counting(environment.client)
        drafts = read_drafts_of_date(client, words, snapshots, day)  # type: ignore[arg-type]
        return drafts, client.rows


def contracts_of(tenant: TestTenant) -> list[UUID]:
    """The contracts that have invoices."""
    return sorted({UUID(row["_salesorderid_value"]) for row in tenant.rows("invoices")})


@pytest.mark.parametrize("day", [TWO_CUSTOMERS, MILESTONES], ids=str)
@pytest.mark.parametrize("late", [0, 3], ids=["that day", "days later"])
def test_the_drafts_of_a_date_are_those_that_its_job_has_made(
    tenant: TestTenant, day: date, late: int
) -> None:
    """A job that ran days late is known by schedule rows and milestones, not by its day."""
    job(tenant, day, on=day + timedelta(days=late))
    made = {UUID(row["invoiceid"]) for row in tenant.rows("invoices")}
    contracts = contracts_of(tenant)

    drafts, _ = found(tenant, contracts, day)

    ids = {draft.id for of_contract in drafts.values() for draft in of_contract}
    named = {
        UUID(row["_msdyn_invoice_value"])
        for row in tenant.rows("msdyn_contractlineinvoiceschedules")
        if row["_msdyn_invoice_value"]
    }
    assert ids == made if late == 0 else named <= ids <= made
    assert ids
    assert set(drafts) == set(contracts)


def test_what_was_billed_before_is_not_read_however_much_it_is(tenant: TestTenant) -> None:
    job(tenant, TWO_CUSTOMERS)
    contracts = contracts_of(tenant)
    before, few = found(tenant, contracts, TWO_CUSTOMERS)
    with_history(tenant, contracts)

    after, rows = found(tenant, contracts, TWO_CUSTOMERS)

    assert after == before
    assert rows == few
    assert sum(rows.values()) < EARLIER / 10


def test_another_dates_draft_that_was_made_that_day_is_not_of_it(tenant: TestTenant) -> None:
    job(tenant, date(2020, 10, 5), on=TWO_CUSTOMERS)
    others = {UUID(row["invoiceid"]) for row in tenant.rows("invoices")}
    job(tenant, TWO_CUSTOMERS)
    contracts = contracts_of(tenant)

    drafts, _ = found(tenant, contracts, TWO_CUSTOMERS)

    ids = {draft.id for of_contract in drafts.values() for draft in of_contract}
    assert len(others) == 1
    assert len(ids) == 2
    assert not ids & others


def test_drafts_of_our_own_are_known_by_their_keys_whenever_they_were_made(
    tenant: TestTenant,
) -> None:
    """Two customers' invoices, made days later: the schedule row names one of them."""
    tenant.emulator.clock.set(datetime(2020, 10, 12, 6, tzinfo=UTC))
    tenant.run(TWO_CUSTOMERS)

    drafts, _ = found(tenant, contracts_of(tenant), TWO_CUSTOMERS)

    ids = {draft.id for of_contract in drafts.values() for draft in of_contract}
    assert ids == {UUID(row["invoiceid"]) for row in tenant.rows("invoices")}
    assert len(ids) == 2


def test_no_contract_takes_no_read(tenant: TestTenant) -> None:
    with tenant.connector() as connector:
        environment = connector._environment
        client = Counting(environment.client)
        drafts = read_drafts_of_date(client, environment.tenant, (), TWO_CUSTOMERS)  # type: ignore[arg-type]

    assert drafts == {}
    assert not client.rows
