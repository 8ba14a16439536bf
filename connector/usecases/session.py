"""The right to write: the lease of a tenant, held for the length of a `with` block."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.runs.epoch_lease import EPOCH_LASTS
from connector.runs.journal import Journal
from connector.runs.run_begin import RunBegin, keep_begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from connector.run_record import RunKind
    from connector.runs.lease import Lease
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The right to write, for as long as a lease lasts."""

    environment: Environment
    lease: Lease

    def begin(self, journal: Journal, kind: RunKind, run_date: date | None) -> None:
        """Write down that a run begins; raises `RunStoreError`."""
        environment = self.environment
        begin = RunBegin(
            kind=kind,
            run_date=run_date,
            organization_id=environment.tenant.organization_id,
            began=environment.clock(),
        )
        keep_begin(journal.store, journal.run_id, begin)


@contextmanager
def writing(environment: Environment, run_id: str) -> Iterator[Session]:
    """
    Hold the lease of the tenant for the length of the block.

    What goes wrong before that is noted in the run store. Raises `LeaseHeld`, also while a run in
    steps goes on, and `RunStoreError`.
    """
    with ExitStack() as held:
        with Journal(environment.store, run_id, "take the lease"):
            lease = held.enter_context(environment.lease(run_id))
            environment.epochs(run_id, EPOCH_LASTS).refuse_others()
        yield Session(environment=environment, lease=lease)
