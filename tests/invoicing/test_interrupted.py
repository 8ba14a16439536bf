"""What comes for a run date after its draft is finished never gets onto that draft (DR-14, P10)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.invariants import check_contract
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy, Retainers, RetainerTiming
from connector.invoicing.projection import after
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

DAY = date(2020, 10, 5)
EARLY = """
contract  | Adatum | USD 2
customer  | Adatum Corp
line      | Build  | fixed-price
line      | Work   | time-and-material
{source}
actual    | Work   | 2020-10-01 | time | 8 | 200.00 | ready
"""
LATE = EARLY + "run | Work | 2020-10-05 | 2020-10-04\n"
MILESTONE = "milestone | Build | 2020-10-05 | 500.00 | ready"
RETAINER = "retainer | Advance | 2020-10-05 | 500.00 | ready | contract_customer_id = Adatum Corp"
ALONE = Policy(retainers=Retainers.BILL, retainer_timing=RetainerTiming.ALONE)


def plan(snapshot: ContractSnapshot) -> ContractPlan:
    decided = plan_contract(snapshot, DAY, ALONE)
    assert check_contract(snapshot, decided) == ()
    return decided


def late_row(source: str) -> tuple[ContractSnapshot, ContractPlan]:
    """The finished draft of a contract without schedule, and a row that is added afterwards."""
    early = snapshot_of(EARLY.format(source=source))
    first = plan(early)
    assert len(first.invoices) == 1
    late = snapshot_of(LATE.format(source=source))
    return replace(after(early, first), schedule=late.schedule), first


@pytest.mark.parametrize(
    ("source", "still_ready"),
    # Nothing moves the status of a retainer that is billed: it is told beside the work that waits.
    [(MILESTONE, []), (RETAINER, [Reason.ALREADY_INVOICED])],
)
def test_a_row_that_is_added_after_a_finished_draft_does_not_reopen_it(
    source: str, still_ready: list[Reason]
) -> None:
    snapshot, _ = late_row(source)

    again = plan(snapshot)

    assert again.invoices == ()
    assert again.schedule_updates == ()
    reasons = [entry.reason for entry in again.not_invoiced]
    assert reasons == [Reason.INVOICE_EXISTS, *still_ready]


def test_a_bare_header_is_what_an_interrupted_run_left_and_gets_its_content() -> None:
    snapshot, first = late_row(MILESTONE)
    (header,) = snapshot.invoices
    ready = snapshot_of(LATE.format(source=MILESTONE))
    bare = replace(ready, invoices=(replace(header, contract_line_ids=()),))

    again = plan(bare)

    assert [invoice.id for invoice in again.invoices] == [first.invoices[0].id]
    assert again.invoices[0].continues
    assert {line.name for line in again.invoices[0].lines} == {"Build", "Work"}
