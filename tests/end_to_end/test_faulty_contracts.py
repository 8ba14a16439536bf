"""One contract holds faulty data: the record is named, and every other contract goes on."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import pytest

from connector import ExitCode, RunReport
from tests.end_to_end.tenant import TestTenant, broken_invariants, serving

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = date(2020, 11, 20)
FAULTY, SOUND = "Joint plant rollout", "Tanaka tea house"
SHIPPED = Path(__file__).parents[2] / "mappings" / "project-operations.toml"
CURRENCY = "_transactioncurrencyid_value"


class Rows(NamedTuple):
    """Ids of rows of the contract that gets the faulty data."""

    contract: str
    work: str
    acceptance: str
    milestone: str
    customer: str
    actual: str
    row: str


def rows_of(tenant: TestTenant) -> Rows:
    contract = tenant.contract(FAULTY)["salesorderid"]
    lines = {
        row["salesorderdetailname"]: row["salesorderdetailid"]
        for row in tenant.rows("salesorderdetails")
        if row["_salesorderid_value"] == contract
    }
    work, acceptance = lines["Rollout consulting"], lines["Site acceptance"]
    customer = next(
        row["msdyn_projectcontractsplitbillingruleid"]
        for row in tenant.rows("msdyn_projectcontractsplitbillingrules")
        if row["_msdyn_projectcontractid_value"] == contract and not row["msdyn_isprimarycustomer"]
    )
    milestone = next(
        row["msdyn_contractlinescheduleofvalueid"]
        for row in tenant.rows("msdyn_contractlinescheduleofvalues")
        if row["_msdyn_contractlineid_value"] == acceptance
        and row["msdyn_milestonedate"].startswith(str(DAY))
        and row["_msdyn_projectcontractsplitbillingrule_value"] == customer
    )
    actual = min(
        row["msdyn_actualid"]
        for row in tenant.rows("msdyn_actuals")
        if row["_msdyn_salescontractlineid_value"] == work
        and row["msdyn_billingstatus"] == 192350004
        and row["msdyn_nottoexceedstatus"] != 192350000
        and row["msdyn_adjustmentstatus"] is None
    )
    row = min(
        row["msdyn_contractlineinvoicescheduleid"]
        for row in tenant.rows("msdyn_contractlineinvoiceschedules")
        if row["_msdyn_contractlineid_value"] == work
    )
    return Rows(contract, work, acceptance, milestone, customer, actual, row)


def billed_contracts(report: RunReport) -> set[str]:
    return {outcome.invoice.name for outcome in report.outcomes}


def reason_of(report: RunReport, source: str) -> tuple[str, str]:
    """Reason and hint of the one place that *source* has among what stays behind."""
    (entry,) = [
        entry
        for plan in report.plan.contracts
        for entry in plan.not_invoiced
        if entry.source.id == UUID(source)
    ]
    return entry.reason.value, entry.hint


def spoil(tenant: TestTenant, table: str, row: str, **values: Any) -> None:
    """Set columns behind the API's back, to values that the API might refuse."""
    with tenant.emulator.store.transaction() as tx:
        tx.update(tx.schema.table(table), UUID(row), values)


def other_currency(tenant: TestTenant, rows: Rows) -> str:
    """A currency that is not the contract's; its code is what the reason names."""
    own = tenant.by_id("salesorders", rows.contract)[CURRENCY]
    code, other = min(
        (row["isocurrencycode"], row["transactioncurrencyid"])
        for row in tenant.rows("transactioncurrencies")
        if row["transactioncurrencyid"] != own
    )
    tenant.set("msdyn_contractlinescheduleofvalues", rows.milestone, **{CURRENCY: other})
    return str(code)


def on_time_and_material(tenant: TestTenant, rows: Rows) -> str:
    line = {"_msdyn_contractlineid_value": rows.work}
    tenant.set("msdyn_contractlinescheduleofvalues", rows.milestone, **line)
    return rows.work


def without_customer(tenant: TestTenant, rows: Rows) -> str:
    spoil(tenant, "msdyn_projectcontractsplitbillingrule", rows.customer, msdyn_customerid=None)
    return rows.customer


def without_amount(tenant: TestTenant, rows: Rows) -> str:
    spoil(tenant, "msdyn_contractlinescheduleofvalue", rows.milestone, msdyn_amount=None)
    return "missing"


