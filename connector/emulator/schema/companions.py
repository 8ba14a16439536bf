"""Columns that the platform adds beside those of files and images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator.schema.model import Column, ColumnKind

if TYPE_CHECKING:
    from connector.emulator.schema.model import Columns


def companions(column: Column) -> Columns:
    """The columns that come with a column, by logical name; none for most."""
    name = column.logical_name
    if column.kind is ColumnKind.FILE:
        return {f"{name}_name": _column(column, f"{name}_name", ColumnKind.STRING)}
    if column.kind is not ColumnKind.IMAGE:
        return {}
    return {
        f"{name}id": _column(column, f"{name}id", ColumnKind.GUID),
        f"{name}_timestamp": _column(column, f"{name}_timestamp", ColumnKind.BIGINT),
        f"{name}_url": _column(column, f"{name}_url", ColumnKind.STRING),
    }


def _column(owner: Column, name: str, kind: ColumnKind) -> Column:
    return Column(
        logical_name=name,
        kind=kind,
        property_name=name,
        label=name,
        read_only=True,
        custom=owner.custom,
        max_length=1000 if kind is ColumnKind.STRING else None,
    )
