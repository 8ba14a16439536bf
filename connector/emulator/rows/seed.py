"""
Rows from outside: an export of a tenant is a seed.

Rows as the Web API shows them, by entity set or in OData pages, and CSV and XML files are
loaded as they are, behind every behaviour pack. Every fault is found before anything is stored.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator.faults import DataverseFault
from connector.emulator.rows.seed_faults import SeedError, in_file, nearest, quoted, shown
from connector.emulator.rows.seed_owners import LateOwners
from connector.emulator.rows.seed_rows import RECORD_ID
from connector.emulator.rows.seed_sources import SeedSource, SourceReader
from connector.emulator.rows.seed_tables import Origin, SeedTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.emulator.rows.seed_faults import Findings
    from connector.emulator.rows.seed_lookups import Dangling
    from connector.emulator.rows.seed_rows import RawTable
    from connector.emulator.rows.seed_tables import Decoded
    from connector.emulator.schema.model import Schema, Table
    from connector.emulator.storage.store import Store, Transaction

__all__ = ["SeedError", "SeedReport", "SeedRules", "SeedSource", "load_content", "load_seed"]

_MOST_TABLES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedRules:
    """
    How a seed is judged.

    *strict* refuses lookups to rows that neither the seed nor the store has; otherwise they are
    kept with their id, table and label. *lenient* leaves out what cannot be read, and lists it,
    instead of refusing the whole.
    """

    strict: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedReport:
    """
    What became of a seed.

    *rows* were stored. *kept_lookups* counts, by the table they name, the lookups that lead to
    rows which are not there; *assumed_lookups* counts, by column, those among them whose table
    nothing told. *left_out* has a sentence for each thing that a lenient seed left out, *notes*
    what is worth knowing besides.
    """

    rows: int
    kept_lookups: Mapping[str, int] = field(default_factory=dict)
    assumed_lookups: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences for people, the longest lists cut short; empty when nothing is to be said."""
        said = [*self.notes]
        if self.kept_lookups:
            said.append(
                f"{_counted(self.kept_lookups)} lookups lead to rows that are not there; they "
                f"are kept with id, table and label ({_listed(self.kept_lookups)})"
            )
        if self.assumed_lookups:
            said.append(
                f"{_counted(self.assumed_lookups)} of them did not say their table; the first "
                f"possible one was taken ({_listed(self.assumed_lookups)})"
            )
        if self.left_out:
            said.append(f"left out, {len(self.left_out):,} faults:")
        return (*said, *(f"  {one}" for one in shown(self.left_out)))


def load_seed(
    store: Store, sources: Iterable[SeedSource], rules: SeedRules | None = None
) -> SeedReport:
    """
    Load the rows of sources into a store, all of them or, on a fault, none.

    Files are read as their rows are taken. A row that exists gets the values of the seed.
    Raises `SeedError` with every fault found, unless the rules are lenient.
    """
    reader = SourceReader()
    tables = (table for source in sources for table in reader.read(source))
    return _load(store, tables, reader, rules or SeedRules())


def load_content(
    store: Store, name: str, content: bytes, rules: SeedRules | None = None
) -> SeedReport:
    """Load the rows of a file's content; *name* tells its kind, and the table of a CSV file."""
    reader = SourceReader()
    return _load(store, reader.content(name, content), reader, rules or SeedRules())


def _load(
    store: Store, tables: Iterable[RawTable], reader: SourceReader, rules: SeedRules
) -> SeedReport:
    faults = reader.faults
    with store.transaction() as tx:
        loader = _Loader(tx, faults)
        for raw in tables:
            loader.take(raw)
        dangling = loader.dangling()
        loader.owners.settle()
        if rules.strict:
            _refuse(dangling, faults)
        if faults and not rules.lenient:
            raise SeedError(faults.sentences)
        tx.remember_labels({_key(one): one.label for _, one in dangling if one.label})
    return SeedReport(
        rows=loader.rows,
        kept_lookups=_counts((one.kept.table, one) for _, one in dangling),
        assumed_lookups=_counts(
            (f"{table.table.entity_set}.{one.column.property_name}", one)
            for table, one in dangling
            if one.is_assumed
        ),
        left_out=faults.sentences,
        notes=reader.pages.notes,
    )


