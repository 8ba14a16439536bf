"""What contracts are called is read from sealed parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.contract_names import kept_names
from connector.runs.folder_store import FolderRunStore
from connector.runs.part_file import PartWriter
from connector.runs.plan_text import PlanFileError
from connector.runs.stored_plan import keep_part
from tests.projectops.one_invoice import PLANNED, plan

if TYPE_CHECKING:
    from pathlib import Path


def test_the_contracts_of_the_first_parts_are_named(tmp_path: Path) -> None:
    store = FolderRunStore(tmp_path)
    for number in (1, 2, 3):
        writer = PartWriter(number)
        writer.add(plan(PLANNED))
        keep_part(store, "R1", writer.sealed())

    assert list(kept_names(store, "R1", 2)) == [plan(PLANNED).contract_name] * 2
    assert list(kept_names(store, "R2", 2)) == []


def test_a_part_that_is_no_part_is_refused(tmp_path: Path) -> None:
    store = FolderRunStore(tmp_path)
    store.put("runs/R1/part-0001.plan", (b"part 1\ncontract {]\n",))

    with pytest.raises(PlanFileError):
        list(kept_names(store, "R1", 1))
