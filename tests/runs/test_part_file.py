"""One sealed part: what it holds comes back as it was, and its summary says how much it is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.ids import ContractId
from connector.invoicing.model import Carried
from connector.invoicing.violations import Violation
from connector.outcome import FailedContract
from connector.runs.folder_store import FolderRunStore
from connector.runs.part_file import PartWriter, check_content, parsed, summary_in
from connector.runs.plan_text import PlanFileError
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


def test_the_summary_that_a_part_ends_with_is_its_own() -> None:
    writer = PartWriter(4)
    writer.add(contract(), (Violation(code="deviation", text="Ten times as much."),))
    writer.fail(FAILED)
    part = writer.sealed()
    text = b"".join(part.text)

    assert summary_in(text, "it") == part.summary
    assert part.summary.bounds[0].first[0].text == "Ten times as much."
    check_content(text, part.summary, "it")
    for cut in (text[:-1], text[:-50], text[: len(text) // 2], b""):
        with pytest.raises(PlanFileError, match="it is cut"):
            summary_in(cut, "it")


def test_a_line_that_is_neither_contract_nor_failure_is_refused() -> None:
    writer = PartWriter(1)
    writer.add(contract())
    writer._lines.append(b"nonsense {}\n")
    part = writer.sealed()

    with pytest.raises(PlanFileError, match="part 1, line 3, is neither"):
        parsed(b"".join(part.text), part.summary, "the plan")


def test_a_contract_that_is_not_as_expected_is_refused_with_its_line_and_column() -> None:
    writer = PartWriter(1)
    writer.add(contract())
    writer._lines[0] = writer._lines[0].replace(b'"precision":2', b'"precision":"two"', 1)
    part = writer.sealed()

    with pytest.raises(PlanFileError, match=r"part 1, line 2, cannot be used: .*precision"):
        parsed(b"".join(part.text), part.summary, "the plan")


def test_a_summary_tells_the_first_faults_of_a_contract_and_the_part_all_of_them() -> None:
    faults = tuple(f"fault {number}" for number in range(21))
    failed = FailedContract(contract_id=ContractId(UUID(int=3)), contract_name="A", faults=faults)
    writer = PartWriter(1)
    writer.fail(failed)
    part = writer.sealed()

    (told,) = part.summary.failed
    assert told.faults == (*faults[:3], "… and 18 more faults")
    assert parsed(b"".join(part.text), part.summary, "it").failed == (failed,)
    assert [(w.code, w.count) for w in part.summary.warnings] == [("contract-failed", 21)]
