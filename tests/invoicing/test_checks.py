"""A plan that was tampered with is caught by the check that guards it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.checks import check_bounds, check_contract, combined, conservation_of
from connector.invoicing.choices import BillingType
from connector.invoicing.model import ExistingInvoice
from connector.invoicing.plan import AppliedRetainer
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Bounds, Policy
from tests.golden import FOLDER
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.invoicing.plan import ContractPlan

DAY = date(2020, 10, 5)
SNAPSHOT = snapshot_of((FOLDER / "adatum.ledger").read_text())
PLAN = plan_contract(SNAPSHOT, DAY, Policy())
[INVOICE] = PLAN.invoices
TOTAL = INVOICE.amount


def with_invoice(**changes: object) -> ContractPlan:
    return replace(PLAN, invoices=(replace(INVOICE, **changes),))


def with_detail(**changes: object) -> ContractPlan:
    first, *rest = INVOICE.lines
    details = (replace(first.details[0], **changes), *first.details[1:])
    return with_invoice(lines=(replace(first, details=details), *rest))


def with_line(**changes: object) -> ContractPlan:
    first, *rest = INVOICE.lines
    return with_invoice(lines=(replace(first, **changes), *rest))


def doubled() -> ContractPlan:
    return replace(PLAN, invoices=(INVOICE, INVOICE))


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda: replace(PLAN, not_invoiced=PLAN.not_invoiced[1:]), "without-place"),
        (
            lambda: replace(PLAN, not_invoiced=PLAN.not_invoiced[:1] + PLAN.not_invoiced),
            "placed-twice",
        ),
        (lambda: with_invoice(lines=INVOICE.lines[1:]), "without-place"),
        (
            lambda: with_detail(source=replace(INVOICE.lines[0].details[0].source, id=ident("x"))),
            "not-a-candidate",
        ),
        (lambda: with_detail(amount=Decimal(1)), "amount-changed"),
        (lambda: with_detail(amount=Decimal("0.001")), "precision"),
        (lambda: with_detail(tax=Decimal("0.001")), "precision"),
        (lambda: with_detail(billing_type=BillingType.NON_CHARGEABLE), "line-sum"),
        (lambda: with_line(amount=TOTAL), "line-sum"),
        (lambda: with_line(complimentary=Decimal(1)), "line-sum"),
        (lambda: with_line(tax=Decimal(1)), "line-tax"),
        (lambda: with_invoice(amount=TOTAL + 1), "invoice-sum"),
        (lambda: with_invoice(tax=Decimal(1)), "invoice-sum"),
        (lambda: with_invoice(currency=replace(INVOICE.currency, code="EUR")), "currency-differs"),
        (lambda: with_invoice(contract_id=ident("other")), "currency-differs"),
        (lambda: with_invoice(id=ident("other")), "wrong-key"),
        (lambda: with_invoice(lines=()), "empty-invoice"),
        (doubled, "customer-twice"),
        (doubled, "key-twice"),
        (doubled, "placed-twice"),
        (lambda: replace(PLAN, schedule_updates=PLAN.schedule_updates * 2), "schedule-update"),
        (
            lambda: replace(
                PLAN,
                schedule_updates=(replace(PLAN.schedule_updates[0], invoice_id=ident("x")),),
            ),
            "schedule-update",
        ),
        (
            lambda: with_invoice(
                applied_retainers=(
                    AppliedRetainer(retainer_id=ident("r"), amount=TOTAL + 1, balance=Decimal(0)),
                )
            ),
            "retainer-cap",
        ),
    ],
)
def test_a_tampered_plan_is_caught(tamper: Callable[[], ContractPlan], code: str) -> None:
    violations = check_contract(SNAPSHOT, tamper())

    assert code in {violation.code for violation in violations}
    assert all("Adatum project" in violation.text for violation in violations)


def test_a_sound_plan_breaks_nothing() -> None:
    assert check_contract(SNAPSHOT, PLAN) == ()


def test_the_balance_of_a_run_adds_contracts_up_per_currency() -> None:
    euro = snapshot_of((FOLDER / "adatum.ledger").read_text().replace("USD 2", "EUR 2"))
    parts = [conservation_of(SNAPSHOT, PLAN)] * 2
    parts.append(conservation_of(euro, plan_contract(euro, DAY, Policy())))

    run = combined(parts)

    assert run.is_even
    assert (run.candidates, run.invoiced, run.not_invoiced) == (27, 9, 18)
    assert [(b.currency, b.invoiced) for b in run.amounts] == [("EUR", TOTAL), ("USD", TOTAL * 2)]


def test_a_lost_row_tips_the_balance() -> None:
    balance = conservation_of(SNAPSHOT, replace(PLAN, not_invoiced=PLAN.not_invoiced[1:]))

    assert not balance.is_even
    assert not balance.amounts[0].is_even


def former(amount: str, **changes: object) -> ExistingInvoice:
    invoice = ExistingInvoice(
        id=ident(amount), customer_id=INVOICE.customer.id, status=None, total=Decimal(amount)
    )
    return replace(invoice, **changes)


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        (Bounds(amount_per_invoice=TOTAL - 1), "amount-per-invoice"),
        (Bounds(amount_per_run=TOTAL - 1), "amount-per-run"),
        (Bounds(invoices_per_run=0), "invoices-per-run"),
        (Bounds(details_per_invoice=2), "details-per-invoice"),
        (Bounds(months_ahead=0), "months-ahead"),
        (Bounds(deviation_factor=Decimal(3)), "deviation"),
    ],
)
def test_a_plan_beyond_a_bound_is_rejected_by_name(bounds: Bounds, code: str) -> None:
    history = replace(SNAPSHOT, invoices=(former("1000"), former("3000")))

    found = check_bounds([PLAN], bounds, today=date(2020, 9, 20), snapshots=[history])

    assert [violation.code for violation in found] == [code]


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(),
        Bounds(amount_per_invoice=TOTAL, amount_per_run=TOTAL, invoices_per_run=1),
        Bounds(details_per_invoice=3, months_ahead=1, deviation_factor=Decimal(4)),
    ],
)
def test_a_plan_on_its_bounds_is_accepted(bounds: Bounds) -> None:
    history = replace(
        SNAPSHOT,
        invoices=(
            former("1000"),
            former("3000"),
            former("1", has_corrections=True),
            former("2", customer_id=None),
            former("0"),
        ),
    )

    assert check_bounds([PLAN], bounds, today=date(2020, 9, 20), snapshots=[history]) == ()


def test_without_former_invoices_nothing_deviates() -> None:
    bounds = Bounds(deviation_factor=Decimal(1))

    assert check_bounds([PLAN], bounds, snapshots=[SNAPSHOT]) == ()


@pytest.mark.parametrize(
    ("today", "is_rejected"),
    [
        ("2020-10-05", False),
        ("2020-09-05", False),
        ("2020-09-04", True),
        ("2021-01-01", False),
        ("2019-10-05", True),
    ],
)
def test_months_ahead_count_from_today(*, today: str, is_rejected: bool) -> None:
    found = check_bounds([PLAN], Bounds(months_ahead=1), today=date.fromisoformat(today))

    assert bool(found) is is_rejected
