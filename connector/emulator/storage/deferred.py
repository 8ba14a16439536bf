"""Work that is done once, however often a transaction gives reason for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from connector.emulator.schema.model import Table

    Key = tuple[str, UUID]
    Pending = dict[Key, tuple[Callable[[], None], frozenset[str]]]


class Deferred:
    """The work of the transaction under way that is still to be done, in order."""

    def __init__(self) -> None:
        self._pending: Pending = {}
        self._written: set[str] = set()
        self._settling = False

    def add(self, work: Callable[[], None], key: Key, writes: frozenset[str]) -> None:
        """Take up work; it replaces what has the same key."""
        self._pending[key] = (work, writes)
        self._written |= writes

    def settle(self, table: Table | None = None) -> None:
        """Do what is pending, if any of it writes *table*; None means any table."""
        if not self._pending or self._settling:
            return
        if table is not None and table.logical_name not in self._written:
            return
        self._settling = True
        try:
            while self._pending:
                self._pending.pop(next(iter(self._pending)))[0]()
            self._written.clear()
        finally:
            self._settling = False

    def pending(self) -> Pending:
        """What is pending, to `put_back` when what follows is undone."""
        return dict(self._pending)

    def put_back(self, pending: Pending) -> None:
        """Forget what was added since *pending* was asked for."""
        self._pending = dict(pending)
        self._written = {table for _, writes in pending.values() for table in writes}
