"""Rows of a seed as values of their table's columns, with a reader made once per column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.seed_faults import Place, Unreadable, nearest, quoted, unreadable
from connector.emulator.rows.seed_lookups import LOGICAL_NAME, SeedLookup, bound_reference
from connector.emulator.rows.seed_states import StatePairs
from connector.emulator.rows.seed_values import other_form, text_value
from connector.emulator.schema.decoding import decoders
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from connector.emulator.rows.seed_faults import Findings
    from connector.emulator.rows.seed_lookups import Dangling
    from connector.emulator.rows.seed_rows import Entry
    from connector.emulator.schema.model import Collection, Column, Navigation, Table
    from connector.emulator.schema.values import NewValues, Value
    from connector.emulator.storage.store import Transaction

    Take = Callable[["Decoded", Entry, object], None]

_BIND: Final = "@odata.bind"
_COMPANION: Final = re.compile(r"(.+?)(yominame|name|type)")
_MANAGED: Final = frozenset({"Value", "CanBeChanged", "ManagedPropertyLogicalName"})


@dataclass(slots=True)
class Decoded:
    """
    The values of row *number* by logical name.

    *nested* holds rows that `$expand` put into it, each with its table and property.
    """

    number: int
    values: NewValues = field(default_factory=dict)
    nested: list[tuple[Table, object, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """
    What is done with one property.

    A plain column's value goes by *read* into *name*; other properties are taken by *take*. With
    neither it is passed over, for a *fault* or because it is an annotation.
    """

    name: str = ""
    read: Callable[[object], Value] | None = None
    take: Take | None = None
    fault: str | None = None


_PASS: Final = _Step()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where rows come from: the file, how it counts, and whether its values are texts."""

    file: str = ""
    unit: str = "row"
    is_text: bool = False


