"""The folder of runs: what may be a run's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.store import FolderRunStore, RunFile, RunStoreError

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
    store.put(run_id, RunFile.REPORT, ("{}\n",))

    assert store.get(run_id, RunFile.REPORT) == "{}\n"
    assert store.run_ids() == (run_id,)


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
    tmp_path: Path, run_id: str
) -> None:
    store = FolderRunStore(tmp_path)

    with pytest.raises(RunStoreError, match="cannot be a run id: expected letters"):
        store.put(run_id, RunFile.REPORT, ("{}\n",))

    assert list(tmp_path.iterdir()) == []
