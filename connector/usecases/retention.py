"""After the work is done, runs that are older than the settings keep them are removed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.runs.lease import LeaseLost
from connector.runs.retention import old_runs, remove_run
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from connector.usecases.session import Session

_log = logging.getLogger(__name__)


def remove_old_runs(session: Session) -> tuple[str, ...]:
    """
    The runs of this tenant that were removed, by `run.retention_days`; none where it is not set.

    Under the lease, so that nobody undoes or resumes what goes. What cannot be removed is told in
    the log and tried again after the next run: the run that has just ended is not spoiled by it.
    """
    environment = session.environment
    days = environment.settings.run.retention_days
    if days is None:
        return ()
    organization = environment.tenant.organization_id
    before = environment.clock() - timedelta(days=days)
    removed: list[str] = []
    try:
        for run_id in old_runs(environment.store, organization, before):
            session.lease.check()
            remove_run(environment.store, run_id)
            removed.append(run_id)
    except (RunStoreError, LeaseLost) as error:
        _log.warning("old runs could not all be removed: %s", error)
    if removed:
        _log.info("%d runs older than %d days were removed", len(removed), days)
    return tuple(removed)
