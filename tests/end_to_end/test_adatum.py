"""The documented Adatum contract, day by day over real HTTP."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.tenant import TestTenant, broken_invariants, days, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Section 14 of the domain reference: run date → contract lines on the one invoice of that day.
CALENDAR = {
    "2020-10-05": {"Prototype work", "Implementation work", "Expenses incurred"},
    "2020-10-19": {"Implementation work"},
    "2020-11-02": {"Implementation work", "Expenses incurred"},
    "2020-11-03": {"Prototype work"},
    "2020-11-16": {"Implementation work"},
}


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestTenant]:
    """The tenant after a run on each of the 61 days."""
    with serving(tmp_path_factory.mktemp("adatum")) as tenant:
        with tenant.connector() as connector:
            for day in days():
                assert connector.run(day, run_id=f"first-{day}").exit_code == 0
        yield tenant


def adatum_invoices(tenant: TestTenant) -> list[str]:
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]
    return [
        row["invoiceid"]
        for row in tenant.rows("invoices")
        if row["_salesorderid_value"] == contract
    ]


def test_sixty_one_days_give_the_five_documented_invoices(after: TestTenant) -> None:
    assert len(adatum_invoices(after)) == 5


def test_each_invoice_has_the_documented_lines(after: TestTenant) -> None:
    invoices = adatum_invoices(after)
    by_invoice: dict[str, set[str]] = {key: set() for key in invoices}
    for line in after.rows("invoicedetails"):
        if line["_invoiceid_value"] in by_invoice:
            by_invoice[line["_invoiceid_value"]].add(line["invoicedetailname"])

    assert sorted(map(sorted, by_invoice.values())) == sorted(map(sorted, CALENDAR.values()))
    assert sum(map(len, by_invoice.values())) == 8


def test_the_milestones_come_to_17000(after: TestTenant) -> None:
    invoices = set(adatum_invoices(after))
    milestones = [
        Decimal(str(row["msdyn_amount"]))
        for row in after.rows("msdyn_invoicelinetransactions")
        if row["_msdyn_invoice_value"] in invoices
        and row["msdyn_transactionclassification"] == 192350003
    ]

    assert sorted(milestones) == [Decimal(5000), Decimal(12000)]


def test_every_schedule_row_that_was_due_is_run_and_names_its_invoice(after: TestTenant) -> None:
    contract = after.contract("Adatum shop floor portal")["salesorderid"]
    lines = {
        row["salesorderdetailid"]
        for row in after.rows("salesorderdetails")
        if row["_salesorderid_value"] == contract
    }
    rows = [
        row
        for row in after.rows("msdyn_contractlineinvoiceschedules")
        if row["_msdyn_contractlineid_value"] in lines
    ]

    assert rows
    assert {row["msdyn_invoicerunstatus"] for row in rows} == {192350001}
    assert {row["_msdyn_invoice_value"] for row in rows} <= set(adatum_invoices(after))


def test_what_was_written_hangs_together(after: TestTenant) -> None:
    assert broken_invariants(after) == []


def test_a_second_pass_over_the_same_days_writes_nothing(after: TestTenant) -> None:
    before = after.emulator.dump()

    with after.connector() as connector:
        reports = [connector.run(day, run_id=f"second-{day}") for day in days()]

    assert [outcome for report in reports for outcome in report.outcomes] == []
    assert after.emulator.dump() == before


def test_the_draft_contract_is_left_alone(after: TestTenant) -> None:
    confirmed = {
        row["salesorderid"]
        for row in after.rows("salesorders")
        if row["msdyn_psastatusreason"] == 192350003
    }

    assert len(confirmed) < len(after.rows("salesorders"))
    assert {row["_salesorderid_value"] for row in after.rows("invoices")} <= confirmed
