"""What is kept of a run and of a tenant, and under which names."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from connector.invoicing.ids import OrganizationId

RUNS: Final = "runs/"
#: A name that every file system takes: no device of Windows, and no dot at its end.
_RUN_ID: Final = re.compile(
    r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9_-])?",
    re.IGNORECASE | re.ASCII,
)


class RunFile(StrEnum):
    """What is kept once of a run."""

    #: What kind of run it is and what for; the first file of a run.
    BEGUN = "run.json"
    #: The parts of a run in steps, as they are to be planned.
    PARTS = "parts.json"
    #: The plan, sealed: from now on the run is to be finished.
    MANIFEST = "manifest.json"
    #: The plan of a run that is not to be written: a preview, or one that broke a bound.
    PREVIEW = "preview.json"
    #: The end of a run that is through.
    REPORT = "report.json"
    #: The end of a run with invoices that are still to be written.
    ATTEMPT = "attempt.json"
    #: Where an error ended it.
    STOPPED = "stopped.json"
    #: The drafts that are being taken back in several change sets.
    UNDOING = "undoing.jsonl"
    #: The end of an undoing that left nothing behind.
    UNDONE = "undone.json"
    #: That somebody was told of its end.
    TOLD = "told.json"


class PartFile(StrEnum):
    """What is kept of each part of a run."""

    #: What is to be written, sealed.
    PLAN = "plan"
    #: One line for each invoice that was begun or is through.
    PROGRESS = "progress"
    #: What became of it.
    REPORT = "report"
    #: How its drafts stood right after they were written, a line each.
    PRINTS = "prints"


class TenantFile(StrEnum):
    """What is kept of a tenant over all runs."""

    DIALECT = "dialect.json"
    LEASE = "lease.json"
    #: How the recurring job that makes invoices stands, and the right to be its one instance.
    INVOICE_JOB = "invoice-job.json"
    INVOICE_JOB_LEASE = "invoice-job-lease.json"
    #: The same for the job that computes utilization.
    UTILIZATION_JOB = "utilization-job.json"
    UTILIZATION_JOB_LEASE = "utilization-job-lease.json"


def run_folder(run_id: str) -> str:
    """The folder of a run; raises `RunStoreError` for what cannot be a run id."""
    if not _RUN_ID.fullmatch(run_id):
        message = (
            f"{run_id!r} cannot be a run id: expected letters, digits, dots, hyphens and"
            " underscores, no dot at the end, and no name of a device such as CON"
        )
        raise RunStoreError(message)
    return f"{RUNS}{run_id}/"


def run_file(run_id: str, kind: RunFile) -> str:
    """The name of a file of a run."""
    return run_folder(run_id) + kind


def part_file(run_id: str, number: int, kind: PartFile) -> str:
    """The name of a file of a part; parts are counted from 1."""
    return f"{run_folder(run_id)}part-{number:04}.{kind}"


def run_id_of(folder: str) -> str:
    """The run whose folder, or whose mark of an unfinished run, is *folder*."""
    return folder.removesuffix("/").rpartition("/")[2]


def tenant_file(tenant: OrganizationId, kind: TenantFile) -> str:
    """The name of a file of a tenant."""
    return f"tenants/{tenant}/{kind}"


def unfinished_folder(tenant: OrganizationId) -> str:
    """Where a tenant's unfinished runs are marked, so that nobody has to look through all runs."""
    return f"tenants/{tenant}/unfinished/"


def unfinished_mark(tenant: OrganizationId, run_id: str) -> str:
    """The mark of an unfinished run."""
    run_folder(run_id)
    return unfinished_folder(tenant) + run_id


def epoch_folder(tenant: OrganizationId) -> str:
    """Where the epochs of a tenant's runs in steps are written down."""
    return f"tenants/{tenant}/epochs/"


def epoch_file(tenant: OrganizationId, epoch: int, mark: str) -> str:
    """The name of a file of an epoch; epochs are counted from 1."""
    return f"{epoch_folder(tenant)}{epoch:08}.{mark}"
