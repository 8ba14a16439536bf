"""How a run goes on is shown where somebody watches, and gone afterwards."""

from __future__ import annotations

import io
import re

import pytest

from connector.cli.progress import told_progress
from connector.usecases.progress import PartRead, PartsFound, Retried, Waiting


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def plain(terminal: Terminal) -> list[str]:
    """The lines that were shown, without what moves the cursor."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    return [line for line in re.split(r"[\r\n]+", text) if line.strip()]


def test_what_is_found_and_what_is_left_stand_on_one_line() -> None:
    terminal, seconds = Terminal(), iter(range(100))

    with told_progress(terminal, clock=lambda: float(next(seconds))) as progress:
        assert progress is not None
        progress(PartsFound(run_id="R1", parts=2, contracts=300))

    assert "0/300 contracts, 0/2 parts, 0 rows" in plain(terminal)[-1]


def test_what_was_shown_is_gone_in_the_end_also_when_the_run_fails() -> None:
    terminal = Terminal()

    def failing() -> None:
        with told_progress(terminal) as progress:
            assert progress is not None
            progress(PartsFound(run_id="R1", parts=2, contracts=300))
            raise LookupError

    with pytest.raises(LookupError):
        failing()

    # the cursor is back at the beginning of a line that is empty again
    assert terminal.getvalue().rpartition("300 contracts")[2].count("\x1b[2K") >= 1


def test_a_line_never_wraps_and_obeys_no_control_characters() -> None:
    terminal = Terminal()

    with told_progress(terminal) as progress:
        assert progress is not None
        progress(PartsFound(run_id="R1", parts=2, contracts=300))
        progress(Retried(error="503 \x1b[2J" + "busy " * 500, seconds=2))
        progress(Waiting(seconds=60.0))
        progress(PartRead(run_id="R1", number=1, contracts=20))

    lines = plain(terminal)
    assert max(map(len, lines)) <= 80
    assert any(line.startswith("Waiting") and "503 \\x1b[2Jbusy" in line for line in lines)


@pytest.mark.parametrize("quiet", [True, False])
def test_nobody_is_told_where_nobody_watches_or_wants_to(*, quiet: bool) -> None:
    stream = Terminal() if quiet else io.StringIO()

    with told_progress(stream, quiet=quiet) as progress:
        assert progress is None

    assert stream.getvalue() == ""
