"""
The lease of a tenant as a lease of a blob, which the storage service itself grants and ends.

Whether it is still ours is judged by a clock that nobody sets, from the instant *before* a request
that the service answered: what the service counts begins later, so that it cannot end earlier. How
the clocks of two machines differ does not matter, for none is compared with another.
"""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self
from uuid import NAMESPACE_OID, uuid5

from azure.core.exceptions import AzureError, HttpResponseError
from azure.storage.blob import BlobLeaseClient

from connector.dataverse.errors import DataverseError
from connector.machine import lasting_seconds
from connector.runs.blobs.faults import error_code, is_missing_blob, refused, status
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseRecord, record_in, record_text
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.blob import BlobClient, ContainerClient

    from connector.runs.blobs.service import BlobService
    from connector.runs.lease import LeaseTerms

_log = logging.getLogger(__name__)
#: Seconds that the service grants, when it is not for ever.
_SHORTEST: Final = 15
_LONGEST: Final = 60
#: Renewals within the time that is granted.
_SIGNS: Final = 3
#: The part of it, at its end, in which nothing is begun any more: a change set takes its time.
_REST: Final = 6
#: Seconds for which an answer of the service is believed before a change set.
_BELIEVED: Final = 1.0
#: Seconds until a renewal that met no answer is tried again.
_AGAIN: Final = 2.0
#: Seconds that a renewal may take: a late one is worth nothing.
_PATIENCE: Final = 5
#: Answers which say that the lease is somebody else's, broken or gone.
_OVER: Final = frozenset({404, 409, 412})
#: Answers which say that a blob is there already.
_CONFLICTS: Final = frozenset({409, 412})


