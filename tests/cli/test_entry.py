"""The one place where an error becomes a message and an exit code."""

from __future__ import annotations

import errno
import sys

import pytest

from connector.cli import entry

INVALID = OSError(errno.EINVAL, "Invalid argument")
OF_A_FILE = OSError(errno.EINVAL, "Invalid argument", "a?b.html")


@pytest.mark.parametrize(
    ("platform", "error", "closed"),
    [
        ("linux", BrokenPipeError(errno.EPIPE, "Broken pipe"), True),
        ("linux", INVALID, False),
        ("win32", BrokenPipeError(errno.EPIPE, "Broken pipe"), True),
        ("win32", INVALID, True),
        ("win32", OF_A_FILE, False),
        ("win32", OSError(errno.ENOSPC, "No space left on device"), False),
    ],
)
def test_a_reader_that_left_is_told_from_other_failures(
    monkeypatch: pytest.MonkeyPatch, platform: str, error: OSError, *, closed: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)

    assert entry._is_of_a_closed_pipe(error) is closed
