"""A run store that does not stop a run which has begun to write: what fails is said, not raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.runs.lease import Lease, LeaseTerms
    from connector.runs.store import RunStore


@dataclass(slots=True)
class ForgivingStore:
    """
    Another store, and in memory what that one cannot keep.

    Rows in the tenant are worth more than files about them, and small files are all that a run
    keeps once its plan is sealed.
    """

    inner: RunStore
    _spare: dict[str, bytes] = field(default_factory=dict)
    _faults: dict[str, None] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[PlanWarning, ...]:
        """What could not be kept, each once."""
        return tuple(PlanWarning(code="run-store-incomplete", text=text) for text in self._faults)

    def is_kept(self, name: str) -> bool:
        """Whether the store itself has what was put last."""
        return name not in self._spare

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep a file, in the store or else in memory."""
        content = b"".join(chunks)
        try:
            self.inner.put(name, (content,))
        except RunStoreError as fault:
            self._note(fault)
            self._spare[name] = content
        else:
            self._spare.pop(name, None)

    def put_once(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Keep a file for good; what is sealed must be safe, so that this one does not forgive."""
        return self.inner.put_once(name, chunks)

    def append(self, name: str, line: bytes) -> None:
        """Add a line, or do without it."""
        try:
            self.inner.append(name, line)
        except RunStoreError as fault:
            self._note(fault)

    def get(self, name: str) -> bytes | None:
        """A file, from memory where the store could not keep it."""
        if name in self._spare:
            return self._spare[name]
        return self.inner.get(name)

    def names(self, folder: str) -> tuple[str, ...]:
        """The names that the store itself has."""
        return self.inner.names(folder)

    def delete(self, name: str) -> None:
        """Remove a file, or do without that."""
        self._spare.pop(name, None)
        try:
            self.inner.delete(name)
        except RunStoreError as fault:
            self._note(fault)

    def lease(self, name: str, terms: LeaseTerms) -> Lease:
        """The lease of the store itself."""
        return self.inner.lease(name, terms)

    def _note(self, fault: RunStoreError) -> None:
        self._faults[str(fault)] = None
