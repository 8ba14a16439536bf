"""Owners that come later in a seed than what they own, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.emulator.rows.ownership import OWNER, UNIT
from connector.emulator.schema.model import Reference
from connector.emulator.storage.row_defaults import owner_columns

if TYPE_CHECKING:
    from uuid import UUID

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import RowValues
    from connector.emulator.storage.store import Transaction

_KINDS = ("systemuser", "team")


@dataclass(slots=True)
class LateOwners:
    """Rows whose owner was not there yet, so that its business unit could not be known."""

    tx: Transaction
    known: set[Reference] = field(default_factory=set)
    late: dict[tuple[str, Reference], list[UUID]] = field(default_factory=dict)

    def note(self, table: Table, row_id: UUID, values: RowValues) -> None:
        """Take note of a new row, if it names an owner that is not there, and no business unit."""
        owner = values.get(OWNER)
        if not isinstance(owner, Reference) or owner in self.known or values.get(UNIT) is not None:
            return
        if self._exists(owner):
            self.known.add(owner)
        else:
            self.late.setdefault((table.logical_name, owner), []).append(row_id)

    def settle(self) -> None:
        """Give the rows the user or team and the business unit of their owner, now that it came."""
        for (name, owner), row_ids in self.late.items():
            kinds = (Reference(table=kind, id=owner.id) for kind in _KINDS)
            found = next(filter(self._exists, kinds), None)
            if found is not None:
                table = self.tx.schema.table(name)
                columns = owner_columns(found, self.tx.unit_of)
                fitting = {key: value for key, value in columns.items() if key in table.columns}
                self.tx.complete(table, row_ids, fitting)

    def _exists(self, principal: Reference) -> bool:
        table = self.tx.schema.tables.get(principal.table)
        return table is not None and self.tx.exists(table, principal.id)
