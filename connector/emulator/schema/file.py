"""Reading a schema file: JSON in the project's own compact format, every fault with its place."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from connector.emulator.schema.companions import companions
from connector.emulator.schema.labels import (
    SharedOptions,
    read_languages,
    read_options,
    read_texts,
    with_shared_options,
    with_translations,
)
from connector.emulator.schema.malformed import malformed
from connector.emulator.schema.many_to_many import with_relationships, without_relationships
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

    from connector.emulator.schema.model import Columns

FORMAT = "proforma-emulator-schema/1"
Item = TypeVar("Item")
_COLUMN_KEYS = frozenset(
    {"kind", "label", "property", "behaviour", "format", "length", "precision", "min", "max"}
    | {"options", "states", "required", "read_only", "targets", "navigation", "assumed", "custom"}
    | {"schema_name", "description", "default", "labels", "descriptions", "full_image"}
)
_TABLE_KEYS = frozenset(
    {"set", "id", "name", "label", "ownership", "columns", "collections", "keys"}
    | {"change_tracking", "custom", "schema_name", "collection_label", "description"}
    | {"dropped", "dropped_collections", "dropped_keys"}
    | {"labels", "collection_labels", "descriptions", "intersect", "image", "settings"}
)
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,120}")


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
    """
    *base* with the tables and option sets of a document that may lack the format.

    Columns that share a global option set follow it when the document gives it anew.
    """
    shared = _shared_options(base, document.get("option_sets", {}))
    names = _changed(base, shared, document.get("option_sets", {}))
    tables = {
        name: with_shared_options(table, shared, names) if names else table
        for name, table in base.tables.items()
    }
    for name, body in document.get("tables", {}).items():
        tables[name] = _table(name, body, shared, tables.get(name))
    schema = replace(
        base,
        tables=tables,
        option_sets=shared.options,
        option_set_labels=shared.labels,
        languages=read_languages(document.get("languages"), base.languages),
    )
    schema = without_relationships(schema, document.get("dropped_many_to_many", ()))
    schema = with_relationships(schema, document.get("many_to_many", {}))
    return with_translations(schema, document.get("translations", {}))


def _changed(base: Schema, shared: SharedOptions, names: Collected[str]) -> frozenset[str]:
    known, labels = base.option_sets, base.option_set_labels
    return frozenset(
        name
        for name in names
        if (known.get(name), labels.get(name)) != (shared.options[name], shared.labels.get(name))
    )


def _shared_options(base: Schema, added: Mapping[str, Any]) -> SharedOptions:
    shared = SharedOptions(
        options={name: dict(values) for name, values in base.option_sets.items()},
        labels={name: dict(values) for name, values in base.option_set_labels.items()},
    )
    for name, values in added.items():
        options, labels = read_options(name, values)
        shared.options[name] = options
        shared.labels.pop(name, None)
        if labels:
            shared.labels[name] = labels
    return shared


def _table(name: str, body: Mapping[str, Any], shared: SharedOptions, base: Table | None) -> Table:
    _only(body, _TABLE_KEYS, f"table '{name}'")
    _check_spelling(name, body.get("columns", {}))
    columns = _kept(base.columns if base else {}, body.get("dropped", ()))
    for key, value in body.get("columns", {}).items():
        column = read_column(f"{name}.{key}", value, shared)
        columns |= {key: column, **companions(column)}
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
        labels=_texts(name, body, base, "labels"),
        schema_name=body.get("schema_name") or (base.schema_name if base else ""),
        collection_label=body.get("collection_label") or (base.collection_label if base else ""),
        collection_labels=_texts(name, body, base, "collection_labels"),
        description=body.get("description") or (base.description if base else None),
        descriptions=_texts(name, body, base, "descriptions"),
        ownership=body.get("ownership") or (base.ownership if base else "user"),
        columns=columns,
        collections=collections,
        links=base.links if base else {},
        keys=keys,
        change_tracking=body.get("change_tracking", base.change_tracking if base else True),
        settings=body.get("settings", base.settings if base else {}),
        custom=body.get("custom", base.custom if base else False),
        is_intersect=body.get("intersect", base.is_intersect if base else False),
        primary_image=body.get("image") or (base.primary_image if base else None),
    )


def _texts(
    table: str, body: Mapping[str, Any], base: Table | None, member: str
) -> Mapping[int, str]:
    if base is not None and member not in body:
        return getattr(base, member)  # type: ignore[no-any-return]
    return read_texts(f"table '{table}', {member}", body.get(member))


def _kept(items: Mapping[str, Item], dropped: Collected[str]) -> dict[str, Item]:
    return {name: item for name, item in items.items() if name not in dropped}


def _collection(place: str, value: Sequence[Any]) -> Collection:
    try:
        table, column, *rule = value
        cascades = rule.pop() if rule and isinstance(rule[-1], dict) else {}
        return Collection(
            name=place.rpartition(".")[2],
            table=table,
            column=column,
            on_delete=DeleteRule(*rule) if rule else DeleteRule.REMOVE_LINK,
            cascades=cascades,
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
    table: str, primary_id: str, columns: Columns, keys: tuple[AlternateKey, ...]
) -> None:
    wanted = [primary_id, *(name for key in keys for name in key.columns)]
    missing = [name for name in wanted if name not in columns]
    if missing:
        raise malformed(place=f"table '{table}'", reason=f"no column '{missing[0]}'")


def read_column(place: str, body: Mapping[str, Any], shared: SharedOptions) -> Column:
    """The column that *body* describes; *place* is ``table.column`` and appears in errors."""
    _only(body, _COLUMN_KEYS, f"column '{place}'")
    name = place.rpartition(".")[2]
    try:
        kind = ColumnKind(body["kind"])
        behaviour = DateBehaviour(body.get("behaviour", _default_behaviour(kind)))
        bounds = [Decimal(body[key]) if key in body else None for key in ("min", "max")]
    except (KeyError, ValueError, InvalidOperation) as error:
        raise malformed(place=f"column '{place}'", reason=error) from error
    option_set, options, option_labels = _choices(place, body.get("options", {}), shared)
    wire = body.get("property", name)
    return Column(
        logical_name=name,
        kind=kind,
        property_name=f"_{wire}_value" if kind in LOOKUP_KINDS else wire,
        label=body.get("label", name),
        labels=read_texts(f"labels of '{place}'", body.get("labels")),
        schema_name=body.get("schema_name", ""),
        description=body.get("description"),
        descriptions=read_texts(f"descriptions of '{place}'", body.get("descriptions")),
        default=body.get("default"),
        behaviour=behaviour,
        format=body.get("format", ""),
        max_length=body.get("length"),
        precision=body.get("precision"),
        minimum=bounds[0],
        maximum=bounds[1],
        options=options,
        option_labels=option_labels,
        option_set=option_set,
        states={int(status): state for status, state in body.get("states", {}).items()},
        required=body.get("required", "none"),
        read_only=body.get("read_only", False),
        targets=tuple(body.get("targets", ())),
        navigations=body.get("navigation", {}),
        assumed=body.get("assumed", False),
        custom=body.get("custom", False),
        full_image=body.get("full_image", False),
    )


def _default_behaviour(kind: ColumnKind) -> str:
    return "DateOnly" if kind is ColumnKind.DATE else "UserLocal"


def _choices(
    place: str, choices: object, shared: SharedOptions
) -> tuple[str | None, Mapping[int, str], Mapping[int, Mapping[int, str]]]:
    """The global option set of a column, if any, with its options and their labels."""
    if not isinstance(choices, str):
        return (None, *read_options(place, choices))  # type: ignore[arg-type]
    name = choices[1:]
    if name not in shared.options:
        raise malformed(place=f"column '{place}'", reason=f"no option set '{name}'")
    return name, shared.options[name], shared.labels.get(name, {})


def _only(body: Mapping[str, Any], allowed: frozenset[str], place: str) -> None:
    unknown = sorted(set(body) - allowed)
    if unknown:
        raise malformed(place=place, reason=f"unknown key '{unknown[0]}'")
