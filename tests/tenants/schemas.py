"""Schemas of tenants that are not the sample: the shipped tables without what they lack."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from connector.emulator.schema.file import shipped_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.emulator.schema.model import Column, Schema, Table

#: Tenants by the name of their file.
OLDER = ("psa_3", "project_operations_2021")


def tenant_schema(name: str) -> Schema:
    """The schema of the tenant whose missing tables and columns the file *name* lists."""
    lacking = json.loads(Path(__file__).with_name(f"{name}.json").read_text(encoding="utf-8"))
    return without(shipped_schema(), lacking["tables"], lacking["columns"])


def without(
    schema: Schema, tables: Collection[str] = (), columns: Mapping[str, Collection[str]] = {}
) -> Schema:
    """*schema* without *tables*, *columns* of others, and whatever pointed to those tables."""
    unknown = [name for name in (*tables, *columns) if name not in schema.tables]
    assert not unknown, f"no such tables: {unknown}"
    kept = {
        name: _smaller(table, tables, columns.get(name, ()))
        for name, table in schema.tables.items()
        if name not in tables
    }
    return replace(schema, tables=kept)


def without_navigation(schema: Schema, table: str, navigation: str) -> Schema:
    """*schema* without one navigation property; its column goes with its last one."""
    found = next(c for c in schema.tables[table].columns.values() if navigation in c.navigations)
    if len(found.navigations) == 1:
        return without(schema, columns={table: [found.logical_name]})
    column = replace(
        found,
        navigations={k: v for k, v in found.navigations.items() if k != navigation},
        targets=tuple(t for t in found.targets if t != found.navigations[navigation]),
    )
    body = schema.tables[table]
    smaller = replace(body, columns={**body.columns, found.logical_name: column})
    return replace(schema, tables={**schema.tables, table: smaller})


def _smaller(table: Table, tables: Collection[str], columns: Collection[str]) -> Table:
    missing = [name for name in columns if name not in table.columns]
    assert not missing, f"{table.logical_name} has no {missing}"
    kept = {
        name: column
        for name, column in table.columns.items()
        if name not in columns and not _points_to(column, tables)
    }
    collections = {
        name: item for name, item in table.collections.items() if item.table not in tables
    }
    keys = tuple(key for key in table.keys if all(name in kept for name in key.columns))
    return replace(table, columns=kept, collections=collections, keys=keys)


def _points_to(column: Column, tables: Collection[str]) -> bool:
    return bool(column.targets) and all(target in tables for target in column.targets)
