"""The folder store keeps the contract of every run store, and says what a folder refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.folder_store import FolderRunStore
from connector.runs.store import RunStoreError
from tests.runs.full_disk import full_disk
from tests.runs.store_contract import PLAN, RunStoreContract

if TYPE_CHECKING:
    from pathlib import Path

    from connector.runs.store import RunStore


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return FolderRunStore(tmp_path / "store")


class TestFolderRunStore(RunStoreContract):
    """The contract, in a folder."""


@pytest.mark.parametrize("how", ["put", "put_once"])
def test_a_full_disk_leaves_the_former_file_and_nothing_half(
    store: RunStore, tmp_path: Path, how: str
) -> None:
    store.put(PLAN, (b"before",))

    with full_disk(), pytest.raises(RunStoreError, match=r"cannot keep .*File too large"):
        getattr(store, how)(PLAN if how == "put" else f"{PLAN}2", (b"x" * 1000,))

    assert store.get(PLAN) == b"before"
    assert [path.name for path in (tmp_path / "store" / "runs" / "R1").iterdir()] == [
        "part-0001.plan"
    ]


def test_a_full_disk_refuses_a_line_and_the_next_one_stands_alone(store: RunStore) -> None:
    with full_disk(), pytest.raises(RunStoreError, match="cannot keep"):
        store.append("runs/R1/part-0001.progress", b"x" * 100)
    store.append("runs/R1/part-0001.progress", b"whole")

    cut, whole = (store.get("runs/R1/part-0001.progress") or b"").splitlines()
    assert (cut.strip(b"x"), whole) == (b"", b"whole")


def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("", encoding="utf-8")
    store = FolderRunStore(tmp_path / "store")

    with pytest.raises(RunStoreError, match="cannot keep"):
        store.put(PLAN, (b"1",))
    assert store.get(PLAN) is None
    assert store.names("runs/") == ()


def test_a_folder_where_a_file_should_be_is_told(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "store" / PLAN).mkdir(parents=True)

    with pytest.raises(RunStoreError, match="cannot read"):
        store.get(PLAN)
    with pytest.raises(RunStoreError, match="cannot keep"):
        store.put(PLAN, (b"1",))


def test_a_folder_without_links_is_sealed_all_the_same(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr("os.link", refuse)

    assert store.put_once(PLAN, (b"first",))
    assert not store.put_once(PLAN, (b"second",))
    assert store.get(PLAN) == b"first"
