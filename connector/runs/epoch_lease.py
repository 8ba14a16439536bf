"""
The lease of a run that several machines carry out in turn: an epoch, written down in the run store.

A process that dies takes its locks with it, and a step of such a run may die, be done twice or
come late. So the right to write is a number that only grows. Whoever begins a run takes the next
epoch, each step says to which one it belongs, and a step whose epoch is over must not write.

Three files tell of an epoch: who has it (written once, so that of two takers one is first), its
last sign of life, and that it is over. Nothing in them is ever changed by another epoch.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Self

from connector.runs.lease import LeaseHeld, LeaseLost, LeaseRecord
from connector.runs.names import epoch_file, epoch_folder
from connector.runs.plan_text import PlanFileError, decoded, encoded
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from connector.invoicing.ids import OrganizationId
    from connector.runs.lease import LeaseTerms
    from connector.runs.store import RunStore

_log = logging.getLogger(__name__)
#: A run in steps that gave no sign of life for so long can be followed by another one. Longer
#: than any pause between two steps: an engine waits for a free machine, and before it tries again.
EPOCH_LASTS: Final = timedelta(minutes=15)
#: Signs of life within the time after which a run is taken for dead.
_SIGNS: Final = 4


class EpochMark(StrEnum):
    """What is kept of an epoch."""

    TAKEN = "taken"
    ALIVE = "alive"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """A sign of life."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Epochs:
    """The epochs of one tenant; *terms* are those of whoever asks."""

    store: RunStore
    tenant: OrganizationId
    terms: LeaseTerms

    def take(self) -> int:
        """
        The next epoch, for the run of *terms*; the same once more where that run has it already.

        Raises `LeaseHeld` while another run has one and shows signs of life.
        """
        last = self._last()
        if last is not None and not self._is_over(last):
            holding = self.holding(last)
            if holding is not None and holding.run_id == self.terms.run_id:
                return last
            self._refuse_living(holding)
        return self._begin(1 + (last or 0))

    def refuse_others(self) -> None:
        """
        For a run in one process, which holds the lease of the store: see that it is alone.

        A run in steps that shows no sign of life any more loses its epoch, so that a late step of
        it does not write. Raises `LeaseHeld` while it shows some.
        """
        last = self._last()
        if last is None or self._is_over(last):
            return
        self._refuse_living(self.holding(last))
        self.end(self._begin(last + 1))

    def end(self, epoch: int) -> None:
        """*epoch* is over: nobody may write in its name any more."""
        self.store.put(self._name(epoch, EpochMark.OVER), ())

    def check(self, epoch: int) -> None:
        """Raise `LeaseLost` when *epoch* is over, or another one has begun."""
        names = self.store.names(epoch_folder(self.tenant))
        last = _last_of(names)
        if last is not None and last > epoch:
            raise LeaseLost(self.holding(last))
        if last is None or self._name(epoch, EpochMark.OVER) in names:
            raise LeaseLost(None)

    def sign(self, epoch: int) -> None:
        """Show that the run of *epoch* lives."""
        sign = _Sign(at=self.terms.clock())
        self.store.put(self._name(epoch, EpochMark.ALIVE), (encoded(sign),))

    def holding(self, epoch: int) -> LeaseRecord | None:
        """Who has *epoch*, with the last sign of life; None where that cannot be read."""
        taken = self.store.get(self._name(epoch, EpochMark.TAKEN))
        alive = self.store.get(self._name(epoch, EpochMark.ALIVE))
        try:
            record = decoded(taken or b"", LeaseRecord, "the epoch")
            renewed = decoded(alive, _Sign, "the sign of life").at if alive else record.renewed
        except PlanFileError:
            return None
        return LeaseRecord(
            host=record.host,
            run_id=record.run_id,
            since=record.since,
            renewed=max(record.renewed, renewed),
            epoch=epoch,
        )

    def _refuse_living(self, holding: LeaseRecord | None) -> None:
        """A record that cannot be read is nobody's: it must not keep a tenant from its invoices."""
        if holding is not None and holding.is_fresh(self.terms.clock(), self.terms.lasts):
            raise LeaseHeld(holding)

    def _begin(self, epoch: int) -> int:
        now = self.terms.clock()
        record = LeaseRecord(
            host=self.terms.host, run_id=self.terms.run_id, since=now, renewed=now, epoch=epoch
        )
        if not self.store.put_once(self._name(epoch, EpochMark.TAKEN), (encoded(record),)):
            raise LeaseHeld(self.holding(epoch))
        for name in self.store.names(epoch_folder(self.tenant)):
            if _number(name) < epoch - 1:
                self.store.delete(name)
        return epoch

    def _last(self) -> int | None:
        return _last_of(self.store.names(epoch_folder(self.tenant)))

    def _is_over(self, epoch: int) -> bool:
        return self.store.get(self._name(epoch, EpochMark.OVER)) is not None

    def _name(self, epoch: int, mark: EpochMark) -> str:
        return epoch_file(self.tenant, epoch, mark)


@dataclass(slots=True)
class EpochLease:
    """
    The right of one step to write in the name of *epoch*; it does not end with the block.

    Signs of life are given in the background as long as the block lasts.
    """

    epochs: Epochs
    epoch: int
    _seen: float = field(default=0.0, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Join the epoch; raises `LeaseLost` when it is over, and `RunStoreError`."""
        self.epochs.check(self.epoch)
        self.epochs.sign(self.epoch)
        self._seen = time.monotonic()
        self._thread = threading.Thread(target=self._live, name="proforma-epoch", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """No signs of life from here; the run keeps its epoch."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def check(self) -> None:
        """
        Raise `LeaseLost` when the epoch is over, or when nobody could see that for too long.

        Costs one small request, so that it can be asked before each write.
        """
        try:
            self.epochs.check(self.epoch)
        except RunStoreError as error:
            if time.monotonic() - self._seen > self.epochs.terms.lasts.total_seconds():
                raise LeaseLost(None) from error
        else:
            self._seen = time.monotonic()

    def _live(self) -> None:
        while not self._ended.wait((self.epochs.terms.lasts / _SIGNS).total_seconds()):
            try:
                self.epochs.sign(self.epoch)
            except RunStoreError as error:
                _log.warning("no sign of life of epoch %s could be given: %s", self.epoch, error)


def _last_of(names: tuple[str, ...]) -> int | None:
    return max((_number(name) for name in names if name.endswith(EpochMark.TAKEN)), default=None)


def _number(name: str) -> int:
    return int(name.rpartition("/")[2].partition(".")[0])