@dataclass(slots=True, kw_only=True)
class BlobLease:
    """
    The lease of the blob *name*, held while a `with` block lasts.

    *owner* is a name that no other holder bears. The record of the holder is the blob's content
    and is written under the lease only, so that its epoch grows with each holder. A holder that
    died is waited for until its time is over, a minute at most.
    """

    service: BlobService
    name: str
    terms: LeaseTerms
    owner: str
    clock: Callable[[], float] = lasting_seconds
    _mine: LeaseRecord | None = field(default=None, init=False)
    _until: float = field(default=0.0, init=False)
    _asked: float = field(default=0.0, init=False)
    _lost: bool = field(default=False, init=False)
    _is_away: bool = field(default=False, init=False)
    _renewing: threading.Lock = field(default_factory=threading.Lock, init=False)
    _ended: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        """Take the lease; raises `LeaseHeld`, and `RunStoreError` when the place refuses."""
        self._take()
        with ExitStack() as on_failure:
            on_failure.callback(self._give_back)
            self._sign()
            on_failure.pop_all()
        self._thread = threading.Thread(target=self._live, name="proforma-lease", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Give the lease back, unless it is not ours any more."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        if not self._lost and self._mine is not None:
            self._give_back(replace(self._mine, renewed=self.terms.clock(), released=True))

    def check(self) -> None:
        """
        Raise `LeaseLost` when the lease is not ours, or will not be for long enough to write.

        Asks the service, unless it has answered within the last second.
        """
        self._renew_if_old()
        if self._lost:
            raise LeaseLost(self._seen_by_a_loser(), "it was broken, or it ran out")
        if self.clock() >= self._until - self._granted / _REST:
            self._lost = True
            raise LeaseLost(None, "it could not be renewed in time")

    @property
    def _granted(self) -> int:
        """Seconds for which the service grants the lease."""
        return min(_LONGEST, max(_SHORTEST, int(self.terms.lasts.total_seconds())))

    @property
    def _id(self) -> str:
        return str(uuid5(NAMESPACE_OID, self.owner))

    @property
    def _url(self) -> str:
        return f"{self.service.address.url}/{self.name}"

    @property
    def _doing(self) -> str:
        return f"cannot take the lease {self._url}"

    def _take(self) -> None:
        """A request without an answer is sent again: to the same id the service grants it again."""

        def acquire(container: ContainerClient) -> float | None:
            blob = container.get_blob_client(self.name)
            _make(blob)
            asked = self.clock()
            try:
                self._of(blob).acquire(self._granted)
            except HttpResponseError as error:
                if status(error) in _CONFLICTS and error_code(error).startswith("Lease"):
                    return None  # somebody has it, or is about to be without it
                raise
            return asked

        asked = self.service.call(acquire, self._doing)
        if asked is None:
            raise self._held()
        self._until, self._asked = asked + self._granted, asked

    def _sign(self) -> None:
        """Write down who has it, with the next epoch; raises `LeaseHeld` when it was just lost."""
        now, there = self.terms.clock(), self._seen()
        self._mine = LeaseRecord(
            host=self.terms.host,
            run_id=self.terms.run_id,
            since=now,
            renewed=now,
            epoch=there.epoch + 1 if there else 1,
        )
        mine = self._mine
        if not self.service.call(lambda container: self._wrote(container, mine), self._doing):
            raise self._held()

    def _wrote(self, container: ContainerClient, record: LeaseRecord) -> bool:
        """False where the lease is not ours: then nothing is written."""
        blob = container.get_blob_client(self.name)
        try:
            blob.upload_blob(record_text(record), overwrite=True, lease=self._of(blob))
        except HttpResponseError as error:
            if status(error) not in _OVER or not error_code(error).startswith("Lease"):
                raise
            return False
        return True

    def _give_back(self, record: LeaseRecord | None = None) -> None:
        """Let go at once; where that fails, the service ends the lease by itself."""

        def release(container: ContainerClient) -> None:
            if record is None or self._wrote(container, record):
                self._of(container.get_blob_client(self.name)).release(timeout=_PATIENCE)

        try:
            self.service.call(release, f"cannot give back the lease {self._url}")
        except RunStoreError as fault:
            _log.warning("the lease %s could not be given back: %s", self.name, fault)

    def _live(self) -> None:
        """Renew the lease until it is given back or lost."""
        pause = self._granted / _SIGNS
        while not self._ended.wait(pause) and not self._lost:
            with self._renewing:
                is_renewed = self._is_renewed()
            pause = self._granted / _SIGNS if is_renewed else _AGAIN

    def _renew_if_old(self) -> None:
        """Renew at most once a second, and without waiting for another thread that does it."""
        if self._lost or self.clock() - self._asked < _BELIEVED:
            return
        if self._renewing.acquire(blocking=False):
            try:
                self._is_renewed()
            finally:
                self._renewing.release()

    def _is_renewed(self) -> bool:
        self._asked = asked = self.clock()
        try:
            self.service.once(self._renew)
        except HttpResponseError as error:
            self._lost = self._lost or status(error) in _OVER
            self._warn(error)
        except (AzureError, DataverseError) as error:
            self._warn(error)
        else:
            self._until = asked + self._granted
            self._is_away = False
            return True
        return False

    def _renew(self, container: ContainerClient) -> None:
        blob = container.get_blob_client(self.name)
        self._of(blob).renew(connection_timeout=_PATIENCE, read_timeout=_PATIENCE)

    def _warn(self, error: AzureError | DataverseError) -> None:
        """Once for each time that the store goes away."""
        if self._is_away:
            return
        self._is_away = True
        fault = _told(self.service, f"cannot renew the lease {self._url}", error)
        _log.warning("the lease %s could not be renewed: %s", self.name, fault)

    def _of(self, blob: BlobClient) -> BlobLeaseClient:
        return BlobLeaseClient(blob, self._id)

    def _seen(self) -> LeaseRecord | None:
        """The record of the last holder; raises `RunStoreError`."""
        return self.service.call(lambda container: _record(container, self.name), self._doing)

    def _held(self) -> LeaseHeld:
        there = self._seen()
        hint = f"if that run has died, its lease ends within {_LONGEST} seconds"
        return LeaseHeld(None if there is None or there.released else there, hint)

    def _seen_by_a_loser(self) -> LeaseRecord | None:
        """Who has it now, if anybody and if that can be read."""
        try:
            there = self._seen()
        except RunStoreError:
            return None
        is_ours = self._mine is not None and there is not None and there.epoch == self._mine.epoch
        return None if is_ours or there is None or there.released else there


def _make(blob: BlobClient) -> None:
    """Make the blob that is leased, unless there is one, leased or not."""
    try:
        blob.upload_blob(b"", overwrite=False)
    except HttpResponseError as error:
        if status(error) not in _CONFLICTS:
            raise


def _record(container: ContainerClient, name: str) -> LeaseRecord | None:
    try:
        return record_in(container.download_blob(name).readall())
    except HttpResponseError as error:
        if is_missing_blob(error):
            return None
        raise


def _told(service: BlobService, doing: str, error: AzureError | DataverseError) -> str:
    """An error without what its own text might show."""
    return str(
        error if isinstance(error, DataverseError) else refused(service.address, doing, error)
    )
