"""
Rows from outside: seeds and dumps in the shape that a Web API answer has.

`{"entityset": [row, ...]}` with lookups as `_x_value`, so that an export of a
tenant is a seed. Seeds are loaded as they are, behind every behaviour pack.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.json_stream import members
from connector.emulator.rows.seed_columns import SeedColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import Store, Transaction

Members = Iterator[tuple[str, Any]]
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


def read_seed(source: Mapping[str, Any] | Path) -> Members:
    """
    The entity sets of a mapping or a JSON file, each with its rows, which may be an iterator.

    A file is read as its rows are taken. Raises `SeedError` naming the file.
    """
    if not isinstance(source, Path):
        yield from source.items()
        return
    with _naming(source), source.open("rb") as file:
        for entity_set, entries in members(file):
            is_array = isinstance(entries, Iterator)
            yield entity_set, _rows_of(source, entries) if is_array else entries


def _rows_of(file: Path, entries: Iterator[Any]) -> Iterator[Any]:
    with _naming(file):
        yield from entries


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Tell in which file it is that something cannot be read."""
    try:
        yield
    except OSError as error:
        raise SeedError([f"{file}: {error.strerror}"]) from error
    except (ValueError, RecursionError) as error:
        raise SeedError([f"{file}: {error}"]) from error


def load_seed(store: Store, seed: Members, *, allow_dangling: bool = False) -> int:
    """
    Load rows into a store and return how many there were.

    A row that exists gets the values of the seed. Raises `SeedError` with every
    fault found; with *allow_dangling* lookups may lead to rows that do not exist.
    """
    with store.transaction() as tx:
        loader = _Loader(tx)
        for entity_set, entries in seed:
            loader.take(entity_set, entries)
        problems = loader.problems(allow_dangling=allow_dangling)
        if problems:
            raise SeedError(problems)
    return loader.rows


class _Loader:
    """Writes rows as they come and keeps what is wrong with them."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self._unreadable: list[str] = []
        self._refused: list[tuple[int, int, str]] = []
        self._columns: list[tuple[str, SeedColumns]] = []
        self.rows = 0

    def take(self, entity_set: str, entries: object) -> None:
        """Load the rows of one entity set."""
        try:
            table = self._tx.schema.by_entity_set(entity_set)
        except DataverseFault:
            self._unreadable.append(f"{entity_set}: the schema has no such entity set")
            return
        if not isinstance(entries, list | tuple | Iterator):
            self._unreadable.append(f"{entity_set}: a list of rows was expected")
            return
        columns = SeedColumns(self._tx, table)
        self._columns.append((entity_set, columns))
        self._take_rows(entity_set, table, columns, entries)

    def problems(self, *, allow_dangling: bool) -> list[str]:
        """What is wrong, in the order of the rows; what was not refused is loaded."""
        if self._unreadable:
            return self._unreadable
        refused = list(self._refused)
        for place, (entity_set, columns) in enumerate(self._columns):
            dangling = [
                (place, number, f"{entity_set} row {number}: {text}")
                for number, text in columns.dangling()
            ]
            refused += [] if allow_dangling else dangling
        return [text for _, _, text in sorted(refused, key=lambda one: one[:2])]

    def _take_rows(
        self, entity_set: str, table: Table, columns: SeedColumns, entries: Iterable[object]
    ) -> None:
        place = len(self._columns) - 1
        for number, entry in zip(count(1), entries, strict=False):
            self.rows += 1
            decoded = columns.decode(entry, number)
            if decoded.problems:
                row = f"{entity_set} row {number}"
                self._unreadable += [f"{row}: {text}" for text in decoded.problems]
            if self._unreadable:
                continue  # nothing will be kept: the rest is only looked through for faults
            try:
                _write(self._tx, table, decoded.values)
            except DataverseFault as fault:
                text = f"{entity_set} row {number}: {fault.message}"
                self._refused.append((place, number, text))


def _write(tx: Transaction, table: Table, values: dict[str, Value]) -> None:
    row_id = values.get(table.primary_id)
    if isinstance(row_id, UUID) and tx.exists(table, row_id):
        tx.update(table, row_id, values)
    else:
        tx.insert(table, values)
