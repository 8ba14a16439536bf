"""A part that is written twice, half-way, too late or not at all leaves the rows that it should."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.outcome import InvoiceStatus
from connector.run_record import RunState
from connector.runs.history import record_of
from connector.runs.lease import LeaseLost
from connector.runs.names import PartFile, part_file
from connector.usecases.session import writing
from connector.usecases.steps.opening import close_order
from connector.usecases.steps.run_steps import RunSteps
from connector.usecases.steps.values import Hold, RunOrder, WrittenPart, WrittenParts
from connector.usecases.steps.writing import finish_run, take_up_run, write_one_part
from connector.usecases.undo import undo
from tests.projectops.one_contract import tenant_with
from tests.projectops.stored_rows import carried_out_but_lost, lost_before_it_acted, refused
from tests.usecases.opened import opened
from tests.usecases.steps.driven import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from connector.usecases.environment import Environment
    from connector.usecases.steps.values import PartsToWrite


def sealed(environment: Environment) -> tuple[Hold, PartsToWrite]:
    """A run of one part whose plan is frozen."""
    steps = RunSteps(environment)
    found = steps.open(RunOrder(run_id="R1", run_date=DAY))
    begun = steps.begin(found.hold, found.runs[0])
    steps.find_parts(found.hold, begun.run)
    part = steps.plan_part(found.hold, "R1", 1)
    return found.hold, steps.seal(found.hold, begun.run, (part,))


def statuses(part: WrittenPart) -> list[InvoiceStatus]:
    return [total.status for total in part.summary.outcomes] if part.summary else []


def test_a_part_that_is_through_is_not_touched_again(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    hold, parts = sealed(environment)

    first = write_one_part(environment, hold, "R1", 1, parts)
    sent = len(far.change_sets)
    second = write_one_part(environment, hold, "R1", 1, parts)

    assert statuses(first) == [InvoiceStatus.WRITTEN]
    assert second.summary == first.summary
    assert len(far.change_sets) == sent
    assert second.requests.get + second.requests.batch == 0


def test_a_part_that_died_after_its_change_set_is_found_written_and_stays_this_run_s(
    tmp_path: Path,
) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    hold, parts = sealed(environment)
    write_one_part(environment, hold, "R1", 1, parts)
    rows = {name: dict(table) for name, table in far.tables.items()}
    # What a process leaves that dies before it could report: the line of the begun invoice.
    environment.store.delete(part_file("R1", 1, PartFile.REPORT))
    name = part_file("R1", 1, PartFile.PROGRESS)
    begun = (environment.store.get(name) or b"").splitlines()[0]
    environment.store.put(name, (begun + b"\n",))

    again = write_one_part(opened(far, tmp_path), hold, "R1", 1, parts)
    written = WrittenParts(parts=(again,), requests=again.requests)
    finish_run(environment, hold, "R1", written)
    close_order(environment, hold)

    assert statuses(again) == [InvoiceStatus.ALREADY_WRITTEN]
    assert {name: dict(table) for name, table in far.tables.items()} == rows
    with writing(environment, "U1") as session:
        fates = undo(session, "R1", "U1").fates
    assert [fate.status.value for fate in fates] == ["deleted"]


@pytest.mark.parametrize("fault", [carried_out_but_lost, lost_before_it_acted])
def test_a_change_set_whose_answer_was_lost_is_written_once(tmp_path: Path, fault: object) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    hold, parts = sealed(environment)
    far.faults = [fault] * 3  # type: ignore[list-item]
    first = write_one_part(environment, hold, "R1", 1, parts)
    far.faults = []

    second = write_one_part(opened(far, tmp_path), hold, "R1", 1, parts)

    assert first.summary is not None
    assert statuses(second)[0] in (InvoiceStatus.WRITTEN, InvoiceStatus.ALREADY_WRITTEN)
    assert len(far.tables["invoices"]) == 1


def test_a_step_of_an_order_that_is_closed_writes_nothing(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    hold, parts = sealed(environment)
    close_order(environment, hold)

    with pytest.raises(LeaseLost):
        write_one_part(environment, hold, "R1", 1, parts)
    with pytest.raises(LeaseLost):
        finish_run(environment, hold, "R1", WrittenParts(requests=parts.requests))

    assert far.change_sets == []
    assert record_of(environment.store, "R1").state is RunState.UNFINISHED


def test_a_missing_privilege_halts_the_run_and_leaves_its_rows_not_run(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)
    hold, parts = sealed(environment)
    far.faults = [refused(403, "0x80042f2c", "is missing prvCreateInvoice privilege")] * 9

    part = write_one_part(environment, hold, "R1", 1, parts)
    report, ended = finish_run(
        environment, hold, "R1", WrittenParts(parts=(part,), requests=parts.requests)
    )

    assert part.because is not None
    assert "prvCreateInvoice" in part.because
    assert ended.exit_code == 4
    assert [warning.code for warning in report.own_warnings] == ["run-halted"]
    assert far.row("msdyn_contractlineinvoiceschedules", UUID(int=61))[
        "msdyn_invoicerunstatus"
    ] == (192350000)  # Not Run
    assert not far.tables.get("invoices")


def test_parts_of_which_nothing_was_heard_stay_open_for_the_next_run(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    hold, parts = sealed(environment)
    lost = WrittenPart(number=1, because="the worker process ended", requests=parts.requests)

    report, ended = finish_run(
        environment, hold, "R1", WrittenParts(parts=(lost,), requests=parts.requests)
    )

    assert report.because is not None
    assert "the worker process ended" in report.because
    assert ended.exit_code == 1
    assert record_of(environment.store, "R1").state is RunState.UNFINISHED
    assert take_up_run(environment, "R1").parts == (1,)


def test_a_part_whose_answer_was_lost_is_looked_up_in_the_store(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    hold, parts = sealed(environment)
    write_one_part(environment, hold, "R1", 1, parts)

    report, ended = finish_run(environment, hold, "R1", WrittenParts(requests=parts.requests))

    assert [total.status for total in report.outcome_totals] == [InvoiceStatus.WRITTEN]
    assert ended.exit_code == 0
    assert record_of(environment.store, "R1").state is RunState.FINISHED


def test_a_plan_that_was_altered_is_said_and_not_taken_up(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    sealed(environment)
    name = part_file("R1", 1, PartFile.PLAN)
    environment.store.put(name, ((environment.store.get(name) or b"").replace(b"800", b"900"),))

    found = take_up_run(environment, "R1")

    assert found.parts == ()
    assert found.unusable is not None
    assert "was altered" in found.unusable


def test_the_report_names_the_runs_that_were_finished_before_it(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    hold, parts = sealed(environment)
    part = write_one_part(environment, hold, "R1", 1, parts)
    finish_run(environment, hold, "R1", WrittenParts(parts=(part,), requests=parts.requests))

    report, _ = finish_run(
        environment,
        hold,
        "R1",
        WrittenParts(parts=(part,), earlier=("R1",), requests=parts.requests),
    )

    assert [earlier.run_id for earlier in report.earlier] == ["R1"]
