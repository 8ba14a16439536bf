"""What a run bills otherwise than the run before it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from connector.outcome import InvoiceStatus
from connector.report import changes as module
from connector.report.changes import changes
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report

if TYPE_CHECKING:
    import pytest


def test_a_change_is_told_with_both_amounts_and_where_it_comes_from() -> None:
    less = ADATUM.replace("5000.00", "4000.00").replace("| 7.5 |", "| 8 |")

    found = changes(report(less, YEN), report(ADATUM, YEN))

    [change] = found.told
    assert (change.name, change.then, change.now) == ("Adatum", Decimal(5600), Decimal(6500))
    assert change.difference == Decimal(900)
    assert [(billing.value, amount) for billing, amount in change.by_billing] == [
        ("fixed-price", Decimal(1000)),
        ("time-and-material", Decimal(-100)),
    ]
    assert (found.same, found.more) == (1, 0)


def test_contracts_that_come_and_go_have_no_amount_on_one_side() -> None:
    found = changes(report(ADATUM), report(YEN))

    assert [(c.name, c.then, c.now, c.currency.code) for c in found.told] == [
        ('Tea <house> & "garden"', None, Decimal(15625), "JPY"),
        ("Adatum", Decimal("6500.00"), None, "USD"),
    ]


def test_an_invoice_that_was_not_written_is_not_billed() -> None:
    failed = report(ADATUM, status=InvoiceStatus.FAILED, error="no")

    assert [(c.then, c.now) for c in changes(report(ADATUM), failed).told] == [
        (Decimal("6500.00"), None)
    ]


def test_of_many_changes_the_largest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TOLD", 1)

    found = changes(report(ADATUM), report(YEN, DISCOUNTED))

    assert [change.name for change in found.told] == ['Tea <house> & "garden"']
    assert found.more == 2
