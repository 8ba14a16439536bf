"""All parts of a plan: halted by what is everybody's, interrupted at a safe point, and resumed."""

from __future__ import annotations

import threading
from datetime import date
from typing import TYPE_CHECKING, Self

import pytest

from connector import ExitCode
from connector.dataverse.errors import ServerFault
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import InvoiceStatus
from connector.run_record import RunState
from connector.usecases.progress import InvoiceEnded, PartWritten, ProgressEvent
from connector.usecases.watch import RunInterrupted
from tests.reliability.dying import in_a_hurry
from tests.reliability.undisturbed import content, violations
from tests.usecases.conftest import DAY
from tests.usecases.in_parts import folder_of, in_parts, kept
from tests.usecases.parts.test_write_part import written_alone
from tests.usecases.unreadable import unreadable

if TYPE_CHECKING:
    from connector import Connector, RunReport
    from tests.end_to_end.tenant import TestTenant


def statuses(report: RunReport) -> list[str]:
    return sorted(outcome.status.value for outcome in report.outcomes)


def stopped_after(connector: Connector, invoices: int) -> RunInterrupted:
    """What is raised when somebody stops a run after so many invoices."""

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, InvoiceEnded) and event.done == invoices:
            connector.stop()

    with pytest.raises(RunInterrupted) as caught:
        connector.run(DAY, run_id="stopped", progress=listen)
    return caught.value


def test_a_run_that_is_stopped_says_what_is_written_and_the_next_one_finishes_it(
    many: TestTenant,
) -> None:
    expected = written_alone(many)
    with in_parts(many, 1, DATAVERSE__WORKERS="1") as connector:
        error = stopped_after(connector, 5)
        drafts = len(many.rows("invoices"))
        history = {record.run_id: record for record in connector.history()}

        assert error.exit_code is ExitCode.INTERRUPTED
        assert error.report is not None
        assert statuses(error.report).count("written") == drafts
        assert 5 <= drafts < 12
        assert f"{drafts} of 12 invoices of run stopped are written, {12 - drafts} are not" in str(
            error
        )
        assert history["stopped"].state is RunState.UNFINISHED
        assert sum(o.invoices for o in history["stopped"].outcomes) == 12

        report = connector.run(DAY, run_id="next")

    (finished,) = report.earlier
    assert finished.run_id == "stopped"
    assert len(finished.outcomes) == 12
    assert set(statuses(finished)) <= {"written", "already-written"}
    assert (report.totals.invoices, report.exit_code) == (0, ExitCode.DONE)
    assert content(many) == expected
    assert violations(many) == []


def test_a_run_that_is_stopped_between_change_sets_of_one_invoice_is_finished_all_the_same(
    many: TestTenant,
) -> None:
    expected = written_alone(many)
    with in_parts(many, 2) as connector:
        environment = connector._environment
        environment.operations_per_change_set = 4
        guard = threading.Event()
        lease = environment.lease

        class Checked:
            """The lease, which somebody stops the run behind at its tenth check."""

            def __init__(self, run_id: str) -> None:
                self._inner = lease(run_id)
                self._left = 10

            def __enter__(self) -> Self:
                self._inner.__enter__()
                return self

            def __exit__(self, *_: object) -> None:
                self._inner.__exit__()

            def check(self) -> None:
                self._left -= 1
                if self._left == 0:
                    guard.set()
                    connector.stop()

        environment.lease = Checked  # type: ignore[method-assign]
        with pytest.raises(RunInterrupted):
            connector.run(DAY, run_id="stopped")
        environment.lease = lease  # type: ignore[method-assign]
        assert guard.is_set()
        connector.run(DAY, run_id="next")

    assert content(many) == expected
    assert violations(many) == []


def test_a_run_that_is_stopped_before_it_writes_has_written_nothing(many: TestTenant) -> None:
    before = many.emulator.dump()
    with in_parts(many, 1) as connector:

        def listen(_event: ProgressEvent) -> None:
            connector.stop()

        with pytest.raises(RunInterrupted, match="nothing was written") as caught:
            connector.run(DAY, run_id="stopped", progress=listen)
        with pytest.raises(RunInterrupted):
            connector.plan(DAY, progress=listen)
        assert connector.run(DAY, run_id="preview", dry_run=True).totals.invoices == 12

    assert caught.value.report is None
    assert many.emulator.dump() == before


def test_parts_that_are_through_are_only_reported_when_a_run_is_taken_up(many: TestTenant) -> None:
    with in_parts(many, 1, DATAVERSE__WORKERS="1") as connector:
        stopped_after(connector, 5)
        through = [name for name in kept(many, "stopped") if name.endswith(".report")]
        written: list[PartWritten] = []
        report = connector.run(
            DAY,
            run_id="next",
            progress=lambda event: (
                written.append(event) if isinstance(event, PartWritten) else None
            ),
        )

    (finished,) = report.earlier
    parts = len(finished.plan.summaries)
    assert len(through) > 0
    assert len(written) == parts - len(through)
    assert len(finished.outcomes) == 12


