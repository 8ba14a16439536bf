"""The beginning of a run is kept once, and a name is given once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from connector.run_record import RunKind
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import RunFile, run_file
from connector.runs.run_begin import RunBegin, keep_begin, kept_begin, unused_run_id
from connector.runs.store import RunStoreError
from tests.runs.planned import ORGANIZATION

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = RunBegin(
    kind=RunKind.RUN,
    run_date=date(2020, 10, 5),
    organization_id=ORGANIZATION,
    began=datetime(2020, 10, 5, 6, tzinfo=UTC),
)


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


def test_a_run_begins_once(store: FolderRunStore) -> None:
    assert kept_begin(store, "R1") is None
    assert keep_begin(store, "R1", BEGIN)
    assert not keep_begin(store, "R1", BEGIN)
    assert kept_begin(store, "R1") == BEGIN


def test_a_beginning_that_cannot_be_read_is_as_good_as_none(store: FolderRunStore) -> None:
    store.put(run_file("R1", RunFile.BEGUN), (b"{",))

    assert kept_begin(store, "R1") is None


def test_a_name_that_is_taken_gets_the_next_free_number(store: FolderRunStore) -> None:
    names = []
    for _ in range(3):
        names.append(unused_run_id(store, "night"))
        keep_begin(store, names[-1], BEGIN)

    assert names == ["night", "night.2", "night.3"]


def test_a_name_that_is_taken_by_a_run_that_only_stopped_is_taken(store: FolderRunStore) -> None:
    store.put(run_file("night", RunFile.STOPPED), (b"{}",))

    assert unused_run_id(store, "night") == "night.2"


def test_what_cannot_be_a_name_is_refused(store: FolderRunStore) -> None:
    with pytest.raises(RunStoreError, match="cannot be a run id"):
        unused_run_id(store, "a run")
