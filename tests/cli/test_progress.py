"""One line that says how a run goes on, where somebody watches."""

from __future__ import annotations

import io
import os

import pytest

from connector.cli.progress import told_progress
from connector.usecases.progress import PartWritten, Retried


class Terminal(io.StringIO):
    """A stream that somebody watches."""

    def isatty(self) -> bool:
        return True


def event(done: int) -> PartWritten:
    return PartWritten(run_id="R1", number=done, done=done, parts=3)


def test_events_take_each_others_place_on_one_line_that_is_gone_in_the_end() -> None:
    terminal = Terminal()

    with told_progress(terminal) as progress:
        assert progress is not None
        for done in (1, 2):
            progress(event(done))

    clear = "\r\x1b[K"
    assert terminal.getvalue() == (f"{clear}written 1 of 3 parts{clear}written 2 of 3 parts{clear}")


def test_a_line_never_wraps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((20, 24)))
    terminal = Terminal()

    with told_progress(terminal) as progress:
        assert progress is not None
        progress(Retried(error="x" * 500, seconds=2))

    assert max(map(len, terminal.getvalue().split("\r\x1b[K"))) == 19


def test_the_line_is_gone_also_when_the_run_fails() -> None:
    terminal = Terminal()

    def failing() -> None:
        with told_progress(terminal) as progress:
            assert progress is not None
            progress(event(1))
            raise LookupError

    with pytest.raises(LookupError):
        failing()

    assert terminal.getvalue().endswith("\r\x1b[K")


def test_a_stream_that_nobody_watches_gets_nothing() -> None:
    stream = io.StringIO()

    with told_progress(stream) as progress:
        assert progress is None

    assert stream.getvalue() == ""
