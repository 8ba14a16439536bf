"""The plan file: what was frozen comes back equal, and what was touched is refused by its part."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.runs.folder_store import FolderRunStore
from connector.runs.plan_file import PlanFileError, read_plan, write_plan
from connector.scope import Override
from tests.runs.full_disk import full_disk
from tests.runs.planned import FAILED, PARTS, contract, sealed

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunPlan


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


@pytest.fixture
def plan(store: FolderRunStore) -> RunPlan:
    return sealed(store, *(contract(number) for number in range(PARTS)))


@pytest.fixture
def file(plan: RunPlan, tmp_path: Path) -> Path:
    path = tmp_path / "plan.jsonl"
    write_plan(plan, path)
    return path


def test_a_plan_comes_back_from_its_file_as_it_was(plan: RunPlan, file: Path) -> None:
    found = read_plan(file)

    assert found == plan
    assert tuple(found.parts()) == tuple(plan.parts())
    assert found.contracts == tuple(contract(number) for number in range(PARTS))
    assert found.failed == (FAILED,)
    assert found.scope.overrides == (Override(code="deviation", reason="month end"),)


def lines_of(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines(keepends=True)


def refused(file: Path, *lines: str) -> str:
    """What is said of a file of *lines*."""
    file.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(PlanFileError) as caught:
        read_plan(file)
    assert caught.value.exit_code is ExitCode.USAGE
    assert str(file) in str(caught.value)
    return str(caught.value)


def test_a_file_begins_with_its_format_and_has_a_line_for_each_contract(file: Path) -> None:
    first, *others = lines_of(file)

    assert first.startswith('plan {"format":"proforma-plan/2","sha256":"')
    kinds = [line.partition(" ")[0] for line in others]
    assert kinds == [
        *("part", "contract", "summary"),
        *("part", "contract", "summary"),
        *("part", "contract", "failed", "summary"),
    ]


def test_an_altered_list_of_parts_is_refused(file: Path) -> None:
    first, *others = lines_of(file)

    altered = first.replace("2020-10-05", "2020-10-06")

    assert "its list of parts is not as it was sealed" in refused(file, altered, *others)


@pytest.mark.parametrize(("line", "part"), [(1, 1), (2, 1), (3, 1), (5, 2), (8, 3), (10, 3)])
def test_an_altered_line_is_refused_with_the_number_of_its_part(
    file: Path, line: int, part: int
) -> None:
    lines = lines_of(file)
    lines[line] = lines[line].replace("\n", " \n")

    assert f"altered: part {part}" in refused(file, *lines)


def test_an_amount_changed_by_a_cent_is_refused(file: Path) -> None:
    lines = lines_of(file)
    assert "5000.00" in lines[5]
    lines[5] = lines[5].replace("5000.00", "5000.01")

    assert "part 2 is not as it was sealed" in refused(file, *lines)


def test_a_removed_contract_is_refused(file: Path) -> None:
    lines = lines_of(file)

    assert "part 2 is not as it was sealed" in refused(file, *lines[:5], *lines[6:])


def test_exchanged_parts_are_refused(file: Path) -> None:
    head, first, second, third = parts_of(file)

    assert "part 2 stands where part 1 belongs" in refused(file, *head, *second, *first, *third)
    assert "part 1 stands where part 2 belongs" in refused(file, *head, *first, *first, *third)


def test_a_part_of_another_plan_is_refused(file: Path, tmp_path: Path) -> None:
    other = sealed(FolderRunStore(tmp_path / "other"), *(contract(n) for n in range(7, 7 + PARTS)))
    write_plan(other, tmp_path / "other.jsonl")
    head, first, _, third = parts_of(file)
    _, _, second, _ = parts_of(tmp_path / "other.jsonl")

    assert "part 2 is not as it was sealed" in refused(file, *head, *first, *second, *third)


def parts_of(file: Path) -> tuple[list[str], list[str], list[str], list[str]]:
    """The first line, and the lines of each part."""
    lines = lines_of(file)
    return lines[:1], lines[1:4], lines[4:7], lines[7:]


@pytest.mark.parametrize("kept", [1, 4, 6, 9])
def test_a_file_that_was_cut_is_refused(file: Path, kept: int) -> None:
    said = refused(file, *lines_of(file)[:kept])

    part = {1: 1, 4: 2, 6: 2, 9: 3}[kept]
    assert f"is cut: part {part} " in said


def test_a_file_that_was_cut_within_a_line_is_refused(file: Path) -> None:
    text = "".join(lines_of(file))

    assert "is cut" in refused(file, text[:300])
    assert "is cut: part 3 is not whole" in refused(file, text[:-20])


def test_something_after_the_last_part_is_refused(file: Path) -> None:
    assert "after its 3 parts" in refused(file, *lines_of(file), "\n")


def test_a_plan_of_the_first_format_is_refused_with_a_word(file: Path) -> None:
    first = f'{"ab" * 32} header {{"format":"proforma-plan/1","run_date":"2020-10-05"}}\n'

    said = refused(file, first, f"{'cd' * 32} footer {{}}\n")

    assert "earlier format proforma-plan/1; have it made anew (proforma-plan/2)" in said


def test_a_plan_of_a_later_format_is_refused_with_a_word(file: Path) -> None:
    first, *others = lines_of(file)

    said = refused(file, first.replace("proforma-plan/2", "proforma-plan/3"), *others)

    assert "'proforma-plan/3'; this version reads proforma-plan/2" in said


@pytest.mark.parametrize("text", ["hello\n", "{}\n", "plan nonsense\n", "plan {}\n", "\x00\xff\n"])
def test_something_else_than_a_plan_is_refused(file: Path, text: str) -> None:
    assert refused(file, text)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()

    with pytest.raises(PlanFileError, match="is cut"):
        read_plan(empty)
    with pytest.raises(PlanFileError, match="cannot be read"):
        read_plan(tmp_path / "absent")


def test_a_summary_that_lies_about_its_part_is_refused(store: FolderRunStore) -> None:
    """Somebody sealed it so: the hashes fit, but what the bounds and reports see does not."""
    plan = sealed(store, contract())
    (summary,) = plan.summaries
    modest = replace(summary, totals=replace(summary.totals, invoices=0))
    path = store.root / "plan.jsonl"
    write_plan(replace(plan, summaries=(modest,)), path)

    with pytest.raises(PlanFileError, match="contradicts itself: the summary of part 1"):
        read_plan(path)


def test_a_failing_disk_leaves_the_old_plan_as_it_was(plan: RunPlan, file: Path) -> None:
    before = file.read_bytes()

    with full_disk(), pytest.raises(PlanFileError, match="cannot be written: File too large"):
        write_plan(plan, file)

    assert file.read_bytes() == before
