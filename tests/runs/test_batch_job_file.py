"""How a recurring job stands outlives its process, for each kind of job by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from connector.errors import ExitCode
from connector.invoicing.ids import OrganizationId
from connector.invoicing.recurring_job import Workflow
from connector.runs.batch_job_file import (
    JobPhase,
    JobState,
    LastRun,
    keep_state,
    kept_state,
    lease_name,
)
from connector.runs.folder_store import FolderRunStore

if TYPE_CHECKING:
    from pathlib import Path

TENANT = OrganizationId(UUID(int=1))
STATE = JobState(
    name="Créer des factures",
    workflow=Workflow.PROCESS_RUN_CALLER,
    host="vm1",
    since=datetime(2020, 10, 5, 6, tzinfo=UTC),
    phase=JobPhase.SLEEP,
    next_start=datetime(2020, 10, 6, 6, 20, tzinfo=UTC),
    last=LastRun(
        run_id="R1",
        run_date=date(2020, 10, 5),
        began=datetime(2020, 10, 5, 6, tzinfo=UTC),
        ended=datetime(2020, 10, 5, 6, 20, tzinfo=UTC),
        exit_code=ExitCode.LEASE_HELD,
        said="held",
    ),
)


def test_a_state_comes_back_as_it_was_kept_for_both_workflows_of_invoices(tmp_path: Path) -> None:
    store = FolderRunStore(tmp_path)

    keep_state(store, TENANT, STATE)

    assert kept_state(store, TENANT, Workflow.PROCESS_RUN_CALLER) == STATE
    assert kept_state(store, TENANT, Workflow.PROCESS_RUNNER) == STATE
    assert kept_state(store, TENANT, Workflow.UPDATE_ROLE_UTILIZATION) is None


def test_a_state_that_was_cut_is_as_good_as_none(tmp_path: Path) -> None:
    store = FolderRunStore(tmp_path)
    keep_state(store, TENANT, STATE)
    [file] = tmp_path.glob("tenants/*/invoice-job.json")
    file.write_bytes(file.read_bytes()[:40])

    assert kept_state(store, TENANT, Workflow.PROCESS_RUNNER) is None


def test_the_workflows_of_invoices_share_one_lease() -> None:
    names = {lease_name(TENANT, workflow) for workflow in Workflow}

    assert names == {
        f"tenants/{TENANT}/invoice-job-lease.json",
        f"tenants/{TENANT}/utilization-job-lease.json",
    }
