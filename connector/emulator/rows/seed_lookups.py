"""Lookups of a seed: which row they lead to, whether it is there, and what it was called."""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.emulator.rows.seed_faults import nearest, quoted, unreadable
from connector.emulator.schema.model import ColumnKind, Reference
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.rows.seed_rows import Entry
    from connector.emulator.schema.model import Column, Schema, Table
    from connector.emulator.storage.store import Transaction

LOGICAL_NAME: Final = "@Microsoft.Dynamics.CRM.lookuplogicalname"
FORMATTED: Final = "@OData.Community.Display.V1.FormattedValue"
_UNTOLD: Final = ""
_REMEMBERED: Final = 100_000
_ADDRESS: Final = re.compile(r"(?:.*/)?([A-Za-z_]\w*)\(([^()]*)\)", re.ASCII)
_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,120}")
_ID: Final = "the id of a row, such as 8da6e5b9-88df-e311-b8e5-6c3be5a8b200"
_BESIDE: Final = (("owninguser", "systemuser"), ("owningteam", "team"))


@dataclass(slots=True)
class _Awaited:
    """Rows that refer to a row which was not there when they came."""

    numbers: array[int] = field(default_factory=lambda: array("Q"))
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dangling:
    """A lookup to a row that is not there: the rows that have it, and how it was kept."""

    column: Column
    wanted: Reference
    kept: Reference
    numbers: tuple[int, ...]
    label: str | None

    @property
    def is_assumed(self) -> bool:
        """Whether nothing told the table, so that the first possible one was taken."""
        return self.wanted.table == _UNTOLD

    @property
    def sentence(self) -> str:
        """What is missing."""
        expected = self.wanted.table or " or ".join(self.column.targets)
        return f"'{self.column.property_name}': there is no {expected} with the id {self.wanted.id}"


class SeedLookup:
    """A lookup column of a raw table: the rows it was found to refer to, and those to come."""

    def __init__(self, tx: Transaction, table: Table, column: Column, key: str) -> None:
        self._tx = tx
        self._table = table
        self._column = column
        name, wire = column.logical_name, column.property_name
        types = (f"{key}{LOGICAL_NAME}", f"{wire}{LOGICAL_NAME}", f"{name}type")
        labels = (f"{key}{FORMATTED}", f"{wire}{FORMATTED}", f"{name}name")
        self._types = _beside(table, types)
        self._labels = _beside(table, labels)
        self._usual = _UNTOLD if column.is_polymorphic else column.targets[0]
        # Which tables have activities and notes is each tenant's own; customers and owners are not.
        self._takes_any = column.is_polymorphic and column.kind is ColumnKind.LOOKUP
        self._found: dict[tuple[str, str | None], Reference] = {}
        self._waiting: dict[tuple[str, str | None], Reference] = {}
        self._awaited: dict[Reference, _Awaited] = {}

    def value(self, raw: object, entry: Entry, number: int) -> Reference:
        """The row that row *number* refers to; where it is not there, it is waited for."""
        told = _first(entry, self._types)
        if told is None and self._column.kind is ColumnKind.OWNER:
            told = _owner_table(str(raw), entry)
        key = (str(raw), told)
        found = self._found.get(key)
        if found is not None:
            return found
        wanted = self._waiting.get(key)
        if wanted is None:
            wanted = self._wanted(str(raw).strip(), told)
            found = self._target(wanted)
            if found is not None:
                return self._remember(key, found)
            self._waiting[key] = wanted
        return self._wait(wanted, entry, number)

    def dangling(self) -> Iterator[Dangling]:
        """
        The rows that are still waited for, now that all rows are stored.

        Where a table was not told and its row has come since, the lookup is turned to it.
        """
        for wanted, awaited in self._awaited.items():
            found = self._target(wanted)
            kept = self._assumed(wanted)
            if found is None:
                yield Dangling(
                    column=self._column,
                    wanted=wanted,
                    kept=kept,
                    numbers=tuple(awaited.numbers),
                    label=awaited.label,
                )
            elif found != kept:
                self._tx.retarget(self._table, self._column, found)

    def _wait(self, wanted: Reference, entry: Entry, number: int) -> Reference:
        awaited = self._awaited.setdefault(wanted, _Awaited())
        awaited.numbers.append(number)
        if awaited.label is None:
            awaited.label = _first(entry, self._labels)
        return self._assumed(wanted)

    def _remember(self, key: tuple[str, str | None], found: Reference) -> Reference:
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[key] = found
        return found

    def _wanted(self, text: str, told: str | None) -> Reference:
        address = _ADDRESS.fullmatch(text)
        shown = text
        if address is not None:
            told, text = self._table_named(address.group(1)), address.group(2)
        target = parse_guid(text)
        if target is None:
            raise unreadable(reason=f"{quoted(shown)} is not accepted; expected: {_ID}")
        return Reference(table=self._accepted(told), id=target)

    def _table_named(self, name: str) -> str:
        tables = self._tx.schema.tables.values()
        for table in tables:
            if name in (table.entity_set, table.logical_name):
                return table.logical_name
        raise unreadable(reason=f"'{name}' is no table{nearest(name, self._tx.schema.tables)}")

    def _accepted(self, told: str | None) -> str:
        if told is None:
            return self._usual
        if told in self._column.targets or (self._takes_any and _NAME.fullmatch(told)):
            return told
        wanted = " or ".join(self._column.targets)
        raise unreadable(reason=f"it refers to {quoted(told)}, expected was {wanted}")

    def _target(self, wanted: Reference) -> Reference | None:
        candidates = self._column.targets if wanted.table == _UNTOLD else (wanted.table,)
        for name in candidates:
            table = self._tx.schema.tables.get(name)
            if table is not None and self._tx.exists(table, wanted.id):
                return Reference(table=name, id=wanted.id)
        return None

    def _assumed(self, wanted: Reference) -> Reference:
        if wanted.table == _UNTOLD:
            return Reference(table=self._column.targets[0], id=wanted.id)
        return wanted


def bound_reference(schema: Schema, target: Table | None, raw: object) -> Reference | None:
    """The row that an `@odata.bind` addresses by its id."""
    if raw is None:
        return None
    address = _ADDRESS.fullmatch(str(raw))
    name = address.group(1) if address else None
    row_id = parse_guid(address.group(2)) if address else None
    table = next((one for one in schema.tables.values() if one.entity_set == name), None)
    if row_id is None or table is None:
        wanted = target.entity_set if target is not None else "systemusers"
        raise unreadable(reason=f"{quoted(raw)} is not accepted; expected: /{wanted}(id)")
    return Reference(table=table.logical_name, id=row_id)


def _owner_table(text: str, entry: Entry) -> str | None:
    """Whether an owner is a user or a team, as the columns beside it tell."""
    for name, table in _BESIDE:
        if text in (entry.get(f"_{name}_value"), entry.get(name)):
            return table
    return None


def _beside(table: Table, names: tuple[str, ...]) -> tuple[str, ...]:
    """Distinct names of annotations and of what stands beside a lookup; no columns of the table."""
    return tuple(dict.fromkeys(name for name in names if name not in table.columns))


def _first(entry: Entry, names: tuple[str, ...]) -> str | None:
    for name in names:
        told = entry.get(name)
        if isinstance(told, str) and told:
            return told
    return None
