"""A lease as a file beside the runs, with a sign of life and the operating system's own lock."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from filelock import FileLock, Timeout

from connector.runs.lease import LeaseHeld, LeaseLost, LeaseRecord, record_in, record_text
from connector.runs.store import RunStoreError
from connector.runs.whole_files import read_whole, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from connector.runs.lease import LeaseTerms

_log = logging.getLogger(__name__)
#: Signs of life within the time after which a holder is taken for dead.
_SIGNS = 3


@dataclass(slots=True)
class FileLease:
    """
    The lease in *path*, held while a `with` block lasts.

    The lock of the operating system ends with its process: a run that was killed gives way at
    once on its own host. Another host, whose locks may not reach here, waits until the signs of
    life stop. Whoever takes over counts the epoch up.
    """

    path: Path
    terms: LeaseTerms
    _mine: LeaseRecord | None = field(default=None, init=False)
    _lock: FileLock = field(init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)
    _renewed: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        self._lock = FileLock(f"{self.path}.lock")

    def __enter__(self) -> Self:
        """Take the lease; raises `LeaseHeld`, and `RunStoreError` when the place refuses."""
        self._take_lock()
        with ExitStack() as on_failure:
            on_failure.callback(self._lock.release)
            self._take()
            on_failure.pop_all()
        self._thread = threading.Thread(target=self._live, name="proforma-lease", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lease back, unless somebody else has it by now."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        try:
            if self._is_ours(self._read()) and self._mine is not None:
                self._write(replace(self._mine, renewed=self.terms.clock(), released=True))
        except OSError as error:  # it will be taken over when the signs of life stop
            _log.warning("the lease %s could not be given back: %s", self.path, error)
        finally:
            self._lock.release()

    def check(self) -> None:
        """
        Raise `LeaseLost` when somebody else has the lease, or when nobody can see that it is ours.

        Costs one small read, so that it can be asked before each write.
        """
        try:
            there = self._read()
        except OSError as error:
            if time.monotonic() - self._renewed > self.terms.lasts.total_seconds():
                raise LeaseLost(None) from error
            return
        if not self._is_ours(there):
            raise LeaseLost(there)

    def _take_lock(self) -> None:
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise LeaseHeld(self._seen()) from None
        except OSError as error:
            raise self._refused(error) from error

    def _take(self) -> None:
        there, now = self._seen(), self.terms.clock()
        elsewhere = there is not None and there.host != self.terms.host
        if there is not None and elsewhere and there.is_fresh(now, self.terms.lasts):
            raise LeaseHeld(there)
        self._mine = LeaseRecord(
            host=self.terms.host,
            run_id=self.terms.run_id,
            since=now,
            renewed=now,
            epoch=there.epoch + 1 if there else 1,
        )
        try:
            self._write(self._mine)
        except OSError as error:
            raise self._refused(error) from error

    def _seen(self) -> LeaseRecord | None:
        """What stands there before the lease is ours; raises `RunStoreError`."""
        try:
            return self._read()
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> RunStoreError:
        return RunStoreError(f"the run store cannot keep {self.path}: {error.strerror or error}")

    def _live(self) -> None:
        """Renew the lease until it is given back; a place that fails for a while is tried again."""
        while not self._ended.wait((self.terms.lasts / _SIGNS).total_seconds()):
            try:
                if not self._is_ours(self._read()):
                    return
                self._write(replace(self._held(), renewed=self.terms.clock()))
            except OSError as error:
                _log.warning("the lease %s could not be renewed: %s", self.path, error)

    def _held(self) -> LeaseRecord:
        if self._mine is None:
            message = "the lease was not taken"
            raise RuntimeError(message)
        return self._mine

    def _is_ours(self, there: LeaseRecord | None) -> bool:
        mine = self._held()
        return there is not None and there.epoch == mine.epoch

    def _write(self, holding: LeaseRecord) -> None:
        write_whole(self.path, (record_text(holding),))
        self._mine, self._renewed = holding, time.monotonic()

    def _read(self) -> LeaseRecord | None:
        try:
            return record_in(read_whole(self.path))
        except FileNotFoundError:
            return None
