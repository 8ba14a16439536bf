"""The names in a run store: what may be a run's, and where its files are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.ids import OrganizationId
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import (
    RUNS,
    PartFile,
    RunFile,
    part_file,
    run_file,
    run_folder,
    run_id_of,
    unfinished_mark,
)
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "run_id",
    [
        "20201005T060000Z-1a2b3c4d",
        "night",
        "night.again",
        "a",
        "console",
        "com",
        "lpt10",
        "x" * 100,
    ],
)
def test_a_run_is_kept_under_its_id(tmp_path: Path, run_id: str) -> None:
    store = FolderRunStore(tmp_path)
    store.put(run_file(run_id, RunFile.REPORT), (b"{}\n",))

    assert store.get(run_file(run_id, RunFile.REPORT)) == b"{}\n"
    assert [run_id_of(folder) for folder in store.names(RUNS)] == [run_id]


@pytest.mark.parametrize(
    "run_id",
    [
        *(
            "",
            ".",
            "..",
            "../up",
            "a/b",
            "a\\b",
            "C:",
            "a:b",
            "a b",
            "-a",
            ".a",
            "a*",
            "ä",
            "x" * 101,
        ),
        *("a.", "a..", "con", "CON", "Nul", "nul.txt", "aux.again", "com1", "LPT9", "prn"),
    ],
)
def test_a_name_that_some_file_system_refuses_or_takes_for_another_is_no_run_id(
    run_id: str,
) -> None:
    with pytest.raises(RunStoreError, match="cannot be a run id: expected letters"):
        run_folder(run_id)
    with pytest.raises(RunStoreError, match="cannot be a run id"):
        unfinished_mark(OrganizationId(UUID(int=1)), run_id)


def test_the_parts_of_a_run_are_counted_in_the_names_of_their_files() -> None:
    assert part_file("R1", 1, PartFile.PLAN) == "runs/R1/part-0001.plan"
    assert part_file("R1", 12345, PartFile.REPORT) == "runs/R1/part-12345.report"


def test_a_run_is_known_by_its_folder_and_by_its_mark() -> None:
    mark = unfinished_mark(OrganizationId(UUID(int=1)), "R1")

    assert run_id_of("runs/R1/") == run_id_of(mark) == "R1"