class _Loader:
    """Writes rows as they come; what is wrong with them is noted, and left out of them."""

    def __init__(self, tx: Transaction, faults: Findings) -> None:
        self._tx = tx
        self._faults = faults
        self._names = _names(tx.schema)
        self._tables: list[SeedTable] = []
        self.owners = LateOwners(tx)
        self.rows = 0

    def take(self, raw: RawTable) -> None:
        """Load the rows of one table."""
        table = self._names.get(raw.name.lower() if raw.is_text else raw.name)
        if table is None:
            self._faults.add(_no_table(raw, self._names))
            return
        origin = Origin(file=raw.file, unit=raw.unit, is_text=raw.is_text)
        loaded = self._table(table, origin, table.entity_set)
        inner: dict[tuple[str, str], SeedTable] = {}
        for number, entry in raw.numbered():
            self._row(loaded, entry, number, inner)

    def dangling(self) -> list[tuple[SeedTable, Dangling]]:
        """The lookups that lead nowhere, now that all rows are stored."""
        return [(table, one) for table in self._tables for one in table.dangling()]

    def _table(self, table: Table, origin: Origin, shown_as: str) -> SeedTable:
        found = SeedTable(self._tx, table, origin, self._faults, shown_as)
        self._tables.append(found)
        return found

    def _row(
        self, loaded: SeedTable, entry: object, number: int, inner: dict[tuple[str, str], SeedTable]
    ) -> None:
        if not isinstance(entry, dict):
            words = f"an object was expected, not {quoted(entry)}"
            self._faults.add(loaded.place(number).says(words))
            return
        primary_id = loaded.table.primary_id
        if RECORD_ID in entry and primary_id not in entry:
            entry = {**entry, primary_id: entry[RECORD_ID]}
        row = loaded.decode(entry, number)
        self._write(loaded, row)
        for table, nested, name in row.nested:
            key = (table.logical_name, name)
            if key not in inner:
                inner[key] = self._table(table, loaded.origin, f"{loaded.shown}/{name}")
            self._row(inner[key], nested, number, inner)

    def _write(self, loaded: SeedTable, row: Decoded) -> None:
        table, values = loaded.table, row.values
        row_id = values.get(table.primary_id)
        try:
            if isinstance(row_id, UUID) and self._tx.exists(table, row_id):
                self._tx.update(table, row_id, values)
            else:
                self.owners.note(table, self._tx.insert(table, values), values)
        except DataverseFault as fault:
            self._faults.add(loaded.place(row.number).says(fault.message))
        else:
            self.rows += 1


def _names(schema: Schema) -> Mapping[str, Table]:
    """The tables by entity set and by logical name; both are lower case in every tenant."""
    tables = schema.tables.values()
    return {t.logical_name: t for t in tables} | {t.entity_set: t for t in tables}


def _refuse(dangling: Iterable[tuple[SeedTable, Dangling]], faults: Findings) -> None:
    """Note each lookup to a row that is not there, in the order of the rows."""
    order: dict[SeedTable, int] = {}
    told = [
        (order.setdefault(table, len(order)), number, table, one.sentence)
        for table, one in dangling
        for number in one.numbers
    ]
    for _, number, table, sentence in sorted(told, key=lambda one: one[:2]):
        faults.add(table.place(number).says(sentence))


def _key(one: Dangling) -> tuple[str, str]:
    return one.kept.table, str(one.kept.id)


def _counts(named: Iterable[tuple[str, Dangling]]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for name, one in named:
        counts[name] += len(one.numbers)
    return dict(counts.most_common())


def _no_table(raw: RawTable, names: Mapping[str, Table]) -> str:
    shown_name = raw.name[:80] if raw.name.isprintable() else repr(raw.name[:80])
    sentence = f"{in_file(raw.file)}{shown_name}: the schema has no such entity set or table"
    return f"{sentence}{nearest(raw.name, names)}"


def _counted(counts: Mapping[str, int]) -> str:
    return f"{sum(counts.values()):,}"


def _listed(counts: Mapping[str, int]) -> str:
    listed = [f"{name} {count:,}" for name, count in list(counts.items())[:_MOST_TABLES]]
    more = len(counts) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")