def test_a_failure_that_is_everybodys_halts_the_run_and_parts_that_wait_are_not_tried(
    many: TestTenant,
) -> None:
    with in_parts(many, 1, DATAVERSE__WORKERS="1") as connector:
        in_a_hurry(connector)

        def listen(event: ProgressEvent) -> None:
            if isinstance(event, PartWritten) and event.done == 2:
                fault = ScriptedFault(kind=FaultKind.STATUS, status=401, times=100_000)
                many.emulator.plan(fault)

        report = connector.run(DAY, run_id="halted", progress=listen)
        many.emulator.faults.clear()
        reported = [name for name in kept(many, "halted") if name.endswith(".report")]

        assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
        assert len(reported) < len(report.plan.summaries)
        failed = [o for o in report.outcomes if o.status is InvoiceStatus.FAILED]
        assert len(failed) == 12 - len(many.rows("invoices"))
        assert all(outcome.is_open for outcome in failed)
        assert "not tried, because an earlier contract met this" in str(failed[-1].error)
        assert connector.remembered("halted").record.state is RunState.UNFINISHED

        connector.run(DAY, run_id="next")
        assert connector.remembered("halted").record.state is RunState.FINISHED
    assert len(many.rows("invoices")) == 12


def test_a_part_that_cannot_be_read_any_more_is_left_for_later_and_the_others_are_written(
    many: TestTenant,
) -> None:
    path = many.folder / "plan.jsonl"
    with in_parts(many, 2) as connector:
        transport = unreadable(connector)
        plan = connector.plan(DAY)
        connector.save_plan(plan, path)
        last = tuple(plan.parts())[-1]

        def listen(event: ProgressEvent) -> None:
            if isinstance(event, PartWritten):
                transport.contract = last.contracts[0].contract_id

        report = connector.apply(path, run_id="one-left", progress=listen)
        transport.contract = None
        left = [o for o in report.outcomes if o.status is InvoiceStatus.FAILED]

        assert {part.number for part in report.written} == {1, 2, 3}
        assert [o.invoice for o in left] == [i for c in last.contracts for i in c.invoices]
        assert all("its part could not be read: " in str(o.error) for o in left)
        assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
        assert len(many.rows("invoices")) == 12 - len(left)

        again = connector.run(DAY, run_id="next")
    assert len(again.earlier[0].outcomes) == 12
    assert again.earlier[0].exit_code is ExitCode.DONE
    assert len(many.rows("invoices")) == 12


def test_a_part_whose_reading_is_refused_halts_the_run_and_the_next_one_finishes_it(
    many: TestTenant,
) -> None:
    path = many.folder / "plan.jsonl"
    with in_parts(many, 1) as connector:
        transport = unreadable(connector)
        plan = connector.plan(DAY)
        connector.save_plan(plan, path)
        transport.contract, transport.status = plan.contracts[1].contract_id, 403

        report = connector.apply(path, run_id="refused")
        transport.contract = None
        (last,) = plan.contracts[-1].invoices
        reasons = {o.invoice: str(o.error) for o in report.outcomes}

        assert "not tried, because an earlier contract met this" in reasons[last]
        assert [w.code for w in report.warnings].count("run-halted") == 1
        assert connector.remembered("refused").record.state is RunState.UNFINISHED
        assert str(last.id) not in {row["invoiceid"] for row in many.rows("invoices")}

        connector.run(DAY, run_id="next")
    assert len(many.rows("invoices")) == 12


def test_a_plan_of_which_nothing_can_be_read_any_more_is_an_error(many: TestTenant) -> None:
    path, before = many.folder / "plan.jsonl", many.emulator.dump()
    with in_parts(many, 20) as connector:
        transport = unreadable(connector)
        plan = connector.plan(DAY)
        connector.save_plan(plan, path)
        transport.contract = plan.contracts[0].contract_id

        with pytest.raises(ServerFault):
            connector.apply(path, run_id="none-left")

    assert many.emulator.dump() == before


@pytest.mark.parametrize("damage", ["exchanged", "cut", "removed"])
def test_a_damaged_part_refuses_the_unfinished_run_by_its_number_before_a_row_is_written(
    many: TestTenant, damage: str
) -> None:
    with in_parts(many, 1, DATAVERSE__WORKERS="1") as connector:
        stopped_after(connector, 1)
        drafts = len(many.rows("invoices"))
        folder = folder_of(many, "stopped")
        last, first = (folder / f"part-000{n}.plan" for n in (8, 1))
        if damage == "exchanged":
            last.write_bytes(first.read_bytes())
        elif damage == "cut":
            last.write_bytes(last.read_bytes()[:-10])
        else:
            last.unlink()

        report = connector.run(date(2020, 9, 1), run_id="next")

    (warning,) = [w for w in report.warnings if w.code == "unfinished-run-unreadable"]
    assert "run stopped is unfinished, but cannot be taken up" in warning.text
    assert "part 8" in warning.text
    assert report.earlier == ()
    assert len(many.rows("invoices")) == drafts
