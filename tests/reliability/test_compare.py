"""Shadow mode: what the tenant's own job made, beside our plan, difference by difference."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector import ExitCode
from connector.outcome import DifferenceKind
from connector.report.comparison import comparison_text
from tests.end_to_end.tenant import TestTenant, days, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.outcome import Comparison

DAY = date(2020, 10, 7)


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    with serving(tmp_path) as served:
        yield served


def job(tenant: TestTenant, day: date) -> None:
    """The tenant's own job, on that day."""
    tenant.emulator.clock.set(datetime(day.year, day.month, day.day, 6, tzinfo=UTC))
    tenant.emulator.run_invoice_job(day)


def compared(tenant: TestTenant, day: date) -> Comparison:
    with tenant.connector() as connector:
        return connector.compare(day)


def test_the_platform_and_our_plan_agree_on_every_day_of_the_sample(tenant: TestTenant) -> None:
    drafts = 0
    for day in days():
        job(tenant, day)
        found = compared(tenant, day)
        assert [item.text for item in found.differences] == [], day
        assert found.planned == found.drafts
        drafts += found.drafts
    assert drafts > 10


def test_a_comparison_writes_nothing(tenant: TestTenant) -> None:
    job(tenant, DAY)
    before = tenant.emulator.dump()

    compared(tenant, DAY)

    assert tenant.emulator.dump() == before


def test_our_own_run_is_in_parity_with_itself(tenant: TestTenant) -> None:
    tenant.run(DAY)

    assert compared(tenant, DAY).exit_code is ExitCode.DONE


def kinds(comparison: Comparison) -> set[DifferenceKind]:
    return {item.kind for item in comparison.differences}


def test_a_date_on_which_the_job_did_not_run_lacks_every_invoice(tenant: TestTenant) -> None:
    found = compared(tenant, DAY)

    assert kinds(found) == {DifferenceKind.INVOICE_MISSING}
    assert (found.planned, found.drafts) == (2, 0)
    assert found.exit_code is ExitCode.SOME_CONTRACTS_FAILED


def test_a_changed_amount_is_named_with_its_source(tenant: TestTenant) -> None:
    job(tenant, DAY)
    detail = tenant.rows("msdyn_invoicelinetransactions")[0]
    key = detail["msdyn_invoicelinetransactionid"]
    tenant.set("msdyn_invoicelinetransactions", key, msdyn_amount=1)

    found = compared(tenant, DAY)

    (difference,) = [d for d in found.differences if d.kind is DifferenceKind.AMOUNT_DIFFERS]
    assert difference.invoice_id is not None
    assert str(difference.invoice_id) == detail["_msdyn_invoice_value"]
    assert difference.source is not None


def test_a_source_that_the_job_left_out_is_named(tenant: TestTenant) -> None:
    job(tenant, DAY)
    detail = tenant.rows("msdyn_invoicelinetransactions")[0]
    with tenant.connector() as connector:
        client = connector._environment.client
        key = detail["msdyn_invoicelinetransactionid"]
        client.delete("msdyn_invoicelinetransactions", UUID(key))

    assert DifferenceKind.SOURCE_MISSING in kinds(compared(tenant, DAY))


def test_the_job_started_twice_is_seen(tenant: TestTenant) -> None:
    """Two instances of the job are the usual cause of double invoices (J5)."""
    job(tenant, DAY)
    (first, *_) = tenant.rows("invoices")
    twin = {**first, "invoiceid": "00000000-0000-4000-8000-0000000000aa"}
    tenant.emulator.seed({"invoices": [twin]})

    assert DifferenceKind.INVOICE_TWICE in kinds(compared(tenant, DAY))


def test_the_document_holds_what_the_comparison_found(tenant: TestTenant) -> None:

    document = json.loads(comparison_text(compared(tenant, DAY)))

    assert document["format"] == "proforma-compare/1"
    assert {item["kind"] for item in document["differences"]} == {"invoice-missing"}
    assert document["run_date"] == "2020-10-07"
