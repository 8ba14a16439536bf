"""
Rows from outside: seeds and dumps in the shape that a Web API answer has.

`{"entityset": [row, ...]}` with lookups as `_x_value`, so that an export of a
tenant is a seed. Seeds are loaded as they are, behind every behaviour pack.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.json_text import loads
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import decode_value, parse_guid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.emulator.schema.model import Column, Schema, Table
    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import Store, Transaction

_LOGICAL_NAME: Final = "@Microsoft.Dynamics.CRM.lookuplogicalname"
_UNNAMED: Final = ""
_SHOWN: Final = 20


class SeedError(Exception):
    """
    A seed cannot be loaded; nothing of it was.

    *problems* holds one sentence per fault: set, row number (from 1), property
    and what was expected.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        shown = list(problems[:_SHOWN])
        if len(problems) > _SHOWN:
            shown.append(f"and {len(problems) - _SHOWN} more")
        super().__init__("the seed cannot be loaded:\n  " + "\n  ".join(shown))
        self.problems = tuple(problems)


class _Unreadable(Exception):  # noqa: N818  it says what the value is
    """A value of a seed that no column can take."""


def _unreadable(*, reason: str) -> _Unreadable:
    return _Unreadable(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where in a seed a row stands."""

    entity_set: str
    number: int

    def says(self, what: str) -> str:
        return f"{self.entity_set} row {self.number}: {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    place: _Place
    table: Table
    values: dict[str, Value]

    def references(self) -> list[tuple[str, Reference]]:
        return [(name, one) for name, one in self.values.items() if isinstance(one, Reference)]


def read_seed(source: Mapping[str, Any] | Path) -> Mapping[str, Any]:
    """Return the seed of a mapping or a JSON file; raises `SeedError` naming the file."""
    if not isinstance(source, Path):
        return source
    try:
        document = loads(source.read_bytes())
    except OSError as error:
        raise SeedError([f"{source}: {error.strerror}"]) from error
    except DataverseFault as fault:
        raise SeedError([f"{source}: {fault.message}"]) from fault
    if not isinstance(document, dict):
        raise SeedError([f"{source}: an object of entity sets was expected"])
    return document


def load_seed(store: Store, seed: Mapping[str, Any], *, allow_dangling: bool = False) -> int:
    """
    Load rows into a store and return how many there were.

    A row that exists gets the values of the seed. Raises `SeedError` with every
    fault found; with *allow_dangling* lookups may lead to rows that do not exist.
    """
    problems: list[str] = []
    rows = list(_rows(store.schema, seed, problems))
    if problems:
        raise SeedError(problems)
    with store.transaction() as tx:
        problems = _write_all(tx, rows, allow_dangling=allow_dangling)
        if problems:
            raise SeedError(problems)
    return len(rows)


def _rows(schema: Schema, seed: Mapping[str, Any], problems: list[str]) -> Iterator[_Row]:
    for entity_set, entries in seed.items():
        table = _table(schema, entity_set, problems)
        if table is None:
            continue
        if not isinstance(entries, list | tuple):
            problems.append(f"{entity_set}: a list of rows was expected")
            continue
        for number, entry in enumerate(entries, 1):
            place = _Place(entity_set=entity_set, number=number)
            values, found = _row_values(table, entry)
            problems.extend(place.says(text) for text in found)
            yield _Row(place=place, table=table, values=values)


def _table(schema: Schema, entity_set: str, problems: list[str]) -> Table | None:
    try:
        return schema.by_entity_set(entity_set)
    except DataverseFault:
        problems.append(f"{entity_set}: the schema has no such entity set")
        return None


def _row_values(table: Table, entry: object) -> tuple[dict[str, Value], list[str]]:
    if not isinstance(entry, dict):
        return {}, ["an object was expected"]
    values: dict[str, Value] = {}
    problems: list[str] = []
    for name in entry:
        column = table.properties.get(name)
        if "@" in name:
            continue
        if column is None:
            problems.append(f"'{name}' is no property of {table.logical_name}")
            continue
        try:
            values[column.logical_name] = _value(table, column, entry)
        except (DataverseFault, _Unreadable) as fault:
            problems.append(f"'{name}': {fault}")
    return values, problems


def _value(table: Table, column: Column, entry: Mapping[str, Any]) -> Value:
    raw = entry[column.property_name]
    if not column.is_lookup or raw is None:
        return decode_value(table.logical_name, column, raw)
    target_id = parse_guid(str(raw))
    if target_id is None:
        raise _unreadable(reason=f"the id of a row was expected, not '{str(raw)[:80]}'")
    named = entry.get(f"{column.property_name}{_LOGICAL_NAME}")
    if named is not None and named not in column.targets:
        raise _unreadable(
            reason=f"it refers to '{named}', expected was {' or '.join(column.targets)}"
        )
    unnamed = _UNNAMED if column.is_polymorphic else column.targets[0]
    return Reference(table=named or unnamed, id=target_id)


def _write_all(tx: Transaction, rows: Sequence[_Row], *, allow_dangling: bool) -> list[str]:
    seeded = _ids_of(rows)
    problems: list[str] = []
    for row in rows:
        for name, value in row.references():
            column = row.table.columns[name]
            found = _target_of(tx, seeded, column, value)
            if found is None and not allow_dangling:
                problems.append(row.place.says(_dangling(column, value)))
            row.values[name] = found or _anyway(column, value)
        problems += _write(tx, row)
    return problems


def _ids_of(rows: Sequence[_Row]) -> frozenset[tuple[str, Value]]:
    return frozenset((row.table.logical_name, row.values.get(row.table.primary_id)) for row in rows)


def _target_of(
    tx: Transaction, seeded: frozenset[tuple[str, Value]], column: Column, value: Reference
) -> Reference | None:
    candidates = column.targets if value.table == _UNNAMED else (value.table,)
    for name in candidates:
        table = tx.schema.tables.get(name)
        if (name, value.id) in seeded or (table is not None and tx.exists(table, value.id)):
            return Reference(table=name, id=value.id)
    return None


def _anyway(column: Column, value: Reference) -> Reference:
    return Reference(table=column.targets[0], id=value.id) if value.table == _UNNAMED else value


def _dangling(column: Column, value: Reference) -> str:
    expected = value.table or " or ".join(column.targets)
    return f"'{column.property_name}': there is no {expected} with the id {value.id}"


def _write(tx: Transaction, row: _Row) -> Iterator[str]:
    row_id = row.values.get(row.table.primary_id)
    try:
        if isinstance(row_id, UUID) and tx.exists(row.table, row_id):
            tx.update(row.table, row_id, row.values)
        else:
            tx.insert(row.table, row.values)
    except DataverseFault as fault:
        yield row.place.says(fault.message)
