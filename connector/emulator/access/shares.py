"""What was shared with whom: the rows of principalobjectaccess."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator.access.reach import SHARES
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from connector.emulator.schema.values import NewValues, Value
    from connector.emulator.storage.store import StoredRow, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The mask of rights to a row that a user or team was given."""

    id: UUID
    principal: Reference
    mask: int


def shares_of(tx: Transaction, row: StoredRow) -> list[Share]:
    """All shares of a row, in the order of their ids."""
    found = tx.find(tx.schema.table(SHARES), {"objectid": row.id})
    return [share for one in found if (share := _share(one)).mask]


def set_share(tx: Transaction, row: StoredRow, principal: Reference, mask: int) -> None:
    """Give a user or team exactly the rights of *mask* to a row; nothing takes the share away."""
    table = tx.schema.table(SHARES)
    wanted: NewValues = {"objectid": row.id, "principalid": principal.id}
    known = tx.find(table, wanted)
    changes: NewValues = {"accessrightsmask": mask, "changedon": tx.now}
    if not mask:
        for one in known:
            tx.delete(table, one.id)
    elif known:
        tx.update(table, known[0].id, changes)
    else:
        kinds: NewValues = {
            "objecttypecode": row.table.logical_name,
            "principaltypecode": principal.table,
            "inheritedaccessrightsmask": 0,
        }
        tx.insert(table, wanted | kinds | changes)


def _share(row: StoredRow) -> Share:
    values = row.values
    return Share(
        id=row.id,
        principal=Reference(
            table=str(values["principaltypecode"]), id=UUID(str(values["principalid"]))
        ),
        mask=_number(values["accessrightsmask"]) | _number(values["inheritedaccessrightsmask"]),
    )


def _number(value: Value) -> int:
    return value if isinstance(value, int) else 0
