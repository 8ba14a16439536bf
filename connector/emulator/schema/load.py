"""The schema of an emulator from whatever describes it: a schema file or a tenant's model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.emulator.schema.file import read_schema, read_schema_file, shipped_schema
from connector.emulator.schema.from_tenant import is_model, load_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from connector.emulator.schema.model import Schema


def load_schema(
    path: Path | None = None, *, definitions: Sequence[Path] = (), merged: bool = True
) -> Schema:
    """
    The schema of a file, or the Project Operations tables that come with the package.

    The file is a schema file, or the `$metadata` of a tenant. What that cannot say (choices,
    lengths, keys, primary names) comes from *definitions*, saved answers of EntityDefinitions
    and GlobalOptionSetDefinitions. *merged* adds a tenant's tables and columns to the shipped
    ones; otherwise there are only the tenant's. Raises SchemaError naming the table and
    column when a file is not well formed.
    """
    if path is None:
        return shipped_schema()
    if is_model(path):
        return load_model(path, definitions, merged=merged)
    return read_schema_file(path)


def schema_of(document: Mapping[str, Any]) -> Schema:
    """The schema of a document as a schema file holds it; raises SchemaError as `load_schema`."""
    return read_schema(document)
