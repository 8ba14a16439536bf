"""What one run billed and the other did not, and what became of what stayed behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.outcome import InvoiceStatus
from connector.report.run_differences import (
    InvoiceChange,
    Money,
    RecordChange,
    invoice_changes,
    record_changes,
)
from tests.report.sample import ADATUM, YEN, report

if TYPE_CHECKING:
    from connector.run_report import RunReport

MORE = ADATUM.replace("| 7.5 | 200.00 | ready", "| 10 | 200.00 | ready")
READY = ADATUM.replace("| 4 | 200.00 | open", "| 4 | 200.00 | ready")


def changes(
    before: RunReport, after: RunReport
) -> list[tuple[str, Decimal | None, Decimal | None]]:
    return [
        (
            item.contract_name,
            item.before.amount if item.before else None,
            item.after.amount if item.after else None,
        )
        for item in invoice_changes(before, after)
    ]


def states(before: RunReport, after: RunReport) -> dict[tuple[str, str], tuple[int, Decimal]]:
    return {
        (item.before, item.after): (item.records, item.money.amount)
        for item in record_changes(before, after)
    }


def test_runs_that_bill_the_same_do_not_differ() -> None:
    assert changes(report(ADATUM, YEN), report(ADATUM, YEN)) == []
    assert record_changes(report(ADATUM, YEN), report(ADATUM, YEN)) == ()


def test_an_amount_that_changed_is_told_with_both() -> None:
    """7.5 hours became 10 of 200.00 each: 500.00 more."""
    [found] = invoice_changes(report(ADATUM), report(MORE))

    assert (found.contract_name, found.customer_name) == ("Adatum", "Adatum Corporation")
    assert found.before == Money(amount=Decimal("6500.00"), code="USD", precision=2)
    assert found.after == Money(amount=Decimal("7000.00"), code="USD", precision=2)
    assert found.change == Money(amount=Decimal("500.00"), code="USD", precision=2)


def test_what_only_one_of_them_billed_has_no_other_side() -> None:
    tea = 'Tea <house> & "garden"'

    assert changes(report(ADATUM), report(ADATUM, YEN)) == [(tea, None, Decimal(15625))]
    assert changes(report(ADATUM, YEN), report(ADATUM)) == [(tea, Decimal(15625), None)]
    [gone] = invoice_changes(report(ADATUM, YEN), report(ADATUM))
    assert gone.change.amount == Decimal(-15625)


def test_an_invoice_that_failed_is_not_billed() -> None:
    failed = report(ADATUM, status=InvoiceStatus.FAILED, error="refused")

    assert changes(failed, report(ADATUM)) == [("Adatum", None, Decimal("6500.00"))]


def test_records_that_moved_are_counted_by_both_states() -> None:
    """The four hours that were not ready are billed: 800.00."""
    assert states(report(ADATUM), report(READY)) == {("not-ready", "billed"): (1, Decimal(800))}


def test_what_one_of_the_runs_has_not_looked_at_is_told_only_if_it_stayed_behind() -> None:
    found = states(report(YEN), report(ADATUM))

    # the milestone and the hours that ADATUM bills are no difference, nor is YEN's own
    assert found == {
        ("not-looked-at", "not-ready"): (1, Decimal(800)),
        ("not-looked-at", "past-last-cut-off"): (1, Decimal(1600)),
    }


def test_a_later_date_of_the_same_contract_changes_reasons() -> None:
    found = record_changes(report(ADATUM), report(ADATUM, run_date=date(2020, 10, 6)))

    money = Money(amount=Decimal(5000), code="USD", precision=2)
    late = RecordChange(before="billed", after="milestone-late", records=1, money=money)
    assert late in found


def test_no_part_of_a_run_is_held() -> None:
    """A run of two parts is read one part at a time, and each part once for each question."""
    found, read = report(ADATUM, YEN), []

    def reading(told: RunReport, part: object) -> object:
        read.append(part)
        return found.results(told, part)  # type: ignore[arg-type]

    watched = replace(found, results=reading)  # type: ignore[arg-type]
    list(invoice_changes(watched, report(ADATUM)))

    assert read == list(found.plan.summaries)


def test_a_change_needs_a_side() -> None:
    nothing = InvoiceChange(
        contract_id="1",
        contract_name="A",
        customer_id="2",
        customer_name="B",
        before=None,
        after=None,
    )

    with pytest.raises(ValueError, match="one side"):
        _ = nothing.change
