"""What the rules make of a contract whose invoice an interrupted run has begun (DR-14, P10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid5

import pytest

from connector.invoicing.choices import ProformaStatus, RunStatus
from connector.invoicing.ids import ActualId, ScheduleRowId
from connector.invoicing.invariants import check_contract
from connector.invoicing.model import BilledSource, ExistingInvoice
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.projection import after
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

DAY = date(2020, 10, 5)
LEDGER = """
contract  | Adatum | USD 2
customer  | Adatum Corp
line      | Work | time-and-material
line      | Travel | time-and-material
run       | Work   | 2020-10-05 | 2020-10-04
run       | Travel | 2020-10-05 | 2020-10-04
actual    | Work   | 2020-10-01 | time | 8 | 200.00 | ready
actual    | Work   | 2020-10-02 | time | 4 | 200.00 | ready
actual    | Work   | 2020-10-03 | time | 2 | 200.00 | ready | billing_type = non-chargeable
actual    | Travel | 2020-10-02 | expense | 1 | 90.00 | ready
"""
TWO_CUSTOMERS = """
contract  | Fabrikam | USD 2
customer  | Primary Corp | is_primary = true
customer  | Second Corp
line      | Work | time-and-material
run       | Work | 2020-10-05 | 2020-10-04
actual    | Work | 2020-10-01 | time | 8 | 100.00 | ready | contract_customer_id = Primary Corp
actual    | Work | 2020-10-01 | time | 8 | 100.00 | ready | contract_customer_id = Second Corp
"""


def plan(snapshot: ContractSnapshot) -> ContractPlan:
    decided = plan_contract(snapshot, DAY, Policy())
    assert check_contract(snapshot, decided) == ()
    return decided


def begun(
    text: str, sources: int, status: ProformaStatus = ProformaStatus.DRAFT
) -> tuple[ContractPlan, ContractSnapshot]:
    """The whole plan, and the contract after its first *sources* details and no schedule row."""
    snapshot = snapshot_of(text)
    whole = plan(snapshot)
    invoice = whole.invoices[0]
    written = [(line, detail) for line in invoice.lines for detail in line.details][:sources]
    header = ExistingInvoice(
        id=invoice.id,
        customer_id=invoice.customer.id,
        status=status,
        contract_line_ids=tuple(
            line.contract_line_id for line in invoice.lines if line.contract_line_id is not None
        ),
    )
    billed = tuple(BilledSource(source=d.source, invoice_id=invoice.id) for _, d in written)
    return whole, replace(snapshot, invoices=(header,), billed=billed)


@pytest.mark.parametrize("sources", [0, 1, 2, 3])
def test_a_draft_without_all_of_its_details_gets_exactly_the_missing_ones(sources: int) -> None:
    whole, snapshot = begun(LEDGER, sources)

    rest = plan(snapshot)

    (invoice,), (planned,) = rest.invoices, whole.invoices
    expected = [detail for line in planned.lines for detail in line.details][sources:]
    assert invoice.continues
    assert invoice.id == planned.id
    assert [detail for line in invoice.lines for detail in line.details] == expected
    assert rest.schedule_updates == whole.schedule_updates
    assert "draft-continued" in {warning.code for warning in rest.warnings}


def test_a_draft_that_lacks_only_its_schedule_rows_gets_them_and_no_detail() -> None:
    whole, snapshot = begun(LEDGER, 99)

    rest = plan(snapshot)

    assert rest.invoices == ()
    assert rest.schedule_updates == whole.schedule_updates


def test_what_comes_after_a_finished_draft_waits_and_its_row_stays_open() -> None:
    """Somebody adds a row and work for a line after the run of this date is through."""
    snapshot = snapshot_of(LEDGER)
    done = after(snapshot, plan(snapshot))
    row, work = snapshot.schedule[0], snapshot.actuals[0]
    late_row = replace(row, id=ScheduleRowId(uuid5(row.id, "late")), etag="late")
    late_work = replace(work, id=ActualId(uuid5(work.id, "late")))
    schedule, actuals = (*done.schedule, late_row), (*done.actuals, late_work)

    again = plan(replace(done, schedule=schedule, actuals=actuals))

    assert again.invoices == ()
    held = [e for e in again.not_invoiced if e.reason is Reason.INVOICE_EXISTS]
    assert [entry.source.id for entry in held] == [late_work.id]
    assert again.schedule_updates == ()


@pytest.mark.parametrize("status", [ProformaStatus.IN_REVIEW, ProformaStatus.CONFIRMED])
def test_a_draft_that_moved_on_is_not_touched_and_the_rows_of_what_waits_stay_open(
    status: ProformaStatus,
) -> None:
    _, snapshot = begun(LEDGER, 1, status)

    again = plan(snapshot)

    assert again.invoices == ()
    assert {e.reason for e in again.not_invoiced} == {
        Reason.ALREADY_INVOICED,
        Reason.INVOICE_EXISTS,
    }
    held = {e.contract_line_id for e in again.not_invoiced if e.reason is Reason.INVOICE_EXISTS}
    assert held
    assert not held & {update.contract_line_id for update in again.schedule_updates}


def test_a_correction_draft_is_not_continued() -> None:
    _, snapshot = begun(LEDGER, 1)
    (header,) = snapshot.invoices

    again = plan(replace(snapshot, invoices=(replace(header, has_corrections=True),)))

    assert again.invoices == ()


def test_the_second_customers_invoice_alone_leaves_the_row_to_the_first() -> None:
    """A run ended between two invoices of one contract: the row names the primary's, as ever."""
    snapshot = snapshot_of(TWO_CUSTOMERS)
    whole = plan(snapshot)
    (update,) = whole.schedule_updates
    first = next(i for i in whole.invoices if i.id == update.invoice_id)
    ran = after(snapshot, replace(whole, invoices=(first,), schedule_updates=()))

    rest = plan(ran)

    assert [invoice.id for invoice in rest.invoices] == [
        i.id for i in whole.invoices if i is not first
    ]
    assert rest.schedule_updates == whole.schedule_updates
    assert update.status is RunStatus.SUCCESSFUL
