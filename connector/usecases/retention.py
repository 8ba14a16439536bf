"""After the work is done, runs that are older than the settings keep them are removed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.runs.lease import LeaseLost
from connector.runs.retention import old_runs, remove_run
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.usecases.environment import Environment

_log = logging.getLogger(__name__)


def remove_old_runs(environment: Environment, guard: Callable[[], None]) -> tuple[str, ...]:
    """
    The runs of this tenant that were removed, by `run.retention_days`; none where it is not set.

    *guard* is asked before each and raises `LeaseLost` where the right to write is lost, so that
    nobody undoes or resumes what goes. What cannot be removed is told in
    the log and tried again after the next run: the run that has just ended is not spoiled by it.
    """
    days = environment.settings.run.retention_days
    if days is None:
        return ()
    organization = environment.tenant.organization_id
    before = environment.clock() - timedelta(days=days)
    removed: list[str] = []
    try:
        for run_id in old_runs(environment.store, organization, before):
            guard()
            remove_run(environment.store, run_id)
            removed.append(run_id)
    except (RunStoreError, LeaseLost) as error:
        _log.warning("old runs could not all be removed: %s", error)
    if removed:
        _log.info("%d runs older than %d days were removed", len(removed), days)
    return tuple(removed)
