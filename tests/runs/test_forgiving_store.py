"""What a store cannot keep once a run writes is held in memory, and said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.folder_store import FolderRunStore
from connector.runs.forgiving_store import ForgivingStore
from connector.runs.store import RunStoreError
from tests.runs.full_disk import full_disk

if TYPE_CHECKING:
    from pathlib import Path

NAME = "runs/R1/part-0001.report"


@pytest.fixture
def store(tmp_path: Path) -> ForgivingStore:
    return ForgivingStore(FolderRunStore(tmp_path / "store"))


def test_a_file_that_cannot_be_kept_is_held_and_said_once(store: ForgivingStore) -> None:
    with full_disk():
        store.put(NAME, (b"x" * 100, b"y"))
        store.put(NAME, (b"z" * 100,))
        store.append("runs/R1/part-0001.progress", b"x" * 100)

    assert store.get(NAME) == b"z" * 100
    assert store.inner.get(NAME) is None
    assert not store.is_kept(NAME)
    assert [warning.code for warning in store.warnings] == ["run-store-incomplete"] * 2
    assert "part-0001.report" in store.warnings[0].text


def test_a_file_that_can_be_kept_again_comes_from_the_store(store: ForgivingStore) -> None:
    with full_disk():
        store.put(NAME, (b"x" * 100,))
    store.put(NAME, (b"kept",))

    assert store.is_kept(NAME)
    assert store.get(NAME) == store.inner.get(NAME) == b"kept"


def test_what_is_sealed_must_be_safe(store: ForgivingStore) -> None:
    with full_disk(), pytest.raises(RunStoreError, match="cannot keep"):
        store.put_once("runs/R1/manifest.json", (b"x" * 100,))
