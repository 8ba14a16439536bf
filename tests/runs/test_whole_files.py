"""Files are replaced as a whole or not at all, also where another program holds them."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from connector.runs.whole_files import append_line, read_whole, write_whole


class Busy:
    """A call of the operating system that Windows refuses so often before it is carried out."""

    def __init__(self, times: int, code: int | None = 32) -> None:
        self.left = times
        self._code = code

    def before(self, call: Any) -> Any:
        def refused_at_first(*arguments: Any, **named: Any) -> Any:
            if self.left:
                self.left -= 1
                error = PermissionError(13, "The process cannot access the file")
                if self._code is not None:
                    error.winerror = self._code  # type: ignore[attr-defined, unused-ignore]
                raise error
            return call(*arguments, **named)

        return refused_at_first


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, none of them really."""
    seconds: list[float] = []
    monkeypatch.setattr(time, "sleep", seconds.append)
    return seconds


@pytest.mark.parametrize("code", [5, 32, 33])
def test_a_file_that_is_busy_for_a_moment_is_replaced_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float], code: int
) -> None:
    path = tmp_path / "plan.jsonl"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", Busy(2, code).before(Path.replace))

    write_whole(path, [b"new\n"])

    assert path.read_bytes() == b"new\n"
    assert waits == [0.01, 0.02]


def test_a_file_that_stays_busy_is_left_as_it_was_after_about_a_second(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    path = tmp_path / "plan.jsonl"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "replace", Busy(1000).before(Path.replace))

    with pytest.raises(PermissionError):
        write_whole(path, [b"new\n"])

    assert [file.name for file in tmp_path.iterdir()] == ["plan.jsonl"]
    assert path.read_text(encoding="utf-8") == "old"
    assert 0.5 < sum(waits) < 2


def test_a_refusal_that_is_no_matter_of_time_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    monkeypatch.setattr(Path, "replace", Busy(1, None).before(Path.replace))

    with pytest.raises(PermissionError):
        write_whole(tmp_path / "plan.jsonl", [b"new\n"])

    assert waits == []


def test_a_file_that_is_replaced_meanwhile_is_read_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    path = tmp_path / "lease.json"
    path.write_text("Größe", encoding="utf-8")
    monkeypatch.setattr(Path, "read_bytes", Busy(1, 5).before(Path.read_bytes))

    assert read_whole(path) == "Größe".encode()
    assert waits == [0.01]


def test_lines_of_several_threads_follow_one_another_whole(tmp_path: Path) -> None:
    path = tmp_path / "progress.jsonl"

    def append(name: str) -> None:
        for number in range(50):
            append_line(path, (f"{name}-{number} ä" * 20).encode())

    threads = [threading.Thread(target=append, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    lines = path.read_bytes().decode().split("\n")
    assert lines.pop() == ""
    expected = [f"{name}-{number} ä" * 20 for name in "abcd" for number in range(50)]
    assert sorted(lines) == sorted(expected)
