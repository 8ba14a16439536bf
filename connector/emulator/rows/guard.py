"""What a write of a client needs: the privileges, and the access to the rows that it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator.rows.ownership import OWNER, OWNERSHIP, UNIT
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Right

if TYPE_CHECKING:
    from connector.emulator.schema.values import RowValues
    from connector.emulator.storage.store import StoredRow, Transaction


def check_may_create(tx: Transaction, row: StoredRow, given: RowValues) -> None:
    """
    Raise 403 unless the caller may have created *row*, which stands in the transaction.

    *given* are the values that the client named: who gives the row to somebody else must be
    allowed to assign it, who links it to append it there.
    """
    access = tx.caller.access
    if access is None:
        return
    tx.check(row, Right.CREATE)
    owner = given.get(OWNER)
    if isinstance(owner, Reference) and owner != tx.user:
        tx.check(row, Right.ASSIGN)
        access.check_owner(row.table, owner, creating=True)
    _check_links(tx, row, given)


def check_may_change(tx: Transaction, row: StoredRow, given: RowValues) -> None:
    """Raise 403 unless the caller may change *row* so: write, assign and append, as it asks."""
    access = tx.caller.access
    if access is None:
        return
    if set(given) != {OWNER}:
        tx.check(row, Right.WRITE)
    owner = given.get(OWNER)
    if isinstance(owner, Reference):
        tx.check(row, Right.ASSIGN)
        access.check_owner(row.table, owner, creating=False)
    _check_links(tx, row, given)


def _check_links(tx: Transaction, row: StoredRow, given: RowValues) -> None:
    links = {
        name: value
        for name, value in given.items()
        if isinstance(value, Reference) and (name not in OWNERSHIP or name == UNIT)
    }
    if not links:
        return
    if set(links) != {UNIT}:
        tx.check(row, Right.APPEND)
    for value in links.values():
        table = tx.schema.tables.get(value.table)
        target = tx.get(table, value.id) if table is not None else None
        if target is not None:
            tx.check(target, Right.APPEND_TO)
