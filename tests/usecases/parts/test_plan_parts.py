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
from connector.dataverse.errors import DataverseError
from connector.dataverse.retry import RetryPolicy
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.invoicing.ids import ContractId
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.report.document import to_document
from connector.report.rows import rows
from connector.runs.names import PartFile, part_file
from connector.runs.store import RunStoreError
from connector.usecases.progress import PartPlanned, PartsFound
from tests.invoicing.tenants import DAYS, snapshots
from tests.reliability.dying import in_a_hurry
from tests.reliability.undisturbed import content
from tests.report.sample import report_of
from tests.runs.full_disk import full_disk
from tests.usecases.conftest import COPIES, DAY
from tests.usecases.in_parts import in_parts, kept

if TYPE_CHECKING:
    from datetime import date

    from connector.invoicing.model import ContractSnapshot
    from connector.run_report import RunReport
    from connector.usecases.progress import Progress, ProgressEvent
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


def fault(status: int, times: int) -> ScriptedFault:
    return ScriptedFault(kind=FaultKind.STATUS, status=status, times=times)


#: The requests of one part that fail until nobody tries any more.
ONE_PART = RetryPolicy().attempts
ALWAYS = 100_000


@pytest.mark.parametrize(
    ("breaks", "said"),
    [
        (fault(500, ONE_PART), "500 The service is unavailable."),
        (ScriptedFault(kind=FaultKind.GARBLED, times=2), "cannot be of type text/html"),
    ],
    ids=["server fault", "an HTML page"],
)
def test_a_part_that_cannot_be_read_fails_alone_where_others_can(
    many: TestTenant, breaks: ScriptedFault, said: str
) -> None:
    with in_parts(many, 3, DATAVERSE__WORKERS="1") as connector:
        in_a_hurry(connector)
        report = connector.run(DAY, run_id="R1", progress=after_the_first_part(many, breaks))

    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert [len(part.failed) for part in report.plan.summaries] == [0, 3, 0]
    assert said in report.plan.failed[0].faults[0]
    assert len(many.rows("invoices")) == report.totals.invoices > 0
    assert any("was left out" in w["text"] for w in without_requests(report)["warnings"])


def after_the_first_part(many: TestTenant, breaks: ScriptedFault) -> Progress:
    """Let it break once the first part is planned, parts being planned one by one."""

    def listen(event: ProgressEvent) -> None:
        if isinstance(event, PartPlanned) and event.done == 1:
            many.emulator.plan(breaks)

    return listen


@pytest.mark.parametrize(
    "breaks",
    [fault(403, 1), fault(401, ALWAYS), fault(500, ALWAYS)],
    ids=["a missing privilege", "no sign-in", "a service that is down"],
)
@pytest.mark.parametrize("at_once", [True, False], ids=["from the first part", "from the second"])
def test_a_failure_that_is_everybodys_halts_the_run_and_nothing_is_written(
    many: TestTenant, breaks: ScriptedFault, *, at_once: bool
) -> None:
    before = many.emulator.dump()

    with in_parts(many, 1, DATAVERSE__WORKERS="1") as connector:
        in_a_hurry(connector)

        def listen(event: ProgressEvent) -> None:
            if isinstance(event, PartsFound if at_once else PartPlanned):
                many.emulator.plan(breaks)

        with pytest.raises(DataverseError) as caught:
            connector.run(DAY, run_id="R1", progress=listen)

    assert caught.value.exit_code == ExitCode.CANNOT_READ
    assert many.emulator.dump() == before
    assert "manifest.json" not in kept(many, "R1")
    assert len(many.emulator.trace) < 60


#: Room for the small files of a run and for its smallest parts, not for all of them.
SMALL = 1_500


def test_a_disk_that_is_full_between_two_parts_stops_the_run_before_it_writes(
    many: TestTenant,
) -> None:
    before = many.emulator.dump()

    with (
        in_parts(many, 1, DATAVERSE__WORKERS="1") as connector,
        full_disk(room=SMALL),
        pytest.raises(RunStoreError, match=r"part-0\d+\.plan"),
    ):
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
