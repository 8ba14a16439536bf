"""Whether the sources of a deleted draft wait for an invoice again, over a fake client."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from connector.dataverse.errors import Ambiguous
from connector.invoicing.choices import SourceTable
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.projectops.released import not_ready_again
from tests.invoicing.ledger import snapshot_of
from tests.projectops.test_platform_columns import TENANT

if TYPE_CHECKING:
    from connector.dataverse.client import DataverseClient
    from connector.dataverse.query import Query

READY, CREATED = 192350004, 192350001
SNAPSHOT = snapshot_of("""
contract | Work | USD 2
customer | Payer
line     | Time | time-and-material
run      | Time | 2020-10-05 | 2020-10-04
actual   | Time | 2020-10-02 | time | 8 | 100.00 | ready
actual   | Time | 2020-10-03 | time | 1 | 100.00 | ready
""")
(INVOICE,) = plan_contract(SNAPSHOT, date(2020, 10, 5), Policy()).invoices
SOURCES = [d.source for line in INVOICE.lines for d in line.details]


@dataclass
class FakeClient:
    """A client whose actuals have the *statuses*, or that cannot be read."""

    statuses: tuple[int | None, ...]
    broken: bool = False
    asked: list[str] = field(default_factory=list)

    def read_all(self, query: Query) -> tuple[dict[str, Any], ...]:
        if self.broken:
            message = "no answer"
            raise Ambiguous(message)
        self.asked.append(query.entity_set)
        return tuple(
            {"msdyn_actualid": str(source.id), "msdyn_billingstatus": status}
            for source, status in zip(SOURCES, self.statuses, strict=True)
        )


def told(client: FakeClient) -> str | None:
    return not_ready_again(cast("DataverseClient", client), TENANT, INVOICE)


def test_nothing_is_told_when_every_source_is_ready_again() -> None:
    client = FakeClient((READY, READY))

    assert {source.table for source in SOURCES} == {SourceTable.ACTUAL}
    assert told(client) is None
    assert client.asked == ["msdyn_actuals"]


def test_sources_that_the_platform_left_empty_or_billed_are_named() -> None:
    text = told(FakeClient((None, CREATED))) or ""

    assert text.startswith("2 of its sources are not ready to be invoiced again: msdyn_actual ")
    assert all(str(UUID(str(source.id))) in text for source in SOURCES)


def test_sources_that_cannot_be_read_are_told_and_no_error() -> None:
    text = told(FakeClient((READY, READY), broken=True))

    assert text == "its sources could not be read back: no answer"
