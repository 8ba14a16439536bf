"""The plan file: what was frozen comes back equal, and what was touched is refused by its part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from connector.invoicing.ids import ContractId, OrganizationId
from connector.invoicing.model import Carried
from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import ExitCode, FailedContract
from connector.runs.folder_store import FolderRunStore
from connector.runs.manifest import Manifest
from connector.runs.names import PartFile, RunFile, part_file
from connector.runs.part_file import PartWriter
from connector.runs.plan_file import PlanFileError, read_plan, write_plan
from connector.runs.stored_plan import (
    StoredPlanSource,
    check_parts,
    keep_manifest,
    keep_part,
    stored_plan,
)
from connector.scope import Override, Scope
from tests.invoicing.ledger import snapshot_of
from tests.runs.full_disk import full_disk

if TYPE_CHECKING:
    from connector.invoicing.plan import ContractPlan
    from connector.run_report import RunPlan

LEDGER = (Path(__file__).parents[1] / "invoicing" / "adatum.ledger").read_text(encoding="utf-8")
RUN_DATE = date(2020, 10, 5)
FAILED = FailedContract(contract_id=ContractId(UUID(int=9)), contract_name=None, faults=("a row",))
PARTS = 3


def contract(number: int = 0) -> ContractPlan:
    """The documented contract, or another one like it."""
    snapshot = snapshot_of(LEDGER)
    own = replace(snapshot.contract, id=ContractId(uuid5(snapshot.contract.id, str(number))))
    return plan_contract(replace(snapshot, contract=own), RUN_DATE, Policy())


def sealed(store: FolderRunStore, *contracts: ContractPlan, run_date: date = RUN_DATE) -> RunPlan:
    """A plan of a part for each contract, and a failed one in the last, kept in *store*."""
    summaries = []
    for number, planned in enumerate(contracts, start=1):
        writer = PartWriter(number)
        writer.add(planned)
        if number == len(contracts):
            writer.fail(FAILED)
        summaries.append(keep_part(store, "R1", writer.sealed()))
    manifest = Manifest(
        organization_id=OrganizationId(UUID(int=1)),
        environment_url="http://127.0.0.1:1",
        scope=Scope(run_date=run_date, overrides=(Override(code="deviation", reason="month end"),)),
        warnings=(PlanWarning(code="overdue", text="something"),),
        parts=tuple(summaries),
    )
    plan = manifest.plan(StoredPlanSource(store, "R1"))
    keep_manifest(store, "R1", plan, RunFile.MANIFEST)
    return plan


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


def test_a_plan_comes_back_from_its_store_as_it_was(plan: RunPlan, store: FolderRunStore) -> None:
    found = stored_plan(store, "R1")

    assert found == plan
    assert tuple(found.parts()) == tuple(plan.parts())


def test_a_summary_says_what_its_part_holds(plan: RunPlan) -> None:
    """On 5 October: 5,000 of a milestone, 1,600 of work, 340.50 of expenses; six sources wait."""
    totals = plan.summaries[0].totals

    assert (totals.contracts, totals.invoices, totals.lines, totals.details) == (1, 1, 3, 3)
    (dollars,) = totals.currencies
    assert (dollars.currency.code, dollars.invoices) == ("USD", 1)
    assert (dollars.amount, dollars.tax) == (Decimal("6940.50"), Decimal(0))
    assert (dollars.candidates, dollars.not_invoiced) == (Decimal("23430.40"), Decimal("16489.90"))
    waiting = {(r.reason.value, r.sources): r.amount for r in totals.reasons}
    assert waiting["milestone-not-due", 1] == Decimal(12_000)
    assert waiting["not-ready", 1] == Decimal(800)
    assert totals.left_behind == 6
    assert (plan.totals.invoices, plan.totals.currencies[0].amount) == (3, Decimal("20821.50"))
    assert plan.failed_contracts == 1


def test_carried_values_come_back_in_their_own_types(store: FolderRunStore) -> None:
    carried = (
        Carried(property="msdyn_discount", number=Decimal("12.50")),
        Carried(property="contoso_text", value="12.50"),
        Carried(property="contoso_flag", value=True),
        Carried(property="contoso_choice", value=1),
    )
    whole = contract()
    invoices = tuple(replace(invoice, carried=carried) for invoice in whole.invoices)

    (back,) = sealed(store, replace(whole, invoices=invoices)).contracts

    assert [repr(item) for item in back.invoices[0].carried] == [repr(item) for item in carried]


@pytest.mark.parametrize("name", ["two\u2028lines", "a\x0bb\x1cc\x85d", "\r\n", "Ünïcode 発注"])
def test_a_name_with_other_line_ends_comes_back_as_it_was(store: FolderRunStore, name: str) -> None:
    (back,) = sealed(store, replace(contract(), contract_name=name)).contracts

    assert back.contract_name == name


def test_a_text_that_no_file_can_hold_fails_its_contract_alone(store: FolderRunStore) -> None:
    plan = sealed(store, replace(contract(), contract_name="half \ud83d"), contract(1))

    assert [part.totals.contracts for part in plan.summaries] == [0, 1]
    (failed, _) = plan.failed
    assert failed.contract_name == "half ?"
    assert "half of a character" in failed.faults[0]


def test_equal_plans_have_equal_hashes_and_another_date_has_another(
    plan: RunPlan, tmp_path: Path
) -> None:
    contracts = [contract(number) for number in range(PARTS)]

    assert sealed(FolderRunStore(tmp_path / "same"), *contracts).sha256 == plan.sha256
    other = sealed(FolderRunStore(tmp_path / "other"), *contracts, run_date=date(2020, 10, 6))
    assert other.sha256 != plan.sha256


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

    with full_disk(), pytest.raises(OSError, match="too large"):
        write_plan(plan, file)

    assert file.read_bytes() == before


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
