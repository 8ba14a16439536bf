"""What is told of a run while it goes on, at hand-set times."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from connector.cli.progress_state import Line, ProgressState
from connector.outcome import InvoiceStatus, UndoStatus
from connector.usecases.progress import (
    DraftEnded,
    Ending,
    InvoiceEnded,
    PartPlanned,
    PartRead,
    PartsFound,
    PartWritten,
    Retried,
    RowsRead,
    Waiting,
)

ID = UUID(int=1)


@dataclass
class Clock:
    """Seconds that pass when the test says so."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


def planned(number: int, done: int) -> PartPlanned:
    return PartPlanned(
        run_id="R", number=number, done=done, parts=3, invoices=9, details=90, failed_contracts=0
    )


def invoice(done: int) -> InvoiceEnded:
    return InvoiceEnded(
        run_id="R",
        contract_id=ID,
        invoice_id=ID,
        status=InvoiceStatus.WRITTEN,
        done=done,
        invoices=300,
    )


def test_planning_tells_contracts_parts_rows_speed_and_what_is_left() -> None:
    clock = Clock()
    state = ProgressState(clock)
    state.hear(PartsFound(run_id="R", parts=3, contracts=300))
    state.hear(RowsRead(run_id="R", number=1, rows=5000))
    state.hear(PartRead(run_id="R", number=1, contracts=100))
    clock.now = 10.0
    state.hear(planned(1, 1))

    # 100 of 300 contracts in 10 s: the other 200 take 20 s; 5,000 rows in 10 s
    assert state.lines() == (
        Line(
            label="Planning",
            text="100/300 contracts, 1/3 parts, 5,000 rows, 500/s",
            share=1 / 3,
            seconds=20.0,
        ),
    )


def test_writing_takes_the_place_of_planning() -> None:
    clock = Clock()
    state = ProgressState(clock)
    state.hear(PartsFound(run_id="R", parts=3, contracts=300))
    clock.now = 100.0
    state.hear(invoice(1))
    clock.now = 130.0
    state.hear(PartWritten(run_id="R", number=1, done=1, parts=3))
    state.hear(invoice(60))

    # 60 of 300 in the 30 s since the first one ended
    assert state.lines() == (
        Line(
            label="Writing",
            text="60/300 invoices, 1/3 parts, 2/s",
            share=0.2,
            seconds=120.0,
        ),
    )


def test_before_anything_is_done_nobody_knows_how_long_it_takes() -> None:
    clock = Clock()
    state = ProgressState(clock)
    state.hear(PartsFound(run_id="R", parts=3, contracts=300))
    clock.now = 5.0

    [line] = state.lines()

    assert (line.seconds, line.share) == (None, 0.0)
    assert line.text.endswith("0 rows, -/s")


def test_a_wait_is_told_with_its_reason_until_it_is_over() -> None:
    clock = Clock()
    state = ProgressState(clock)
    state.hear(Retried(error="429 too many requests", seconds=12.0))
    state.hear(Waiting(seconds=12.0))
    clock.now = 2.0
    during = state.lines()
    clock.now = 12.0

    assert during == (
        Line(
            label="Waiting",
            text="10 s for the tenant (1 waits so far): 429 too many requests",
        ),
    )
    assert state.lines() == ()


def test_the_numbers_begin_anew_with_the_next_date() -> None:
    clock = Clock()
    state = ProgressState(clock)
    state.hear(PartsFound(run_id="R", parts=3, contracts=300))
    state.hear(RowsRead(run_id="R", number=1, rows=5000))
    state.hear(invoice(300))
    state.hear(PartsFound(run_id="R2", parts=1, contracts=7))

    [line] = state.lines()

    assert line.text == "0/7 contracts, 0/1 parts, 0 rows, -/s"


def test_an_undoing_tells_its_drafts() -> None:
    state = ProgressState(Clock())
    state.hear(DraftEnded(run_id="R", invoice_id=ID, status=UndoStatus.DELETED, done=3, drafts=4))

    [line] = state.lines()

    assert (line.label, line.text, line.share) == ("Undoing", "3/4 drafts, -/s", 0.75)


def test_somebody_who_stops_a_run_is_told_that_it_ends() -> None:
    state = ProgressState(Clock())
    state.hear(Ending())

    [line] = state.lines()

    assert (line.label, line.text) == (
        "Ending",
        "at the next safe point, between two change sets",
    )
