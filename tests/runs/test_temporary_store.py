"""A temporary store goes with the last value that reads from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from connector.runs.store import RunStoreError
from connector.runs.temporary_store import temporary_store


def test_its_folder_is_gone_when_nobody_needs_it_any_more() -> None:
    store = temporary_store()
    store.put("runs/plan/part-0001.plan", (b"text",))
    folder, reader = store.root, store

    del store
    assert reader.get("runs/plan/part-0001.plan") == b"text"
    del reader

    assert not folder.exists()


def test_its_folder_is_gone_when_python_ends() -> None:
    program = (
        "from connector.runs.temporary_store import temporary_store\n"
        "kept = temporary_store()\nkept.put('a/b', (b'1',))\nprint(kept.root)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip()
    assert not Path(done.stdout.strip()).exists()


def test_a_place_without_room_for_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)

    with pytest.raises(RunStoreError, match="no temporary folder can be made: No space left"):
        temporary_store()