def without_billing_method(tenant: TestTenant, rows: Rows) -> str:
    spoil(tenant, "salesorderdetail", rows.acceptance, msdyn_billingmethod=None)
    return rows.acceptance


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (other_currency, "currency-differs"),
        (on_time_and_material, "milestone-on-wrong-line"),
        (without_customer, "customer-missing"),
        (without_amount, "amount-missing"),
        (without_billing_method, "billing-method-unknown"),
    ],
)
def test_a_faulty_record_stays_behind_with_a_reason_that_names_what_is_wrong(
    tenant: TestTenant, fault: Callable[[TestTenant, Rows], str], reason: str
) -> None:
    rows = rows_of(tenant)
    named = fault(tenant, rows)

    report = tenant.run(DAY)

    found, hint = reason_of(report, rows.milestone)
    assert found == reason
    assert named in hint
    assert SOUND in billed_contracts(report)
    assert report.exit_code is ExitCode.DONE
    assert broken_invariants(tenant) == []


def test_only_the_faulty_record_is_left_out_of_its_contract(tenant: TestTenant) -> None:
    other_currency(tenant, rows_of(tenant))

    report = tenant.run(DAY)

    (invoice,) = [o.invoice for o in report.outcomes if o.invoice.name == FAULTY]
    assert {line.name for line in invoice.lines} == {"Site acceptance", "Rugged tablet"}


def test_a_schedule_row_without_run_date_is_named_in_a_warning_and_the_contract_is_billed(
    tenant: TestTenant,
) -> None:
    rows = rows_of(tenant)
    spoil(tenant, "msdyn_contractlineinvoiceschedule", rows.row, msdyn_invoicerundate=None)

    report = tenant.run(DAY)

    warnings = {warning.code: warning for warning in report.warnings}
    found = warnings["schedule-row-without-run-date"]
    assert str(found.subject) == rows.row
    assert rows.row in found.text
    assert billed_contracts(report) == {FAULTY, SOUND}


@pytest.mark.parametrize(
    ("table", "field", "column"),
    [
        ("salesorderdetail", "acceptance", "msdyn_billingmethod"),
        ("msdyn_contractlinescheduleofvalue", "milestone", "msdyn_invoicestatus"),
        ("msdyn_contractlineinvoiceschedule", "row", "msdyn_invoicerunstatus"),
        ("salesorder", "contract", "msdyn_psastate"),
    ],
)
def test_a_choice_that_the_mapping_does_not_know_fails_its_contract_and_no_other(
    tenant: TestTenant, table: str, field: str, column: str
) -> None:
    row = getattr(rows_of(tenant), field)
    spoil(tenant, table, row, **{column: 7})

    report = tenant.run(DAY)

    (failed,) = report.plan.failed
    assert failed.contract_name == FAULTY
    assert f"{table} {row} column {column}" in failed.faults[0]
    assert "found 7" in failed.faults[0]
    assert billed_contracts(report) == {SOUND}
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert broken_invariants(tenant) == []


def test_a_class_that_nobody_knows_keeps_its_record_back_and_bills_the_rest(
    tenant: TestTenant,
) -> None:
    """Classes are resolved by label: an unknown number refuses the one record that carries it."""
    actual = rows_of(tenant).actual
    spoil(tenant, "msdyn_actual", actual, msdyn_transactionclassification=7)

    report = tenant.run(DAY)

    reason, hint = reason_of(report, actual)
    assert reason == "choice-unknown"
    assert f"msdyn_actual {actual} column msdyn_transactionclassification" in hint
    assert "7" in hint
    assert report.plan.failed == ()
    assert billed_contracts(report) == {FAULTY, SOUND}
    assert broken_invariants(tenant) == []


@pytest.fixture
def with_text_for_money(tmp_path: Path) -> str:
    """A mapping that takes the amount of actuals from a text column."""
    text = SHIPPED.read_text(encoding="utf-8")
    head, _, tail = text.partition("\n[actual]\n")
    path = tmp_path / "mapping.toml"
    changed = tail.replace('amount = "msdyn_amount"', 'amount = "msdyn_externaldescription"', 1)
    path.write_text(f"{head}\n[actual]\n{changed}", encoding="utf-8")
    return str(path)


def test_an_amount_that_is_no_number_fails_its_contract_and_no_other(
    tmp_path: Path, with_text_for_money: str
) -> None:
    with serving(tmp_path) as tenant:
        for row in tenant.rows("msdyn_actuals"):
            spoil(tenant, "msdyn_actual", row["msdyn_actualid"], msdyn_externaldescription=None)
        actual = rows_of(tenant).actual
        spoil(tenant, "msdyn_actual", actual, msdyn_externaldescription="twelve")

        with tenant.connector(DATAVERSE__MAPPING=with_text_for_money) as connector:
            report = connector.run(DAY, run_id="no-number")

        (failed,) = report.plan.failed
        assert failed.contract_name == FAULTY
        assert f"msdyn_actual {actual} column msdyn_externaldescription" in failed.faults[0]
        assert "twelve" in failed.faults[0]
        assert billed_contracts(report) == {SOUND}
        assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