class SeedTable:
    """Reads the rows of one table of one source; *shown* is how faults call it."""

    def __init__(
        self, tx: Transaction, table: Table, origin: Origin, faults: Findings, shown: str
    ) -> None:
        self._tx = tx
        self._table = table
        self.origin = origin
        self.shown = shown
        self._faults = faults
        self._steps: dict[str, _Step] = {}
        self._lookups: list[SeedLookup] = []
        self._states = StatePairs.of(table)

    @property
    def table(self) -> Table:
        """The table that the rows are of."""
        return self._table

    def place(self, number: int) -> Place:
        """Where row *number* stands."""
        origin = self.origin
        return Place(file=origin.file, table=self.shown, number=number, unit=origin.unit)

    def decode(self, entry: Entry, number: int) -> Decoded:
        """Read row *number*; values that cannot be read are left out, and noted as faults."""
        row = Decoded(number)
        steps, values = self._steps, row.values
        for key, raw in entry.items():
            step = steps.get(key) or self._new_step(key, raw)
            try:
                if step.read is not None:
                    values[step.name] = None if raw is None else step.read(raw)
                else:
                    self._take(step, row, entry, raw)
            except (DataverseFault, Unreadable) as fault:
                self._other_form(row, key, raw, fault)
        problem = self._states.problem(row.values)
        if problem is not None:
            self._faults.add(self.place(number).says(problem))
        return row

    def dangling(self) -> Iterator[Dangling]:
        """The lookups to rows that are not there now that all rows are stored."""
        for lookup in self._lookups:
            yield from lookup.dangling()

    def _take(self, step: _Step, row: Decoded, entry: Entry, raw: object) -> None:
        """What a step does that reads no value of its own."""
        if step.take is not None:
            step.take(row, entry, raw)
        elif step.fault is not None:
            self._faults.add_repeated(self.place(row.number), step.fault)

    def _other_form(self, row: Decoded, key: str, raw: object, fault: Exception) -> None:
        """Read a value that is not of the usual form, or note what is wrong with it."""
        column = self._column(key)
        words = str(fault)
        if column is not None and isinstance(fault, DataverseFault):
            try:
                row.values[column.logical_name] = other_form(self._table, column, raw)
            except Unreadable as refused:
                words = str(refused)
            else:
                return
        self._faults.add(self.place(row.number).says(f"'{quoted(key)[1:-1]}': {words}"))

    def _column(self, key: str) -> Column | None:
        return self._table.properties.get(key) or self._table.columns.get(key)

    def _new_step(self, key: str, raw: object) -> _Step:
        """How a property is taken: found out once, for the first row that has it."""
        self._steps[key] = step = self._step(key, raw)
        return step

    def _step(self, key: str, raw: object) -> _Step:
        table = self._table
        column = self._column(key)
        is_expanded = isinstance(raw, dict) and key in table.navigations
        if column is not None and not is_expanded:
            return self._column_step(key, column)
        if "@" in key:
            return self._annotation(key)
        if key in table.navigations:
            return _Step(take=self._expanded_row(table.navigations[key]))
        if key in table.collections:
            return _Step(take=self._expanded_rows(table.collections[key]))
        return self._unknown(key, raw)

    def _column_step(self, key: str, column: Column) -> _Step:
        if column.is_lookup:
            return _Step(take=self._taking_lookup(key, column))
        if self.origin.is_text:
            return _Step(name=column.logical_name, read=text_value(self._table, column))
        usual = decoders(self._table)[column.property_name]
        return _Step(name=column.logical_name, read=usual)

    def _taking_lookup(self, key: str, column: Column) -> Take:
        name = column.logical_name
        lookup = SeedLookup(self._tx, self._table, column, key)
        self._lookups.append(lookup)

        def take(row: Decoded, entry: Entry, raw: object) -> None:
            is_empty = raw is None or raw == ""
            row.values[name] = None if is_empty else lookup.value(raw, entry, row.number)

        return take

    def _annotation(self, key: str) -> _Step:
        """Annotations are used by the property that they belong to; a bind is a lookup."""
        name = key.removesuffix(_BIND)
        if name == key:
            return _PASS
        navigation = self._table.navigations.get(name)
        if navigation is None:
            known = self._table.navigations
            return _Step(fault=self._no_property(name, "navigation property", known))
        schema, column = self._tx.schema, navigation.column.logical_name
        target = schema.tables.get(navigation.target)

        def take(row: Decoded, _: Entry, raw: object) -> None:
            row.values[column] = bound_reference(schema, target, raw)

        return _Step(take=take)

    def _expanded_row(self, navigation: Navigation) -> Take:
        """How a row that `$expand` put into another one is taken: as a row of its own table."""
        name, tables = navigation.column.logical_name, self._tx.schema.tables
        told = f"{navigation.column.property_name}{LOGICAL_NAME}"

        def take(row: Decoded, entry: Entry, raw: object) -> None:
            if raw is None:
                return
            table = tables.get(str(entry.get(told, navigation.target)))
            is_row = isinstance(raw, dict) and table is not None
            row_id = parse_guid(str(raw.get(table.primary_id))) if is_row else None  # type: ignore[attr-defined,union-attr]
            if table is None or row_id is None:
                raise unreadable(reason=f"{quoted(raw)} is no expanded row with its id")
            row.values.setdefault(name, Reference(table=table.logical_name, id=row_id))
            row.nested.append((table, raw, navigation.name))

        return take

    def _expanded_rows(self, collection: Collection) -> Take:
        """How rows of an expanded collection are taken: they refer to the row they stand in."""
        table = self._tx.schema.table(collection.table)
        lookup = table.columns[collection.column].property_name
        parent_id, parent_table = self._table.primary_id, self._table.logical_name

        def take(row: Decoded, entry: Entry, raw: object) -> None:
            if not isinstance(raw, list):
                raise unreadable(reason=f"{quoted(raw)} is no list of expanded rows")
            parent = {lookup: entry.get(parent_id), f"{lookup}{LOGICAL_NAME}": parent_table}
            for one in raw:
                inner = {**parent, **one} if isinstance(one, dict) else one
                row.nested.append((table, inner, collection.name))

        return take

    def _unknown(self, key: str, raw: object) -> _Step:
        if self._is_companion(key):
            return _PASS
        if isinstance(raw, dict) and raw.keys() <= _MANAGED:
            return _Step(fault=f"'{key}' is a managed property, which the emulator does not keep")
        known = self._table.columns if self.origin.is_text else self._table.properties
        return _Step(fault=self._no_property(key, "property", known))

    def _no_property(self, name: str, kind: str, known: Iterable[str]) -> str:
        shown = quoted(name)[1:-1]
        return f"'{shown}' is no {kind} of {self._table.logical_name}{nearest(name, known)}"

    def _is_companion(self, key: str) -> bool:
        """Whether a column only tells the label or type of another, as other exports add it."""
        match = _COMPANION.fullmatch(key)
        base = self._table.columns.get(match.group(1)) if match else None
        if base is None or match is None:
            return False
        return base.is_lookup or (match.group(2) == "name" and bool(base.options))
