"""The columns of a seed's rows: how the values of one table are read and its lookups resolved."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.decoding import decoders
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.emulator.schema.model import Column, Table
    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import Transaction

_LOGICAL_NAME: Final = "@Microsoft.Dynamics.CRM.lookuplogicalname"
_UNNAMED: Final = ""
_REMEMBERED: Final = 100_000


class _Unreadable(Exception):  # noqa: N818  it says what the value is
    """A value of a seed that no column can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The values of one row by logical name, and what is wrong with it."""

    values: dict[str, Value]
    problems: tuple[str, ...] = ()


class SeedColumns:
    """Reads the rows of one table, in the shape that a Web API answer has."""

    def __init__(self, tx: Transaction, table: Table) -> None:
        self._table = table
        self._lookups = {
            column.property_name: Lookup(tx, table, column)
            for column in table.columns.values()
            if column.is_lookup
        }
        read = decoders(table)
        self._steps = {
            name: (column.logical_name, read[name], self._lookups.get(name))
            for name, column in table.properties.items()
        }

    def decode(self, entry: object, number: int) -> Decoded:
        """Read row *number*; annotations are left out, lookups are looked for."""
        if not isinstance(entry, dict):
            return Decoded(values={}, problems=("an object was expected",))
        values: dict[str, Value] = {}
        problems: list[str] = []
        for name, raw in entry.items():
            step = self._steps.get(name)
            if step is None:
                if "@" not in name:
                    problems.append(f"'{name}' is no property of {self._table.logical_name}")
                continue
            logical_name, read, lookup = step
            try:
                if lookup is None or raw is None:
                    values[logical_name] = None if raw is None else read(raw)
                else:
                    values[logical_name] = lookup.value(raw, entry, number)
            except (DataverseFault, _Unreadable) as fault:
                problems.append(f"'{name}': {fault}")
        return Decoded(values=values, problems=tuple(problems))

    def dangling(self) -> Iterator[tuple[int, str]]:
        """
        The lookups whose rows are not there now either: the number of each row, and a sentence.

        To be asked when all rows are written. Where a table was not named and its row has come
        since, the lookup is turned to it.
        """
        for lookup in self._lookups.values():
            yield from lookup.dangling()


@dataclass(slots=True)
class Lookup:
    """A lookup column: the rows that it was found to refer to, and those still to come."""

    tx: Transaction
    table: Table
    column: Column
    _found: dict[tuple[str, str | None], Reference] = field(default_factory=dict)
    _awaited: dict[Reference, array[int]] = field(default_factory=dict)
    _name_key: str = ""

    def __post_init__(self) -> None:
        self._name_key = f"{self.column.property_name}{_LOGICAL_NAME}"

    def value(self, raw: object, entry: Mapping[str, Any], number: int) -> Reference:
        """The row that row *number* refers to; where it is not there, it is waited for."""
        named = entry.get(self._name_key)
        key = (str(raw), named)
        found = self._found.get(key)
        if found is None:
            wanted = self._wanted(str(raw), named)
            found = self._target(wanted)
            if found is None:
                self._awaited.setdefault(wanted, array("Q")).append(number)
                return self._assumed(wanted)
            self._remember(key, found)
        return found

    def dangling(self) -> Iterator[tuple[int, str]]:
        """The rows that are still waited for: who refers to each, and a sentence about it."""
        for wanted, numbers in self._awaited.items():
            found = self._target(wanted)
            if found is None:
                expected = wanted.table or " or ".join(self.column.targets)
                text = f"there is no {expected} with the id {wanted.id}"
                yield from (
                    (number, f"'{self.column.property_name}': {text}") for number in numbers
                )
            elif found != self._assumed(wanted):
                self.tx.retarget(self.table, self.column, found)

    def _wanted(self, raw: str, named: str | None) -> Reference:
        target_id = parse_guid(raw)
        if target_id is None:
            message = f"the id of a row was expected, not '{raw[:80]}'"
            raise _Unreadable(message)
        if named is not None and named not in self.column.targets:
            expected = " or ".join(self.column.targets)
            message = f"it refers to '{named}', expected was {expected}"
            raise _Unreadable(message)
        unnamed = _UNNAMED if self.column.is_polymorphic else self.column.targets[0]
        return Reference(table=named or unnamed, id=target_id)

    def _target(self, wanted: Reference) -> Reference | None:
        candidates = self.column.targets if wanted.table == _UNNAMED else (wanted.table,)
        for name in candidates:
            table = self.tx.schema.tables.get(name)
            if table is not None and self.tx.exists(table, wanted.id):
                return Reference(table=name, id=wanted.id)
        return None

    def _assumed(self, wanted: Reference) -> Reference:
        return (
            Reference(table=self.column.targets[0], id=wanted.id)
            if wanted.table == _UNNAMED
            else wanted
        )

    def _remember(self, key: tuple[str, str | None], found: Reference) -> None:
        if len(self._found) >= _REMEMBERED:
            self._found.clear()
        self._found[key] = found
