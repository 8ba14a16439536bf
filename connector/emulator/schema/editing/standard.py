"""The columns that the platform gives every new table, and those that money brings."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.file import read_column
from connector.emulator.schema.labels import SharedOptions
from connector.emulator.schema.model import Column, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Columns

_CURRENCY: Final = "currency"


def standard_columns(ownership: str) -> Columns:
    """The columns of a new table, by its ownership: "user" or "organization"."""
    parts = _parts()
    return {**parts["every"], **parts[ownership]}


def money_columns(column: Column) -> Columns:
    """The columns that come with a column of money: currency, rate and the base amount."""
    name = f"{column.logical_name}_base"
    base = Column(
        logical_name=name,
        kind=ColumnKind.MONEY,
        property_name=name,
        label=f"{column.label} (Base)",
        schema_name=f"{column.schema_name}_Base",
        precision=column.precision,
        read_only=True,
    )
    return {**_parts()[_CURRENCY], name: base}


@cache
def _parts() -> Mapping[str, Columns]:
    file = resources.files("connector.emulator").joinpath("schemas", "standard-columns.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    none = SharedOptions(options={}, labels={})
    return {
        part: {name: read_column(f"{part}.{name}", body, none) for name, body in columns.items()}
        for part, columns in document.items()
    }
