"""What the tenant holds, read past every client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator import Emulator


def row(emulator: Emulator, entity_set: str, row_id: str) -> Mapping[str, Any]:
    """The row with this primary key; raises KeyError when there is none."""
    table = emulator.store.schema.by_entity_set(entity_set)
    return {str(one[table.primary_id]): one for one in emulator.rows(entity_set)}[row_id]


def names(emulator: Emulator, entity_set: str) -> list[str]:
    """The primary names of every row, sorted."""
    table = emulator.store.schema.by_entity_set(entity_set)
    return sorted(str(one[str(table.primary_name)]) for one in emulator.rows(entity_set))
