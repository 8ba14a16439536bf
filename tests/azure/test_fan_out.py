"""A run fans out over instances, some of which die: it leaves the rows of a run in one process."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from connector.outcome import InvoiceStatus
from connector.run_record import RunState
from connector.runs.epoch_lease import EPOCH_LASTS
from connector.usecases.steps.documents import STEPS
from tests.azure.durable_host import DurableHost
from tests.azure.fan_out import FUNCTION, Killer, app_of_small_parts, container, tenant_of
from tests.azure.test_function_app import APP, FIRST_RUN_DATE, today
from tests.end_to_end.copies import renamed
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.azure.fan_out import CloudTenant

pytestmark = pytest.mark.long

#: Steps that a run without failures or unfinished runs before it does without.
NOT_CALLED = ("take_up_run", "begin_again", "note_failure")
COPIES = 2  # four contracts with six drafts are due


@pytest.fixture
def tenant() -> Iterator[CloudTenant]:
    with tenant_of(COPIES) as tenant:
        yield tenant


@pytest.fixture(scope="module")
def undisturbed() -> Mapping[str, object]:
    """What a run in one process leaves in the same tenant."""
    with tenant_of(COPIES) as tenant, tenant.connector() as connector:
        report = connector.run(today(), run_id="alone")
        assert report.totals.invoices == 6
        return content(tenant.seen)


def test_parts_are_carried_out_by_several_instances_with_the_rows_of_one_process(
    tenant: CloudTenant, undisturbed: Mapping[str, object], runtime: Path, tmp_path: Path
) -> None:
    app = app_of_small_parts(tmp_path, 1)

    with DurableHost(app, tenant.settings, runtime, instances=2) as host:
        ended = host.tick(FUNCTION)
        written = ended.activities("write_part")

    assert ended.error is None
    assert sorted(document["number"] for document in written) == [1, 2, 3, 4]
    assert content(tenant.seen) == undisturbed
    assert violations(tenant.seen) == []


@pytest.mark.parametrize(
    ("after", "fails"),
    [
        pytest.param(False, True, id="before the tenant acts, and fails"),
        pytest.param(True, False, id="after it acted, and is delivered anew"),
        pytest.param(True, True, id="after it acted, and fails", marks=pytest.mark.cloud),
        pytest.param(
            *(False, False), id="before the tenant acts, delivered anew", marks=pytest.mark.cloud
        ),
    ],
)
def test_an_activity_that_dies_half_way_leaves_the_rows_of_an_undisturbed_run(
    tenant: CloudTenant,
    undisturbed: Mapping[str, object],
    runtime: Path,
    tmp_path: Path,
    *,
    after: bool,
    fails: bool,
) -> None:
    app = app_of_small_parts(tmp_path, 2)
    killer = Killer(tenant.passage, "write_part", (1, 2), after=after)

    one_by_one = {**tenant.settings, "PROFORMA_PARTS_IN_FLIGHT": "1"}
    with DurableHost(app, one_by_one, runtime) as host:
        host.before, host.fails_with_its_instance = killer.before, fails
        ended = host.tick(FUNCTION)

    assert ended.error is None
    assert killer.killed == 2
    assert content(tenant.seen) == undisturbed
    assert violations(tenant.seen) == []
    with tenant.connector() as connector:
        [record] = connector.history()
        assert record.state is RunState.FINISHED
        assert {item.status for item in record.outcomes} <= {
            InvoiceStatus.WRITTEN,
            InvoiceStatus.ALREADY_WRITTEN,
        }
        undone = connector.undo(record.run_id, undo_id="undo")
    assert {fate.status.value for fate in undone.fates} == {"deleted"}
    assert tenant.emulator.rows("invoices") == ()


@pytest.mark.cloud
@pytest.mark.parametrize("step", [step for step in STEPS if step not in NOT_CALLED])
def test_whichever_activity_s_answer_dies_with_its_instance_the_rows_are_the_same(
    tenant: CloudTenant,
    undisturbed: Mapping[str, object],
    runtime: Path,
    tmp_path: Path,
    step: str,
) -> None:
    app = app_of_small_parts(tmp_path, 2)

    with DurableHost(app, tenant.settings, runtime) as host:
        host.loses = step
        ended = host.tick(FUNCTION)
        tries = [activity.tries for activity in host.delivered if activity.name == step]

    assert ended.error is None
    assert max(tries) >= 2
    assert content(tenant.seen) == undisturbed
    assert violations(tenant.seen) == []


def test_a_run_whose_epoch_ends_in_the_middle_of_a_part_writes_no_more(
    tenant: CloudTenant, undisturbed: Mapping[str, object], runtime: Path, tmp_path: Path
) -> None:
    app = app_of_small_parts(tmp_path, 4)
    settings = {**tenant.settings, "PROFORMA__DATAVERSE__WORKERS": "1"}

    with tenant.connector() as connector, DurableHost(app, settings, runtime) as host:
        epochs = connector._environment.epochs("another", EPOCH_LASTS)

        def taken_over() -> None:
            tenant.passage.after = lambda: None
            epochs.end(1)

        tenant.passage.after = taken_over
        stopped = host.tick(FUNCTION)
        written = len(tenant.emulator.rows("invoices"))
        finished = host.tick(FUNCTION)

    assert stopped.error is not None
    assert "has lost the lease" in stopped.error
    assert 0 < written < 6
    assert finished.error is None
    assert content(tenant.seen) == undisturbed


def rows_tenfold(tenant: CloudTenant) -> None:
    """Ten transactions for each one, with ids of their own."""
    rows = tenant.emulator.rows("msdyn_actuals")
    more = [
        {**row, "msdyn_actualid": renamed(row["msdyn_actualid"], copy)}
        for row in rows
        for copy in range(101, 110)
    ]
    tenant.emulator.seed({"msdyn_actuals": more})


@pytest.mark.cloud
def test_the_history_of_an_orchestration_does_not_grow_with_the_rows(
    runtime: Path,
) -> None:
    sizes, details = [], []
    for tenfold in (False, True):
        with tenant_of(5, day=FIRST_RUN_DATE) as own:
            if tenfold:
                rows_tenfold(own)
            with DurableHost(APP, own.settings, runtime) as host:
                sizes.append(host.tick(FUNCTION).bytes)
            details.append(len(own.emulator.rows("msdyn_invoicelinetransactions")))

    # Ten contracts, and ten times the rows: some numbers have a digit more.
    assert details[1] > 5 * details[0]
    assert sizes[1] < sizes[0] * 1.05


@pytest.mark.parametrize(
    "place", ["a folder", pytest.param("a container", marks=pytest.mark.cloud)]
)
def test_an_activity_that_is_done_twice_at_once_writes_once(
    tenant: CloudTenant,
    undisturbed: Mapping[str, object],
    runtime: Path,
    tmp_path: Path,
    place: str,
    request: pytest.FixtureRequest,
) -> None:
    app = app_of_small_parts(tmp_path, 4)
    with ExitStack() as held:
        if place == "a container":
            store = held.enter_context(container(request.getfixturevalue("azurite")))
            tenant = tenant.configured(PROFORMA__RUN__STORE=store)
        with DurableHost(app, tenant.settings, runtime, instances=2) as host:
            host.twice = frozenset({"plan_part", "write_part", "finish_run"})
            ended = host.tick(FUNCTION)
        with tenant.connector() as connector:
            [record] = connector.history()
            undone = connector.undo(record.run_id, undo_id="undo") if place != "a folder" else None

    assert ended.error is None
    if undone is None:
        assert content(tenant.seen) == undisturbed
        assert violations(tenant.seen) == []
    else:  # whichever of the two wrote a draft, it is this run's
        assert {fate.status.value for fate in undone.fates} == {"deleted"}
        assert tenant.emulator.rows("invoices") == ()


def test_a_run_whose_orchestration_ended_half_way_is_finished_by_the_next_tick(
    tenant: CloudTenant, undisturbed: Mapping[str, object], runtime: Path, tmp_path: Path
) -> None:
    app = app_of_small_parts(tmp_path, 1)

    with DurableHost(app, tenant.settings, runtime) as host:
        host.ends_before = "finish_run"
        host.tick(FUNCTION)
        refused = host.tick(FUNCTION)
        with tenant.connector() as connector:
            environment = connector._environment
            [first] = [r for r in connector.history() if r.state is RunState.UNFINISHED]
            epochs = environment.epochs(first.run_id, EPOCH_LASTS)
            epochs.end(1)  # as when a quarter of an hour has passed
        host.ends_before = ""
        ended = host.tick(FUNCTION)

    assert refused.error is not None
    assert "holds the lease of this tenant" in refused.error
    assert ended.error is None
    assert content(tenant.seen) == undisturbed
    with tenant.connector() as connector:
        states = {record.run_id: record.state for record in connector.history()}
    assert states[first.run_id] is RunState.FINISHED
