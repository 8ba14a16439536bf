"""Reading a schema file: JSON in the project's own compact format, every fault with its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from connector.emulator.schema.model import (
    LOOKUP_KINDS,
    AlternateKey,
    Collection,
    Column,
    ColumnKind,
    DateBehaviour,
    DeleteRule,
    Schema,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Collection as Collected
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FORMAT = "proforma-emulator-schema/1"
OptionSets = dict[str, dict[int, str]]
Item = TypeVar("Item")
_COLUMN_KEYS = frozenset(
    {"kind", "label", "property", "behaviour", "format", "length", "precision", "min", "max"}
    | {"options", "states", "required", "read_only", "targets", "navigation", "assumed", "custom"}
    | {"schema_name", "description", "default"}
)
_TABLE_KEYS = frozenset(
    {"set", "id", "name", "label", "ownership", "columns", "collections", "keys"}
    | {"change_tracking", "custom", "schema_name", "collection_label", "description"}
    | {"dropped", "dropped_collections", "dropped_keys"}
)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,120}")


class SchemaError(ValueError):
    """A schema file is malformed; the message names the table and column."""

    def __init__(self, place: str, reason: object) -> None:
        super().__init__(f"{place}: {reason}")


def malformed(*, place: str, reason: object) -> SchemaError:
    """The fault of a schema: where, and what is wrong there."""
    return SchemaError(place, reason)


def shipped_schema() -> Schema:
    """The Project Operations tables that come with the package (read once per process)."""
    return _shipped("project-operations")


def read_schema_file(path: Path) -> Schema:
    """The schema of a file in the project's own format."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise malformed(place=str(path), reason=f"not JSON: {error}") from error
    return read_schema(document)


@cache
def _shipped(name: str) -> Schema:
    file = resources.files("connector.emulator").joinpath("schemas", f"{name}.json")
    return read_schema(json.loads(file.read_text(encoding="utf-8")))


