"""The steps around the runs of an order: take the right to write, begin each run, give it back."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.policy import MissedDates
from connector.outcome import AGAIN
from connector.run_record import RunKind
from connector.runs.epoch_lease import EPOCH_LASTS, EpochLease
from connector.runs.history import unfinished
from connector.runs.journal import Journal
from connector.runs.lease import LeaseLost
from connector.runs.names import RunFile, run_file
from connector.runs.run_begin import RunBegin, keep_begin, kept_begin, unused_run_id
from connector.runs.store import RunStoreError
from connector.scope import Scope
from connector.usecases.notify import tell_failure
from connector.usecases.parts.due import missed_dates
from connector.usecases.retention import remove_old_runs
from connector.usecases.steps.values import BegunRun, DatedRun, Hold, OpenedOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from connector.invoicing.ids import ContractId
    from connector.runs.store import RunStore
    from connector.usecases.environment import Environment
    from connector.usecases.steps.values import RunOrder, StepFailure


def open_order(environment: Environment, order: RunOrder) -> OpenedOrder:
    """
    Take the right to write for the runs of *order*, and say which these are.

    Raises `LeaseHeld` while another run writes to the tenant. A dry run takes no right.
    """
    scope = Scope(run_date=order.run_date)
    if order.dry_run:
        hold = Hold(run_id=order.run_id)
        return OpenedOrder(hold=hold, runs=(DatedRun(run_id=order.run_id, scope=scope),))
    with environment.lease(order.run_id):
        epoch = environment.epochs(order.run_id, EPOCH_LASTS).take()
    hold = Hold(run_id=order.run_id, epoch=epoch)
    with holding(environment, hold):
        return OpenedOrder(hold=hold, runs=tuple(_dated(environment, order, scope)))


def close_order(environment: Environment, hold: Hold) -> None:
    """
    Give the right to write back: a late step of this order must not write any more.

    Runs that are older than the settings keep them go before that. Where the right is lost or
    given back already, there is nothing to do.
    """
    if hold.epoch is None:
        return
    try:
        with holding(environment, hold) as check:
            remove_old_runs(environment, check)
    except LeaseLost:
        return
    environment.epochs(hold.run_id, EPOCH_LASTS).end(hold.epoch)


@contextmanager
def holding(environment: Environment, hold: Hold) -> Iterator[Callable[[], None]]:
    """
    Act in the name of *hold* for the length of the block; yields what is asked before each write.

    Raises `LeaseLost` when another run has taken its place.
    """
    if hold.epoch is None:
        yield lambda: None
        return
    with EpochLease(environment.epochs(hold.run_id, EPOCH_LASTS), hold.epoch) as lease:
        yield lease.check


def begin_run(environment: Environment, hold: Hold, run: DatedRun) -> BegunRun:
    """
    Write down that *run* begins.

    It goes by its id, or by that and a number where the run store knows another one of that name.
    """
    store = environment.store
    begin = RunBegin(
        kind=RunKind.RUN if hold.epoch is not None else RunKind.PREVIEW,
        run_date=run.scope.run_date,
        organization_id=environment.tenant.organization_id,
        began=environment.clock(),
        order=hold.run_id,
    )
    known = kept_begin(store, run.run_id)
    is_ours = known is not None and known.order == hold.run_id
    run_id = run.run_id if is_ours else unused_run_id(store, run.run_id)
    keep_begin(store, run_id, begin)
    others = unfinished(store, begin.organization_id) if hold.epoch is not None else ()
    return BegunRun(run=replace(run, run_id=run_id), unfinished=others)


def again(ended_id: str, run_date: date, drifted: tuple[ContractId, ...]) -> DatedRun:
    """A new run of the same date for what changed since an unfinished one was planned."""
    scope = Scope(run_date=run_date, contracts=drifted, beside_platform_job=True)
    return DatedRun(run_id=ended_id + AGAIN, scope=scope)


def note_failure(environment: Environment, run_id: str, step: str, failure: StepFailure) -> None:
    """
    Keep at which step a run ended, and why, and tell of it; raises `RunStoreError`.

    Somebody is told also where the note cannot be kept.
    """
    store, name = environment.store, run_file(run_id, RunFile.TOLD)
    if not _is_kept(store, name):
        run_date = _run_date(store, run_id)
        tell_failure(environment, run_id, run_date, failure.text, failure.exit_code)
        store.put(name, ())
    Journal(environment.store, run_id, step).stop(failure.text, failure.exit_code)


def _is_kept(store: RunStore, name: str) -> bool:
    """Whether the store has a file; one that cannot be asked has none."""
    try:
        return store.get(name) is not None
    except RunStoreError:
        return False


def _run_date(store: RunStore, run_id: str) -> date | None:
    try:
        begun = kept_begin(store, run_id)
    except RunStoreError:
        return None
    return begun.run_date if begun else None


def _dated(environment: Environment, order: RunOrder, scope: Scope) -> Iterator[DatedRun]:
    """The missed dates in order, then the date itself, as `usecases.run.catch_up` does it."""
    if order.days is None:
        yield DatedRun(run_id=order.run_id, scope=scope)
        return
    scope = replace(scope, missed_dates=MissedDates.CATCH_UP)
    for day in missed_dates(environment, scope, order.days):
        yield _of_date(order, replace(scope, run_date=day))
    yield _of_date(order, replace(scope, late_days=order.days))


def _of_date(order: RunOrder, scope: Scope) -> DatedRun:
    return DatedRun(run_id=f"{order.run_id}-{scope.run_date.isoformat()}", scope=scope)
