"""What needs a person stands in front: failures, drift, contracts left out, lifted bounds."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from connector.invoicing.plan import PlanWarning
from connector.outcome import FailedContract, InvoiceStatus
from connector.report import needs as module
from connector.report.needs import NeedKind, needs
from tests.report.sample import ADATUM, YEN, report, report_of, with_failed_contract


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (InvoiceStatus.FAILED, NeedKind.FAILED),
        (InvoiceStatus.CONFLICT, NeedKind.CONFLICT),
        (InvoiceStatus.DRIFTED, NeedKind.DRIFTED),
    ],
)
def test_an_invoice_that_does_not_stand_as_planned_needs_somebody(
    status: InvoiceStatus, kind: NeedKind
) -> None:
    [need] = needs(report(ADATUM, status=status, error="the row is locked")).told

    assert (need.kind, need.name, need.texts) == (kind, "Adatum", ("the row is locked",))
    assert (need.amount, need.currency and need.currency.code) == (Decimal(6500), "USD")


def test_nothing_needs_anybody_where_all_is_as_planned() -> None:
    assert needs(report(ADATUM)).count == 0
    assert needs(report(ADATUM, status=InvoiceStatus.PLANNED)).count == 0


def test_contracts_that_were_left_out_and_lifted_bounds_are_told_in_their_order() -> None:
    lifted = PlanWarning(code="bound-overridden", text="Above the bound. Overridden: year end")
    halted = PlanWarning(code="run-halted", text="no privilege")
    run = with_failed_contract(report(ADATUM, status=InvoiceStatus.FAILED, error="no"))
    run = replace(run, own_warnings=(lifted, halted))

    assert [(need.kind.value, need.name) for need in needs(run).told] == [
        ("halted", None),
        ("left-out", "Broken"),
        ("failed", "Adatum"),
        ("overridden", None),
    ]


def test_of_very_many_the_first_are_told_and_the_rest_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_TOLD", 2)
    run = report(ADATUM, YEN)
    plans = [list(part.contracts) for part in run.plan.parts()]
    failed = [
        FailedContract(contract_id=plans[0][0].contract_id, contract_name=f"C{n}", faults=("x",))
        for n in range(5)
    ]

    found = needs(report_of(plans, failed=failed))

    assert (len(found.told), found.more, found.count) == (2, 3, 5)
