"""Fill an emulator with what a cassette shows of the tenant before anything was written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.cassette.seed import bound_rows, seed_of
from connector.emulator import SeedRules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.cassette.exchange import Cassette
    from connector.cassette.seed import Rows
    from connector.emulator import Emulator, Schema

_LABEL: Final = "OData.Community.Display.V1.FormattedValue"


def fill(emulator: Emulator, cassette: Cassette) -> tuple[str, ...]:
    """
    Seed *emulator* with the rows of the cassette's reads; returns what could not be taken.

    A row that a write was bound to without having been read is made with its id alone. A row
    whose name was not read has the name that lookups to it were shown with.
    """
    rows = seed_of(cassette)
    schema = emulator.store.schema
    for entity_set, row_id in bound_rows(cassette):
        if schema.has_entity_set(entity_set):
            primary = schema.by_entity_set(entity_set).primary_id
            known = {str(row.get(primary)).lower() for row in rows.get(entity_set, ())}
            if row_id not in known:
                rows.setdefault(entity_set, []).append({primary: row_id})
    _name(rows, schema)
    return emulator.seed(rows, rules=SeedRules(lenient=True)).remarks


def _name(rows: Rows, schema: Schema) -> None:
    """Give rows without a name that of the labels of lookups to them."""
    labels = dict(_labels(rows))
    for entity_set, found in rows.items():
        if not schema.has_entity_set(entity_set):
            continue
        table = schema.by_entity_set(entity_set)
        for row in found:
            label = labels.get(str(row.get(table.primary_id)).lower())
            if label is not None and table.primary_name is not None:
                row.setdefault(table.primary_name, label)


def _labels(rows: Rows) -> Iterator[tuple[str, object]]:
    for row in (row for found in rows.values() for row in found):
        for name, value in row.items():
            column, _, annotation = name.partition("@")
            if column.startswith("_") and annotation == _LABEL:
                yield str(row.get(column)).lower(), value
