"""How a recurring job stands: what it waits for, and what became of its last run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.errors import ExitCode
from connector.invoicing.recurring_job import Workflow
from connector.runs.names import TenantFile, tenant_file
from connector.runs.plan_text import PlanFileError, decoded, encoded

if TYPE_CHECKING:
    from connector.invoicing.ids import OrganizationId
    from connector.runs.store import RunStore


class JobPhase(StrEnum):
    """What a recurring job does, in the words of the documentation."""

    SLEEP = "sleep"
    PROCESS = "process"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The run that ended last; *said* is one sentence about it."""

    run_id: str
    run_date: date
    began: datetime
    ended: datetime
    exit_code: ExitCode
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A recurring job; *next_start* is None where no further run is to come."""

    name: str
    workflow: Workflow
    host: str
    since: datetime
    phase: JobPhase
    next_start: datetime | None = None
    last: LastRun | None = None


def keep_state(store: RunStore, tenant: OrganizationId, state: JobState) -> None:
    """Keep how the job stands; raises `RunStoreError`."""
    store.put(tenant_file(tenant, _file_of(state.workflow)), (encoded(state),))


def kept_state(store: RunStore, tenant: OrganizationId, workflow: Workflow) -> JobState | None:
    """How the job stood last; None where nothing readable is kept of it."""
    text = store.get(tenant_file(tenant, _file_of(workflow)))
    try:
        return None if text is None else decoded(text, JobState, "the state of a batch job")
    except PlanFileError:
        return None


def lease_name(tenant: OrganizationId, workflow: Workflow) -> str:
    """The name of the lease that the one instance of the job holds."""
    makes_invoices = workflow.makes_invoices
    kind = TenantFile.INVOICE_JOB_LEASE if makes_invoices else TenantFile.UTILIZATION_JOB_LEASE
    return tenant_file(tenant, kind)


def _file_of(workflow: Workflow) -> TenantFile:
    return TenantFile.INVOICE_JOB if workflow.makes_invoices else TenantFile.UTILIZATION_JOB
