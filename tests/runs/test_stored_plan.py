"""The plan of a run in its store: whole, or refused with the number of the part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.folder_store import FolderRunStore
from connector.runs.names import PartFile, RunFile, part_file
from connector.runs.part_file import PartWriter
from connector.runs.plan_text import PlanFileError
from connector.runs.stored_plan import check_parts, copy_parts, keep_part, stored_plan
from tests.runs.planned import PARTS, contract, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunPlan


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(store: FolderRunStore) -> RunPlan:
    return sealed(store, *(contract(number) for number in range(PARTS)))


def test_a_plan_comes_back_from_its_store_as_it_was(plan: RunPlan, store: FolderRunStore) -> None:
    found = stored_plan(store, "R1")

    assert found == plan
    assert tuple(found.parts()) == tuple(plan.parts())


def test_a_part_in_the_store_that_was_touched_is_refused_by_its_number(
    plan: RunPlan, store: FolderRunStore
) -> None:
    first, second, third = (
        store.root / part_file("R1", part.number, PartFile.PLAN) for part in plan.summaries
    )
    whole = second.read_bytes()
    touched = {
        "altered: part 3 stands where part 2 belongs": third.read_bytes(),
        "altered: part 2 is not as it was sealed": whole.replace(b"5000.00", b"5000.01"),
        "cut: part 2 is not whole": whole[:-30],
    }
    for said, content in touched.items():
        second.write_bytes(content)
        with pytest.raises(PlanFileError, match=said):
            check_parts(stored_plan(store, "R1"))
        with pytest.raises(PlanFileError, match=said):
            tuple(plan.parts())
    second.unlink()
    with pytest.raises(PlanFileError, match="part 2 is missing"):
        check_parts(plan)
    second.write_bytes(whole)
    check_parts(plan)
    assert first.exists()


def test_a_part_that_is_planned_twice_stays_as_it_was_sealed_first(store: FolderRunStore) -> None:
    """Whoever carries a task out twice, because nobody heard of the first time, changes nothing."""
    one, other = PartWriter(1), PartWriter(1)
    one.add(contract())
    other.add(contract(1))
    first = keep_part(store, "R1", one.sealed())

    again = keep_part(store, "R1", other.sealed())

    assert again == first


def test_a_run_without_a_plan_is_told(store: FolderRunStore) -> None:
    with pytest.raises(PlanFileError, match="no plan of a run 'nobody'"):
        stored_plan(store, "nobody")
    sealed(store, contract())
    with pytest.raises(PlanFileError, match="no plan of a run 'R1'"):
        stored_plan(store, "R1", RunFile.PREVIEW)


def test_parts_are_copied_to_another_place_as_they_were_sealed(
    plan: RunPlan, store: FolderRunStore, tmp_path: Path
) -> None:
    other = FolderRunStore(tmp_path / "other")

    copy_parts(plan, other, "R2")

    for part in plan.summaries:
        copied = other.get(part_file("R2", part.number, PartFile.PLAN))
        assert copied == store.get(part_file("R1", part.number, PartFile.PLAN))


def test_a_part_that_changed_since_is_not_copied(plan: RunPlan, store: FolderRunStore) -> None:
    name = part_file("R1", 3, PartFile.PLAN)
    store.put(name, ((store.get(name) or b"").replace(b"5000.00", b"5000.01"),))

    with pytest.raises(PlanFileError, match="part 3 is not as it was sealed"):
        copy_parts(plan, store, "R2")
