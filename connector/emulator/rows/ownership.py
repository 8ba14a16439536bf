"""Owners of rows as clients set them: users and teams, by any of the navigation properties."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.model import Reference
from connector.emulator.schema.privileges import PARENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Navigation, Table
    from connector.emulator.schema.values import NewValues, RowValues, Value
    from connector.emulator.storage.store import StoredRow, Transaction

PRINCIPAL: Final = "principal"
OWNER: Final = "ownerid"
UNIT: Final = "owningbusinessunit"
_OWNING: Final = frozenset({"owninguser", "owningteam"})
OWNERSHIP: Final = frozenset({OWNER, UNIT, *_OWNING})
_KINDS: Final = frozenset({"systemuser", "team"})
_ACROSS: Final = re.compile(
    r"<EnableOwnershipAcrossBusinessUnits>\s*true\s*</EnableOwnershipAcrossBusinessUnits>",
    re.IGNORECASE,
)


def settable(table: Table, navigation: Navigation) -> Navigation | None:
    """
    What binding a navigation property sets: itself, or the owner for one that follows from it.

    None for a read-only one, which the service drops in silence.
    """
    owner = table.columns.get(OWNER)
    name = navigation.column.logical_name
    if owner is not None and not owner.read_only and name in OWNERSHIP:
        return replace(navigation, column=owner) if name in _OWNING else navigation
    return None if navigation.column.read_only else navigation


def check_kind(address: str, found: Reference) -> Reference:
    """The owner that an address names; 400 for one that is neither a user nor a team."""
    if found.table not in _KINDS:
        message = f"'{address[:200]}' addresses neither a user nor a team."
        raise faults.bad_request(message)
    return found


def check_one_owner(column: str, values: RowValues, value: Value) -> None:
    """Raise 400 for a row without an owner, and for two that differ."""
    if column not in (OWNER, UNIT):
        return
    if value is None:
        raise faults.bad_request(message=f"The column '{column}' cannot be null.")
    if column in values and values[column] != value:
        raise faults.bad_request(message=f"The body gives two values for '{column}' that differ.")


def settle_unit(tx: Transaction, values: NewValues, row: StoredRow | None) -> None:
    """
    Take the business unit of *values* if it is the owner's, or if any is allowed.

    A row belongs to the unit of its owner unless the organisation lets owners have rows in
    other units; whether a tenant without that setting ignores another unit is not documented.
    """
    unit = values.get(UNIT)
    if not isinstance(unit, Reference):
        return
    stored = row.values.get(OWNER) if row else None
    owner = values.get(OWNER) or stored or tx.user
    if isinstance(owner, Reference) and tx.unit_of(owner) == unit:
        return
    if not _owns_across_units(tx):
        raise faults.unsupported(
            feature="an owning business unit that is not the owner's, without the organization "
            "setting EnableOwnershipAcrossBusinessUnits"
        )


def hand_down(tx: Transaction, row: StoredRow, values: RowValues) -> None:
    """
    Give a new owner of *row* the rows that go with it.

    Those of child tables, which have no owner of their own, and those that refer to it by a
    relationship whose rule for Assign is Cascade.
    """
    changed = {name: values[name] for name in (OWNER, UNIT) if name in values}
    for table, link in (*_children(tx, row.table), *_assigned_with(tx, row.table)):
        for child in tx.find(table, {link: Reference(table=row.table.logical_name, id=row.id)}):
            if child.values.get(OWNER) != changed.get(OWNER):
                tx.update(table, child.id, changed)
                hand_down(tx, child, values)


def refuse_sharing_along(tx: Transaction, row: StoredRow, action: str) -> None:
    """Raise 501 where Share or Unshare of *row* would reach rows that refer to it."""
    for table, link in _reached(tx, row.table, action):
        if tx.find(table, {link: Reference(table=row.table.logical_name, id=row.id)}):
            source, target = row.table.logical_name, table.logical_name
            raise faults.unsupported(
                feature=f"the rule Cascade for {action} from {source} to {target}"
            )


def inherited(tx: Transaction, table: Table, values: RowValues) -> RowValues:
    """The owner and business unit of a new row of a child table: those of its parent."""
    link = PARENTS.get(table.logical_name)
    parent = values.get(link) if link else None
    if not isinstance(parent, Reference) or OWNER not in table.columns or values.get(OWNER):
        return {}
    return tx.ownership_of(parent)


def _children(tx: Transaction, table: Table) -> Iterator[tuple[Table, str]]:
    for name, link in PARENTS.items():
        child = tx.schema.tables.get(name)
        column = child.columns.get(link) if child else None
        if child and column and table.logical_name in column.targets and OWNER in child.columns:
            yield child, link


def _assigned_with(tx: Transaction, table: Table) -> Iterator[tuple[Table, str]]:
    return (one for one in _reached(tx, table, "Assign") if OWNER in one[0].columns)


def _reached(tx: Transaction, table: Table, action: str) -> Iterator[tuple[Table, str]]:
    """The tables and lookups whose rows an action with a row of *table* reaches."""
    for collection in table.collections.values():
        if collection.cascades.get(action) == "Cascade":
            yield tx.schema.table(collection.table), collection.column


def _owns_across_units(tx: Transaction) -> bool:
    table = tx.schema.tables.get("organization")
    rows = tx.rows(table) if table is not None else []
    return any(_ACROSS.search(str(row.values.get("orgdborgsettings") or "")) for row in rows)
