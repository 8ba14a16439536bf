"""How long a run of the history took."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connector.run_record import RunRecord, RunState

BEGAN = datetime(2020, 10, 5, 6, tzinfo=UTC)


def test_a_run_took_what_lies_between_its_begin_and_its_end() -> None:
    ended = BEGAN + timedelta(minutes=1, seconds=30)

    record = RunRecord(run_id="R1", state=RunState.FINISHED, began=BEGAN, ended=ended)

    assert record.seconds == 90


def test_a_run_whose_end_was_not_kept_took_nobody_knows_how_long() -> None:
    record = RunRecord(run_id="R1", state=RunState.UNFINISHED, began=BEGAN)

    assert record.seconds is None
