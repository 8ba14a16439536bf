"""Stored rows as a Web API answer shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.emulator.query.annotations import LOOKUP_NAME, Annotations
from connector.emulator.query.run import project_row

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Table
    from connector.emulator.storage.store import Transaction


def dump_rows(tx: Transaction, table: Table) -> tuple[Mapping[str, Any], ...]:
    """Return every row of a table with all its columns, ordered by primary key."""
    notes = Annotations((LOOKUP_NAME,))
    return tuple(
        project_row(tx, tx.schema, row, select=None, expand=(), annotations=notes)
        for row in tx.rows(table)
    )
