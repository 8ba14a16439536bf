"""The list of runs: one line a run, at any width."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from rich.console import Console

from connector.cli.history_view import MOST, print_records
from connector.report.texts.terminal import ENGLISH, TerminalTexts, terminal_texts
from connector.run_record import RunKind, RunRecord, RunState, Stop
from connector.settings.sections import Language
from tests.report.test_history import RECORD

BEGAN = datetime(2020, 10, 5, 6, tzinfo=UTC)


def shown(
    *records: RunRecord, width: int = 140, verbose: bool = False, words: TerminalTexts = ENGLISH
) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    print_records(console, records, words, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def preview(number: int) -> RunRecord:
    return RunRecord(run_id=f"R{number:02}", state=RunState.PREVIEW)


def test_a_run_is_one_line_with_kind_date_numbers_status_and_duration() -> None:
    line = shown(RECORD)[-1]

    assert line.split() == [
        *("R1", "catch-up", "2020-10-05", "3", "1,900.00", "EUR", "4", "finished", "2:03"),
    ]


def test_a_narrow_terminal_leaves_out_what_show_tells_as_well() -> None:
    lines = shown(RECORD, width=80)

    assert max(map(len, lines)) <= 80
    assert lines[-1].split() == ["R1", "2020-10-05", "3", "1,900.00", "EUR", "finished"]


@pytest.mark.parametrize("width", [80, 140])
def test_a_run_that_stopped_says_where_and_with_which_exit_code(width: int) -> None:
    stop = Stop(step="plan", error="no \x1b[2Jconnection", exit_code=4)
    stopped = RunRecord(
        run_id="R2",
        state=RunState.STOPPED,
        kind=RunKind.RUN,
        run_date=date(2020, 10, 5),
        began=BEGAN,
        ended=BEGAN + timedelta(hours=2),
        exit_code=4,
        stop=stop,
    )

    lines = shown(stopped, width=width)

    assert "stopped (4)" in lines[-2]
    assert lines[-1] == "R2: stopped at 'plan': no \\x1b[2Jconnection"


def test_the_last_twenty_are_listed_and_with_verbose_all() -> None:
    every = [preview(n) for n in range(25)]

    lines = shown(*every)

    assert lines[0] == "Earlier runs are shown with -v."
    assert len([line for line in lines if line.startswith("R2")]) == 5
    assert len([line for line in lines if "preview" in line]) == MOST
    assert len([line for line in shown(*every, verbose=True) if "preview" in line]) == 25


def test_an_empty_store_says_so() -> None:
    assert shown() == ["The run store remembers no run."]


def test_another_language_has_its_own_words_days_and_amounts() -> None:
    german = terminal_texts(Language.GERMAN)

    heading, _, line = shown(RECORD, words=german)

    assert heading.split() == [
        *("Lauf", "Art", "Laufdatum", "Rechnungen", "Betrag", "vor", "Steuern"),
        *("Zurückgeblieben", "Status", "Dauer"),
    ]
    assert line.replace("\u00a0", " ").split() == [
        *("R1", "Nachholen", "05.10.2020", "3", "1.900,00", "€", "4", "beendet", "2:03"),
    ]
    assert shown(words=german) == ["Der Laufspeicher kennt keinen Lauf."]


def test_what_went_wrong_is_told_in_that_language_but_errors_as_they_were_said() -> None:
    stop = Stop(step="plan", error="no connection", exit_code=4)
    stopped = RunRecord(run_id="R2", state=RunState.STOPPED, exit_code=4, stop=stop)

    lines = shown(stopped, words=terminal_texts(Language.SWEDISH))

    assert "stoppad (4)" in lines[-2]
    assert lines[-1] == "R2: stoppades vid 'plan': no connection"