def read_schema(document: Mapping[str, Any]) -> Schema:
    """
    The schema of a parsed document.

    ``"extends": "project-operations"`` starts from the shipped tables: columns, collections
    and keys of a namesake are added to it, other tables are new.
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise malformed(place="schema document", reason=f"format is not '{FORMAT}'")
    name = document.get("name", "custom")
    base = _shipped(document["extends"]) if "extends" in document else Schema(name=name, tables={})
    return replace(extend(base, document), name=name)


def extend(base: Schema, document: Mapping[str, Any]) -> Schema:
    """*base* with the tables and option sets of a document that may lack the format."""
    sets: OptionSets = dict(base.option_sets)  # type: ignore[arg-type]
    sets.update({n: _options(v, n) for n, v in document.get("option_sets", {}).items()})
    tables = dict(base.tables)
    for name, body in document.get("tables", {}).items():
        tables[name] = _table(name, body, sets, tables.get(name))
    return replace(base, tables=tables, option_sets=sets)


def _table(name: str, body: Mapping[str, Any], sets: OptionSets, base: Table | None) -> Table:
    _only(body, _TABLE_KEYS, f"table '{name}'")
    _check_spelling(name, body.get("columns", {}))
    columns = _kept(base.columns if base else {}, body.get("dropped", ()))
    for key, value in body.get("columns", {}).items():
        columns[key] = read_column(f"{name}.{key}", value, sets)
    collections = _kept(base.collections if base else {}, body.get("dropped_collections", ()))
    for key, value in body.get("collections", {}).items():
        collections[key] = _collection(f"{name}.{key}", value)
    keys = _keys(body, base)
    primary_id = body.get("id") or (base.primary_id if base else f"{name}id")
    _check_names(name, primary_id, columns, keys)
    return Table(
        logical_name=name,
        entity_set=body.get("set") or (base.entity_set if base else f"{name}s"),
        primary_id=primary_id,
        primary_name=body.get("name") or (base.primary_name if base else None),
        label=body.get("label") or (base.label if base else name),
        schema_name=body.get("schema_name") or (base.schema_name if base else ""),
        collection_label=body.get("collection_label") or (base.collection_label if base else ""),
        description=body.get("description") or (base.description if base else None),
        ownership=body.get("ownership") or (base.ownership if base else "user"),
        columns=columns,
        collections=collections,
        keys=keys,
        change_tracking=body.get("change_tracking", base.change_tracking if base else True),
        custom=body.get("custom", base.custom if base else False),
    )


def _kept(items: Mapping[str, Item], dropped: Collected[str]) -> dict[str, Item]:
    return {name: item for name, item in items.items() if name not in dropped}


def _collection(place: str, value: Sequence[str]) -> Collection:
    try:
        table, column, *rule = value
        return Collection(
            name=place.rpartition(".")[2],
            table=table,
            column=column,
            on_delete=DeleteRule(*rule) if rule else DeleteRule.REMOVE_LINK,
        )
    except (TypeError, ValueError) as error:
        raise malformed(place=f"collection '{place}'", reason=error) from error


def _keys(body: Mapping[str, Any], base: Table | None) -> tuple[AlternateKey, ...]:
    dropped = body.get("dropped_keys", ())
    kept = [key for key in (base.keys if base else ()) if key.name not in dropped]
    added = body.get("keys", {}).items()
    return (*kept, *(AlternateKey(name=key, columns=tuple(names)) for key, names in added))


def _check_spelling(table: str, columns: Mapping[str, Any]) -> None:
    for name in (table, *columns):
        if not _NAME.fullmatch(name):
            raise malformed(place=f"table '{table}'", reason=f"'{name}' is no logical name")


def _check_names(
    table: str, primary_id: str, columns: Mapping[str, Column], keys: tuple[AlternateKey, ...]
) -> None:
    wanted = [primary_id, *(name for key in keys for name in key.columns)]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise malformed(place=f"table '{table}'", reason=f"no column '{missing[0]}'")


def read_column(place: str, body: Mapping[str, Any], sets: OptionSets) -> Column:
    """The column that *body* describes; *place* is ``table.column`` and appears in errors."""
    _only(body, _COLUMN_KEYS, f"column '{place}'")
    name = place.rpartition(".")[2]
    try:
        kind = ColumnKind(body["kind"])
        behaviour = DateBehaviour(body.get("behaviour", _default_behaviour(kind)))
        bounds = [Decimal(body[key]) if key in body else None for key in ("min", "max")]
    except (KeyError, ValueError, InvalidOperation) as error:
        raise malformed(place=f"column '{place}'", reason=error) from error
    choices = body.get("options", {})
    shared = choices[1:] if isinstance(choices, str) else None
    wire = body.get("property", name)
    return Column(
        logical_name=name,
        kind=kind,
        property_name=f"_{wire}_value" if kind in LOOKUP_KINDS else wire,
        label=body.get("label", name),
        schema_name=body.get("schema_name", ""),
        description=body.get("description"),
        default=body.get("default"),
        behaviour=behaviour,
        format=body.get("format", ""),
        max_length=body.get("length"),
        precision=body.get("precision"),
        minimum=bounds[0],
        maximum=bounds[1],
        options=_shared(sets, shared, place) if shared else _options(choices, place),
        option_set=shared,
        states={int(status): state for status, state in body.get("states", {}).items()},
        required=body.get("required", "none"),
        read_only=body.get("read_only", False),
        targets=tuple(body.get("targets", ())),
        navigations=body.get("navigation", {}),
        assumed=body.get("assumed", False),
        custom=body.get("custom", False),
    )


def _default_behaviour(kind: ColumnKind) -> str:
    return "DateOnly" if kind is ColumnKind.DATE else "UserLocal"


def _shared(sets: OptionSets, name: str, place: str) -> dict[int, str]:
    if name not in sets:
        raise malformed(place=f"column '{place}'", reason=f"no option set '{name}'")
    return sets[name]


def _options(values: Mapping[str, str], place: str) -> dict[int, str]:
    try:
        return {int(value): label for value, label in values.items()}
    except ValueError as error:
        raise malformed(place=f"options of '{place}'", reason=error) from error


def _only(body: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise malformed(place=place, reason=f"unknown key '{unknown[0]}'")
