"""All parts of a run: the same plan however they are cut, and faults told from each other."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector import ExitCode
from connector.dataverse.errors import Forbidden, PagingError, ServerFault
from connector.invoicing.ids import ContractId
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.outcome import FailedContract
from connector.report.document import to_document
from connector.report.rows import rows
from connector.runs.names import PartFile, part_file
from connector.runs.store import RunStoreError
from connector.usecases.parts import plan_parts as planning
from connector.usecases.progress import PartPlanned, PartsFound
from tests.invoicing.tenants import DAYS, snapshots
from tests.reliability.undisturbed import content
from tests.report.sample import report_of
from tests.runs.full_disk import full_disk
from tests.usecases.conftest import COPIES, DAY
from tests.usecases.in_parts import in_parts, kept

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.model import ContractSnapshot
    from connector.run_report import RunReport
    from connector.usecases.progress import ProgressEvent
    from tests.end_to_end.tenant import TestTenant


def without_requests(report: RunReport) -> dict[str, Any]:
    """The document of a run, without what says how it was cut."""
    document = to_document(report)
    return {k: v for k, v in document.items() if k not in {"requests", "plan_sha256", "run_id"}}


def named(snapshot: ContractSnapshot, number: int) -> ContractSnapshot:
    """Another contract; every third one has a name that another one has as well."""
    own = ContractId(uuid5(NAMESPACE_OID, str(number)))
    contract = replace(snapshot.contract, id=own, name=f"Contract {number % 3}")
    return replace(snapshot, contract=contract)


@settings(max_examples=30, deadline=None)
@given(data=st.data(), day=DAYS, found=st.lists(snapshots(), min_size=1, max_size=6))
def test_any_partition_of_the_contracts_gives_the_same_numbers_document_and_rows(
    data: st.DataObject, day: date, found: list[ContractSnapshot]
) -> None:
    plans = [
        plan_contract(named(snapshot, number), day, Policy())
        for number, snapshot in enumerate(found)
    ]
    ordered = sorted(plans, key=lambda plan: (plan.contract_name, plan.contract_id))
    cuts = data.draw(st.sets(st.integers(1, max(1, len(ordered) - 1))))
    edges = [0, *sorted(cut for cut in cuts if cut < len(ordered)), len(ordered)]
    parts = [ordered[a:b] for a, b in itertools.pairwise(edges)]

    whole, cut = report_of([ordered]), report_of(parts)

    assert cut.totals == whole.totals
    assert cut.outcome_totals == whole.outcome_totals
    assert without_requests(cut) == without_requests(whole)
    assert tuple(rows(cut)) == tuple(rows(whole))
    assert cut.warnings == whole.warnings
    counts = {count.code: count.count for count in whole.warning_counts}
    assert {count.code: count.count for count in cut.warning_counts} == counts


def test_runs_in_parts_of_any_size_leave_the_same_rows_and_the_same_document(
    many: TestTenant,
) -> None:
    before, found = many.emulator.snapshot(), {}
    for size in (1, 3, 20):
        many.emulator.restore(before)
        with in_parts(many, size) as connector:
            report = connector.run(DAY, run_id=f"size-{size}")
        assert len(report.plan.summaries) == -(-2 * COPIES // size)
        found[size] = (content(many), without_requests(report))

    assert found[1] == found[3] == found[20]


def test_equal_runs_have_one_hash_and_a_plan_cut_otherwise_has_another(many: TestTenant) -> None:
    with in_parts(many, 3) as connector:
        first, again = connector.plan(DAY), connector.plan(DAY)
        connector._environment.contracts_per_part = 2
        other = connector.plan(DAY)

    assert first == again
    assert first.sha256 != other.sha256
    assert first.contracts == other.contracts


def failing(monkeypatch: pytest.MonkeyPatch, faults: dict[int, Exception]) -> None:
    """Let parts fail by their numbers; 0 stands for all of them."""
    plan_part = planning.plan_part

    def attempt(environment: Any, store: Any, task: Any) -> Any:
        if error := faults.get(task.number) or faults.get(0):
            raise error
        return plan_part(environment, store, task)

    monkeypatch.setattr(planning, "plan_part", attempt)


PAGE = PagingError("page 7 is missing", request=None, continuation="x")
FAULT = ServerFault("timed out", request=None, status=500)
NO_PRIVILEGE = Forbidden("prvReadmsdyn_actual is missing", request=None, status=403)


@pytest.mark.parametrize("error", [PAGE, FAULT])
def test_a_part_that_cannot_be_read_fails_alone_where_others_can(
    many: TestTenant, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    failing(monkeypatch, {2: error})

    with in_parts(many, 3) as connector:
        report = connector.run(DAY, run_id="R1")

    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert [len(part.failed) for part in report.plan.summaries] == [0, 3, 0]
    assert all(isinstance(item, FailedContract) for item in report.plan.failed)
    assert str(error) in report.plan.failed[0].faults[0]
    assert len(many.rows("invoices")) == report.totals.invoices > 0
    assert any("was left out" in w["text"] for w in without_requests(report)["warnings"])


@pytest.mark.parametrize(
    "faults", [{2: NO_PRIVILEGE}, {0: FAULT}, {1: FAULT, 2: FAULT, 3: FAULT}], ids=str
)
def test_a_failure_that_is_everybodys_halts_the_run_and_nothing_is_written(
    many: TestTenant, monkeypatch: pytest.MonkeyPatch, faults: dict[int, Exception]
) -> None:
    failing(monkeypatch, faults)
    before = many.emulator.dump()

    with in_parts(many, 1) as connector:
        connector._environment.client._limiter._most = 1
        with pytest.raises(type(next(iter(faults.values())))) as caught:
            connector.run(DAY, run_id="R1")

    assert caught.value.exit_code == ExitCode.CANNOT_READ  # type: ignore[attr-defined]
    assert many.emulator.dump() == before
    assert "manifest.json" not in kept(many, "R1")


def test_a_disk_that_is_full_between_two_parts_stops_the_run_before_it_writes(
    many: TestTenant,
) -> None:
    before = many.emulator.dump()

    with in_parts(many, 1) as connector:
        connector._environment.client._limiter._most = 1
        small = 1_500
        with full_disk(room=small), pytest.raises(RunStoreError, match=r"part-0\d+\.plan"):
            connector.run(DAY, run_id="R1")

    assert many.emulator.dump() == before
    assert "manifest.json" not in kept(many, "R1")


def test_parts_are_told_as_they_are_found_and_planned(many: TestTenant) -> None:
    heard: list[ProgressEvent] = []
    with in_parts(many, 3) as connector:
        plan = connector.plan(DAY, progress=heard.append)

    assert heard[0] == PartsFound(run_id="plan", parts=3, contracts=2 * COPIES)
    planned = [event for event in heard if isinstance(event, PartPlanned)]
    assert [event.done for event in planned] == [1, 2, 3]
    assert {event.number for event in planned} == {1, 2, 3}
    assert sum(event.invoices for event in planned) == plan.totals.invoices


def test_a_preview_leaves_no_file_behind_once_nobody_needs_it(many: TestTenant) -> None:
    with in_parts(many, 3) as connector:
        report = connector.run(DAY, run_id="preview", dry_run=True)
        folder = report.plan.source.store.root  # type: ignore[attr-defined]
    assert (folder / part_file("plan", 3, PartFile.PLAN)).is_file()
    assert len(report.outcomes) == report.totals.invoices
    assert replace(report).exit_code is ExitCode.DONE

    del report

    assert not folder.exists()
    assert not (many.folder / "runs").exists()
