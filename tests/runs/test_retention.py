"""Old runs go as a whole; nothing that is still to be done is ever among them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.ids import OrganizationId
from connector.run_record import RunKind, RunState
from connector.runs.folder_store import FolderRunStore
from connector.runs.history import record_of
from connector.runs.journal import Journal
from connector.runs.names import RunFile, run_file, run_folder
from connector.runs.retention import old_runs, remove_run
from connector.runs.run_begin import RunBegin, keep_begin
from connector.runs.run_end import keep_end
from connector.runs.store import RunStoreError
from tests.runs.planned import ORGANIZATION, PARTS, RUN_DATE, contract, sealed
from tests.runs.test_run_end import ended

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2021, 10, 5, 6, tzinfo=UTC)
OLD = NOW - timedelta(days=400)


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


def begun(
    store: FolderRunStore,
    run_id: str,
    began: datetime = OLD,
    organization: OrganizationId = ORGANIZATION,
) -> None:
    begin = RunBegin(kind=RunKind.RUN, run_date=RUN_DATE, organization_id=organization, began=began)
    keep_begin(store, run_id, begin)


def unfinished(store: FolderRunStore) -> None:
    begun(store, "R1")
    Journal(store, "R1").keep_plan(sealed(store, *(contract(n) for n in range(PARTS))))


def finished(store: FolderRunStore) -> None:
    unfinished(store)
    plan = sealed(store, *(contract(n) for n in range(PARTS)))
    keep_end(store, ended(store, plan, 1, 2, 3), RunFile.REPORT)
    store.append("runs/R1/part-0001.progress", b"{}")


def old(store: FolderRunStore, days: int = 365) -> list[str]:
    return list(old_runs(store, ORGANIZATION, NOW - timedelta(days=days)))


def test_a_finished_run_goes_when_it_is_old_enough(store: FolderRunStore) -> None:
    finished(store)

    assert old(store, days=401) == []
    assert old(store, days=400) == []
    assert old(store, days=399) == ["R1"]


def test_an_unfinished_run_stays_however_old_it_is(store: FolderRunStore) -> None:
    unfinished(store)

    assert record_of(store, "R1").state is RunState.UNFINISHED
    assert old(store) == []


def test_a_run_whose_undoing_was_interrupted_stays_until_it_is_undone(
    store: FolderRunStore,
) -> None:
    finished(store)
    store.append(run_file("R1", RunFile.UNDOING), b"f3b1")
    assert old(store) == []

    store.put(run_file("R1", RunFile.UNDONE), (b"{}",))
    assert old(store) == ["R1"]


def test_runs_of_another_tenant_and_without_a_readable_beginning_stay(
    store: FolderRunStore,
) -> None:
    begun(store, "other", organization=OrganizationId(UUID(int=7)))
    store.put("runs/damaged/run.json", (b"{",))
    store.put("runs/nothing/stopped.json", (b"{}",))
    begun(store, "stopped")

    assert old(store) == ["stopped"]


def test_a_run_that_goes_leaves_nothing(store: FolderRunStore) -> None:
    finished(store)
    begun(store, "R2")

    remove_run(store, "R1")
    remove_run(store, "R1")

    assert store.names("runs/") == ("runs/R2/",)


class _Interrupted(FolderRunStore):
    """A folder that takes a number of deletions and no more."""

    left = 0

    def delete(self, name: str) -> None:
        if not _Interrupted.left:
            message = "the power went"
            raise RunStoreError(message)
        _Interrupted.left -= 1
        super().delete(name)


def test_a_removal_that_is_interrupted_anywhere_never_looks_unfinished_and_is_continued(
    tmp_path: Path,
) -> None:
    whole = FolderRunStore(tmp_path / "whole")
    finished(whole)
    files = len(whole.names(run_folder("R1")))
    assert files > 5

    for done in range(1, files):
        store = FolderRunStore(tmp_path / str(done))
        finished(store)
        _Interrupted.left = done
        with pytest.raises(RunStoreError, match="the power went"):
            remove_run(_Interrupted(store.root), "R1")

        assert len(store.names(run_folder("R1"))) == files - done
        assert record_of(store, "R1").state is not RunState.UNFINISHED
        assert old(store) == ["R1"]
        remove_run(store, "R1")
        assert store.names("runs/") == ()
