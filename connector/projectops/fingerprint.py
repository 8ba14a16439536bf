"""
A draft as it stood right after it was written, small enough to be kept for each of them.

Of each row a mark a column: a number as it is, so that a platform which rounds later is understood,
anything else as a digest of four characters. What the platform keeps itself is left out.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID  # noqa: TC003 - read back by its type

from connector.invoicing.ids import InvoiceId  # noqa: TC001 - read back by its type
from connector.projectops.platform_columns import is_platforms, places_of, same_value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.change_sets import FoundRows, PlannedRow
    from connector.projectops.tenant import Tenant

#: Bytes of a digest: one changed column in sixteen million is overlooked.
_DIGEST: Final = 3
_NUMBER: Final = "="
_ID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
#: Texts and dates that the platform fills when a row is made.
_FILLED: Final = frozenset({"createdon", "overriddencreatedon", "invoicenumber"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPrint:
    """One row: its *marks* in the order of its table's columns, empty for an empty column."""

    id: UUID
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePrint:
    """The rows of one entity set."""

    entity_set: str
    columns: tuple[str, ...]
    rows: tuple[RowPrint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftPrint:
    """All rows of one draft."""

    invoice_id: InvoiceId
    tables: tuple[TablePrint, ...]


def draft_print(
    tenant: Tenant,
    invoice_id: InvoiceId,
    planned: Sequence[PlannedRow],
    found: FoundRows,
) -> DraftPrint:
    """The draft of *planned* as its whole rows in *found* show it."""
    tables = []
    for entity_set in dict.fromkeys(row.set for row in planned):
        own = [row for row in planned if row.set == entity_set and (entity_set, row.id) in found]
        rows = {row.id: _kept(tenant, row, found[entity_set, row.id]) for row in own}
        columns = tuple(sorted({column for row in rows.values() for column in row}))
        tables.append(
            TablePrint(
                entity_set=entity_set,
                columns=columns,
                rows=tuple(
                    RowPrint(id=key, marks=tuple(_mark(row.get(column)) for column in columns))
                    for key, row in rows.items()
                ),
            )
        )
    return DraftPrint(invoice_id=invoice_id, tables=tuple(tables))


def print_edits(
    tenant: Tenant,
    kept: DraftPrint,
    planned: Sequence[PlannedRow],
    found: FoundRows,
) -> Iterator[str]:
    """Each column of a row in *found* that is not as it was right after the write, in words."""
    marks = {
        (table.entity_set, row.id): dict(zip(table.columns, row.marks, strict=True))
        for table in kept.tables
        for row in table.rows
    }
    for row in planned:
        there, before = found.get((row.set, row.id)), marks.get((row.set, row.id))
        if there is None or before is None:
            continue
        now = _kept(tenant, row, there)
        for column in sorted({*now, *before}):
            places = places_of(tenant, tenant.table_of[row.set], column, row.money)
            if not _is_same(before.get(column, ""), now.get(column), places):
                yield f"{row.set} {row.id} column {column}"


def stray_columns(tenant: Tenant, planned: Sequence[PlannedRow], found: FoundRows) -> Iterator[str]:
    """
    Each filled column of *found* that we have not written and that the platform does not fill.

    For drafts of which no fingerprint was kept: a false or a zero may be a default, and so may a
    choice; what is left are texts and dates.
    """
    for row in planned:
        there = found.get((row.set, row.id))
        for column, value in (_kept(tenant, row, there) if there is not None else {}).items():
            if _is_typed(value) and column not in {*row.row, *_FILLED}:
                yield f"{row.set} {row.id} column {column}"


def _kept(tenant: Tenant, planned: PlannedRow, row: Row) -> dict[str, JsonValue]:
    """The columns of a row by which an edit shows, under their logical names."""
    table = tenant.table_of[planned.set]
    return {
        column: value
        for name, value in row.items()
        if "@" not in name and value is not None
        for column in (name.removeprefix("_").removesuffix("_value") if name[0] == "_" else name,)
        if not is_platforms(tenant, table, column, is_summed_up=bool(planned.parts))
    }


def _is_typed(value: JsonValue) -> bool:
    """Whether *value* is a text or a date that somebody may have typed: no id, flag or number."""
    return isinstance(value, str) and not _ID.fullmatch(value)


def _mark(value: JsonValue) -> str:
    if value is None:
        return ""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return f"{_NUMBER}{value:f}"
    digest = hashlib.blake2s(repr(value).encode(), digest_size=_DIGEST).digest()
    return base64.b64encode(digest).decode()


def _is_same(before: str, now: JsonValue, places: Sequence[int]) -> bool:
    if before.startswith(_NUMBER) and now is not None:
        return same_value(Decimal(before.removeprefix(_NUMBER)), now, places)
    return before == _mark(now)
