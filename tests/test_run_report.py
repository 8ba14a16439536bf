"""A run as its caller sees it: numbers at once, transactions only when they are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Never

import pytest

from connector import ExitCode
from connector.invoicing.plan import PlanWarning
from connector.outcome import AGAIN, InvoiceStatus
from tests.end_to_end.tenant import serving
from tests.report.sample import ADATUM, YEN, report, with_failed_contract

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import PartPlan, RunReport
    from connector.summary import PartSummary


class Closed:
    """Parts that nobody may read."""

    def text(self, part: PartSummary) -> Never:
        message = f"part {part.number} was read"
        raise AssertionError(message)

    def plan(self, part: PartSummary) -> Never:
        self.text(part)


def closed(found: RunReport) -> RunReport:
    return replace(found, plan=replace(found.plan, source=Closed()))


def test_numbers_are_told_without_reading_a_part() -> None:
    found = closed(with_failed_contract(report(ADATUM, YEN)))

    assert found.totals.invoices == 2
    assert [o.invoices for o in found.outcome_totals] == [1, 1]
    assert found.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert found.plan.failed[0].contract_name == "Broken"
    assert {count.code for count in found.warning_counts} >= {"contract-failed"}
    assert set(found.plan.currencies) == {"JPY", "USD"}
    with pytest.raises(AssertionError, match="part 1 was read"):
        _ = found.outcomes


def test_parts_are_read_one_after_the_other_as_they_are_asked_for() -> None:
    read: list[int] = []
    whole = report(ADATUM, YEN)

    class Counted:
        def text(self, part: PartSummary) -> bytes:
            return whole.plan.source.text(part)

        def plan(self, part: PartSummary) -> PartPlan:
            read.append(part.number)
            return whole.plan.source.plan(part)

    parts = replace(whole, plan=replace(whole.plan, source=Counted())).parts()
    assert read == []
    next(parts)
    assert read == [1]
    next(parts)
    assert read == [1, 2]


@pytest.mark.parametrize("status", InvoiceStatus)
def test_the_exit_code_is_0_when_every_invoice_stands_as_planned(status: InvoiceStatus) -> None:
    good = {"planned", "written", "already-written"}
    expected = ExitCode.DONE if status.value in good else ExitCode.SOME_CONTRACTS_FAILED

    assert report(ADATUM, status=status).exit_code is expected


def test_a_part_that_was_not_tried_is_a_failure() -> None:
    whole = report(ADATUM, YEN)

    cut = replace(whole, written=whole.written[:1], because="halted")

    assert cut.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert {o.status: o.invoices for o in cut.outcome_totals} == {
        InvoiceStatus.WRITTEN: 1,
        InvoiceStatus.FAILED: 1,
    }


def test_an_earlier_run_that_was_left_undone_counts_unless_it_was_planned_again() -> None:
    bad = replace(report(ADATUM, status=InvoiceStatus.DRIFTED, error="changed"), run_id="R0")
    again = replace(report(ADATUM), run_id=f"R0{AGAIN}.2")
    other = replace(report(ADATUM), run_id=f"R0{AGAIN}st")

    assert replace(report(ADATUM), earlier=(bad,)).exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert replace(report(ADATUM), earlier=(bad, again)).exit_code is ExitCode.DONE
    assert replace(report(ADATUM), earlier=(bad, other)).exit_code is not ExitCode.DONE


def test_every_warning_is_there_those_of_the_run_first() -> None:
    own = PlanWarning(code="run-store-incomplete", text="No room.")
    found = replace(with_failed_contract(report(ADATUM)), own_warnings=(own, own))

    codes = [warning.code for warning in found.warnings]

    assert codes == ["run-store-incomplete", "schedule-row-overdue", "contract-failed"]
    assert [w.code for w in found.general_warnings] == codes[:2]


def test_the_plan_of_each_draft_is_found_by_its_id(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        found = connector.rehearse(date(2020, 10, 7), run_id="tried")

    amounts = {key: invoice.amount for key, invoice in found.planned.items()}
    assert sorted(amounts.values()) == [Decimal("831.20"), Decimal(5745)]
    assert set(amounts) == {draft.invoice_id for draft in found.drafts}
