"""What a principal may do with one row, by its roles and by what was shared with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.access.reach import SHARED_MASK, SHARES
from connector.emulator.schema.privileges import governing_table, privilege_for
from connector.emulator.schema.rights import Right, mask_of
from connector.emulator.storage.layout import sql_table

if TYPE_CHECKING:
    from connector.emulator.access.reach import Reach
    from connector.emulator.storage.row_reader import StoredRow
    from connector.emulator.storage.transaction import Transaction

_SHARED: Final = f'SELECT {SHARED_MASK} FROM "{SHARES}"'  # noqa: S608 - names of this room


def rights_by_role(tx: Transaction, reach: Reach, row: StoredRow) -> int:
    """The mask of the rights to *row* that roles give."""
    return mask_of(right for right in _held(reach, row) if _reaches(tx, reach, row, right))


def rights_by_share(tx: Transaction, reach: Reach, row: StoredRow) -> int:
    """The mask of the rights to *row* that were shared; those without the privilege count not."""
    if SHARES not in tx.schema.tables:
        return 0
    principals = [str(reach.grants.principal.id), *map(str, reach.grants.teams)]
    marks = ", ".join("?" * len(principals))
    sql = f'{_SHARED} WHERE "objectid" = ? AND "principalid" IN ({marks})'
    shared = 0
    for (mask,) in tx.select(sql, (str(row.id), *principals)):
        shared |= int(mask or 0)
    return shared & mask_of(_held(reach, row))


def _held(reach: Reach, row: StoredRow) -> list[Right]:
    """The rights for which the table has a privilege that is held to some depth."""
    table = governing_table(reach.schema, row.table)
    return [
        right
        for right in Right
        if privilege_for(reach.schema, table, right) and reach.holds(table, right)
    ]


def _reaches(tx: Transaction, reach: Reach, row: StoredRow, right: Right) -> bool:
    condition = reach.condition(row.table, right, shared=False)
    if condition is None:
        return True
    name, key = sql_table(row.table), row.table.primary_id
    sql = f'SELECT 1 FROM {name} WHERE "{key}" = ? AND ({condition})'  # noqa: S608 - quoted names of the schema
    return bool(tx.select(sql, (str(row.id),)))
