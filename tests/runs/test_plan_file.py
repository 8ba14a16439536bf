"""The plan file: what was frozen comes back equal, and what was touched is refused by line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from connector.invoicing.ids import ContractId, OrganizationId
from connector.invoicing.model import Carried
from connector.invoicing.plan import PlanWarning
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import FailedContract, RunPlan
from connector.runs.plan_file import PlanFileError, read_plan, seal_plan, write_plan
from tests.invoicing.ledger import snapshot_of
from tests.runs.full_disk import full_disk

LEDGER = (Path(__file__).parents[1] / "invoicing" / "adatum.ledger").read_text(encoding="utf-8")
RUN_DATE = date(2020, 10, 5)


@pytest.fixture(scope="module")
def plan() -> RunPlan:
    contract = plan_contract(snapshot_of(LEDGER), RUN_DATE, Policy())
    failed = FailedContract(
        contract_id=ContractId(UUID(int=9)), contract_name=None, faults=("a row",)
    )
    return seal_plan(
        organization_id=OrganizationId(UUID(int=1)),
        environment_url="http://127.0.0.1:1",
        run_date=RUN_DATE,
        contracts=[contract],
        failed=[failed],
        warnings=[PlanWarning(code="overdue", text="something")],
    )


@pytest.fixture
def file(plan: RunPlan, tmp_path: Path) -> Path:
    path = tmp_path / "plan.jsonl"
    write_plan(plan, path)
    return path


def test_a_plan_comes_back_from_its_file_as_it_was(plan: RunPlan, file: Path) -> None:
    assert read_plan(file) == plan


def test_carried_values_come_back_in_their_own_types(plan: RunPlan, tmp_path: Path) -> None:
    carried = (
        Carried(property="msdyn_discount", number=Decimal("12.50")),
        Carried(property="contoso_text", value="12.50"),
        Carried(property="contoso_flag", value=True),
        Carried(property="contoso_choice", value=1),
    )
    (contract,) = plan.contracts
    invoices = tuple(replace(invoice, carried=carried) for invoice in contract.invoices)
    path = tmp_path / "plan.jsonl"
    write_plan(replace(plan, contracts=(replace(contract, invoices=invoices),)), path)

    (back,) = read_plan(path).contracts

    assert [repr(item) for item in back.invoices[0].carried] == [repr(item) for item in carried]


def test_equal_plans_have_equal_hashes_and_another_date_has_another(plan: RunPlan) -> None:
    def sealed(day: date) -> str:
        return seal_plan(
            organization_id=plan.organization_id,
            environment_url=plan.environment_url,
            run_date=day,
            contracts=plan.contracts,
            failed=plan.failed,
            warnings=plan.warnings,
        ).sha256

    assert sealed(RUN_DATE) == plan.sha256
    assert sealed(date(2020, 10, 6)) != plan.sha256


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_an_altered_line_is_refused_by_its_number(file: Path, line: int) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[line - 1] = lines[line - 1].replace('"', "'", 1)
    file.write_text("\n".join(lines), encoding="utf-8")

    with pytest.raises(PlanFileError, match=f"line {line} is not as it was written"):
        read_plan(file)


def test_an_amount_changed_by_a_cent_is_refused(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "5000.00" in text
    file.write_text(text.replace("5000.00", "5000.01"), encoding="utf-8")

    with pytest.raises(PlanFileError, match="line 2"):
        read_plan(file)


def test_a_removed_contract_is_refused(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join([lines[0], *lines[2:]]), encoding="utf-8")

    with pytest.raises(PlanFileError, match="line 2"):
        read_plan(file)


def test_a_file_that_was_cut_is_refused(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    file.write_text("\n".join(lines[:-1]), encoding="utf-8")

    with pytest.raises(PlanFileError, match="is cut"):
        read_plan(file)


def test_an_empty_or_missing_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()

    with pytest.raises(PlanFileError, match="is cut"):
        read_plan(empty)
    with pytest.raises(PlanFileError, match="cannot be read"):
        read_plan(tmp_path / "absent")


def test_a_failing_disk_leaves_the_old_plan_as_it_was(plan: RunPlan, file: Path) -> None:
    before = file.read_bytes()

    with full_disk(), pytest.raises(OSError, match="too large"):
        write_plan(plan, file)

    assert file.read_bytes() == before
