"""Fill an emulator with what a cassette shows of the tenant before anything was written to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cassette.seed import bound_rows, seed_of
from connector.emulator import SeedRules

if TYPE_CHECKING:
    from connector.cassette.exchange import Cassette
    from connector.emulator import Emulator


def fill(emulator: Emulator, cassette: Cassette) -> tuple[str, ...]:
    """
    Seed *emulator* with the rows of the cassette's reads; returns what could not be taken.

    A row that a write was bound to without having been read is made with its id alone.
    """
    rows = seed_of(cassette)
    schema = emulator.store.schema
    for entity_set, row_id in bound_rows(cassette):
        if not schema.has_entity_set(entity_set):
            continue
        primary = schema.by_entity_set(entity_set).primary_id
        known = {str(row.get(primary)).lower() for row in rows.get(entity_set, ())}
        if row_id not in known:
            rows.setdefault(entity_set, []).append({primary: row_id})
    return emulator.seed(rows, rules=SeedRules(lenient=True)).remarks
