"""Reading definitions: EntityDefinitions with everything below, option sets, relationships."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Protocol

from connector.emulator import faults
from connector.emulator.metadata.filter import matching, selected
from connector.emulator.metadata.privilege_rows import privilege_rows, shown_privileges
from connector.emulator.query.options import QueryOptions
from connector.emulator.schema.metadata_rows import (
    MetadataRow,
    attribute_class,
    attribute_rows,
    common_properties,
    entity_row,
    global_option_set_row,
    key_row,
    many_to_one_rows,
    metadata_id,
    one_to_many_rows,
    option_set_row,
)
from connector.emulator.schema.model import Column, ColumnKind, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from connector.emulator.query.options import ExpandItem
    from connector.emulator.schema.model import AlternateKey

_OWN_IDS: Final[Mapping[str, str]] = MappingProxyType({})
_CRM: Final = "Microsoft.Dynamics.CRM."
_ENTITY: Final = "EntityMetadata"
_ATTRIBUTE: Final = "AttributeMetadata"
_NAMED: Final = re.compile(r"\s*(\w+)\s*=\s*'((?:[^']|'')*)'\s*")
_CHOICES: Final = frozenset(
    {ColumnKind.PICKLIST, ColumnKind.STATE, ColumnKind.STATUS, ColumnKind.BOOLEAN}
    | {ColumnKind.MULTIPICKLIST}
)


class PathSegment(Protocol):
    """One segment of an address: its name and the text between its parentheses."""

    @property
    def name(self) -> str: ...  # noqa: D102 - said above

    @property
    def arguments(self) -> str | None: ...  # noqa: D102 - said above


def metadata_query(
    schema: Schema,
    segments: Sequence[PathSegment],
    options: QueryOptions,
    root: str = "",
    privilege_ids: Mapping[str, str] = _OWN_IDS,
) -> MetadataRow:
    """
    The answer to a GET of definitions, as a wire document.

    *root* is the service root; *privilege_ids* gives the ids of privileges, by name, that are
    not the emulator's own. Raises 404 for what does not exist, 400 for unknown properties
    and 501 for options and resources that are not supported.
    """
    _refuse(options)
    first, *rest = segments
    context = f"{root}$metadata#" + "/".join(_shown(segment) for segment in segments)
    reader = _Reader(schema, privilege_ids)
    answers = {
        "EntityDefinitions": reader.entities,
        "GlobalOptionSetDefinitions": reader.option_sets,
        "RelationshipDefinitions": reader.relationships,
    }
    if first.name not in answers:
        raise faults.unknown_segment(first.name)
    answer = answers[first.name](first, rest, options)
    if isinstance(answer, list):
        counted = {"@odata.count": len(answer)} if options.count else {}
        return {"@odata.context": context, **counted, "value": answer}
    return {"@odata.context": f"{context}/$entity", **answer}


Answer = MetadataRow | list[MetadataRow]


class _Reader:
    """Walks the path of one request."""

    def __init__(self, schema: Schema, privilege_ids: Mapping[str, str]) -> None:
        self._schema = schema
        self._privilege_ids = privilege_ids

    def entities(
        self, first: PathSegment, rest: Sequence[PathSegment], options: QueryOptions
    ) -> Answer:
        """EntityDefinitions, one of them, or what lies below one."""
        if first.arguments is None:
            if rest:
                raise faults.unknown_segment(rest[0].name)
            tables = self._schema.tables.values()
            rows = [definition_of(table, self._privilege_ids) for table in tables]
            kept = matching(rows, options.filter, _ENTITY)
            names = {str(row["LogicalName"]) for row in kept}
            return [self._entity(table, options) for table in tables if table.logical_name in names]
        table = table_named(self._schema, first.arguments)
        return self._below(table, rest, options) if rest else self._entity(table, options)

    def option_sets(
        self, first: PathSegment, rest: Sequence[PathSegment], options: QueryOptions
    ) -> Answer:
        """GlobalOptionSetDefinitions or one of them, with or without a type cast."""
        if options.filter is not None:
            msg = "The query parameter $filter is not supported for GlobalOptionSetDefinitions."
            raise faults.bad_request(msg)
        sets = self._schema.option_sets.items()
        rows = [global_option_set_row(name, values) for name, values in sets]
        if rest and not rest[0].name.startswith(_CRM):
            raise faults.unknown_segment(rest[0].name)
        return _one_or_all(rows, first, options, "OptionSetMetadata", "Name")

    def relationships(
        self, first: PathSegment, rest: Sequence[PathSegment], options: QueryOptions
    ) -> Answer:
        """RelationshipDefinitions or one of them; there are only one-to-many relationships."""
        rows = [
            row
            for table in self._schema.tables.values()
            for row in many_to_one_rows(self._schema, table)
        ]
        if rest and rest[0].name.endswith("ManyToManyRelationshipMetadata"):
            rows = []
        elif rest and not rest[0].name.endswith("OneToManyRelationshipMetadata"):
            raise faults.unknown_segment(rest[0].name)
        return _one_or_all(rows, first, options, "RelationshipMetadataBase", "SchemaName")

    def _entity(self, table: Table, options: QueryOptions) -> MetadataRow:
        row = selected(definition_of(table, self._privilege_ids), options.select, _ENTITY)
        for item in options.expand:
            nested = _nested_options(item)
            row[item.name] = self._collection(table, item.name, nested)
        return row

    def _collection(self, table: Table, name: str, options: QueryOptions) -> list[MetadataRow]:
        rows = self._rows(table, name)
        if rows is None:
            raise faults.unknown_property(_ENTITY, name)
        if name == "Attributes":
            return _attributes(rows, options, None)
        found = matching(rows, options.filter, name)
        return [selected(row, options.select, name) for row in found]

    def _rows(self, table: Table, name: str) -> list[MetadataRow] | None:
        readers: dict[str, Callable[[], Iterable[MetadataRow]]] = {
            "Attributes": lambda: attributes_of(table),
            "Keys": lambda: (key_row(table, key) for key in table.keys),
            "ManyToOneRelationships": lambda: many_to_one_rows(self._schema, table),
            "OneToManyRelationships": lambda: one_to_many_rows(self._schema, table),
            "ManyToManyRelationships": lambda: (),
        }
        reader = readers.get(name)
        return None if reader is None else list(reader())

    def _below(self, table: Table, rest: Sequence[PathSegment], options: QueryOptions) -> Answer:
        first, *more = rest
        if first.name == "Attributes":
            return self._below_attributes(table, first, more, options)
        if (first.name, first.arguments) == ("Privileges", None) and not more:
            return shown_privileges(table, options, self._privilege_ids)
        rows = self._rows(table, first.name)
        if rows is None or more:
            raise faults.unknown_segment(first.name)
        key = "SchemaName" if first.name.endswith("Relationships") else "LogicalName"
        return _one_or_all(rows, first, options, first.name, key)

    def _below_attributes(
        self,
        table: Table,
        first: PathSegment,
        rest: Sequence[PathSegment],
        options: QueryOptions,
    ) -> Answer:
        rows = list(attributes_of(table))
        cast = None
        if rest and rest[0].name.startswith(_CRM):
            cast = rest[0].name.removeprefix(_CRM)
            rows = _cast(rows, cast)
            rest = rest[1:]
        if first.arguments is None:
            if rest:
                raise faults.unknown_segment(rest[0].name)
            return _attributes(rows, options, cast)
        row = _named_row(rows, first.arguments, "LogicalName", "an attribute")
        if not rest:
            return _attributes([row], replace(options, filter=None), cast)[0]
        if cast is None or rest[0].name not in ("OptionSet", "GlobalOptionSet"):
            raise faults.unknown_segment(rest[0].name)
        found = row.get(f"\0{rest[0].name}")
        if not isinstance(found, dict):
            msg = "an option set"
            raise _missing(msg, rest[0].name)
        return selected(found, options.select, "OptionSetMetadata")


def definition_of(table: Table, privilege_ids: Mapping[str, str]) -> MetadataRow:
    """The EntityMetadata of a table, without its navigation properties."""
    return {**entity_row(table), "Privileges": privilege_rows(table, privilege_ids)}


@lru_cache(maxsize=256)
def attributes_of(table: Table) -> tuple[MetadataRow, ...]:
    """
    The attributes of a table, made once.

    Their option sets stand under names that begin with a NUL, which no client can select.
    """
    rows = []
    columns = table.columns
    for row in attribute_rows(table):
        column = columns[str(row["LogicalName"])]
        if column.kind in _CHOICES:
            options = option_set_row(table, column)
            row["\0OptionSet"] = options
            row["\0GlobalOptionSet"] = options if column.option_set else None
        rows.append(row)
    return tuple(rows)


def table_named(schema: Schema, arguments: str) -> Table:
    """The table that the parentheses of EntityDefinitions name, by logical name or id."""
    named = _NAMED.fullmatch(arguments)
    for table in schema.tables.values():
        if named is not None and (named[1], named[2]) == ("LogicalName", table.logical_name):
            return table
        if named is None and metadata_id(table.logical_name) == arguments.strip().lower():
            return table
    msg = "an entity"
    raise _missing(msg, arguments)


def column_named(table: Table, arguments: str) -> Column:
    """The column that the parentheses of Attributes name."""
    row = _named_row(attributes_of(table), arguments, "LogicalName", "an attribute")
    return table.columns[str(row["LogicalName"])]


def key_named(table: Table, arguments: str) -> AlternateKey:
    """The alternate key that the parentheses of Keys name."""
    rows = (key_row(table, key) for key in table.keys)
    name = _named_row(rows, arguments, "LogicalName", "a key")["SchemaName"]
    return next(key for key in table.keys if key.name == name)


def name_of_kind(kind: str, names: Iterable[str], arguments: str) -> str:
    """Which of *names* the parentheses of a definition of that kind name."""
    rows: list[MetadataRow] = [
        {"MetadataId": metadata_id(kind, name), "SchemaName": name, "Name": name} for name in names
    ]
    return str(_named_row(rows, arguments, "SchemaName", "a definition")["SchemaName"])


def _attributes(
    rows: Iterable[MetadataRow], options: QueryOptions, cast: str | None
) -> list[MetadataRow]:
    type_name = cast or _ATTRIBUTE
    common = _common_properties()
    wrong = [name for name in options.select or () if cast is None and name not in common]
    if wrong:
        raise faults.unknown_property(type_name, wrong[0])
    shown = []
    for row in matching(rows, options.filter, type_name):
        kept = _visible(row, options.select, type_name)
        for item in options.expand:
            kept[item.name] = _expanded(row, item, cast)
        if cast is not None:
            kept.pop("@odata.type", None)
        shown.append(kept)
    return shown


def _visible(row: MetadataRow, names: tuple[str, ...] | None, type_name: str) -> MetadataRow:
    kept = selected(row, names, type_name)
    kept["@odata.type"] = row["@odata.type"]
    return {name: value for name, value in kept.items() if not name.startswith("\0")}


def _expanded(row: MetadataRow, item: ExpandItem, cast: str | None) -> MetadataRow | None:
    if cast is None or f"\0{item.name}" not in row:
        raise faults.unknown_property(cast or _ATTRIBUTE, item.name)
    found = row[f"\0{item.name}"]
    if not isinstance(found, dict):
        return None
    return selected(found, item.select, "OptionSetMetadata")


def _cast(rows: Iterable[MetadataRow], cast: str) -> list[MetadataRow]:
    if cast not in _attribute_classes():
        msg = f"{_CRM}{cast}"
        raise faults.unknown_segment(msg)
    wanted = f"#{_CRM}{cast}"
    return [row for row in rows if row["@odata.type"] == wanted]


@lru_cache(maxsize=1)
def _attribute_classes() -> frozenset[str]:
    columns = (Column(logical_name="x", property_name="x", kind=kind) for kind in ColumnKind)
    return frozenset(attribute_class(column) for column in columns)


@lru_cache(maxsize=1)
def _common_properties() -> frozenset[str]:
    return common_properties()


def _one_or_all(
    rows: list[MetadataRow],
    segment: PathSegment,
    options: QueryOptions,
    type_name: str,
    key: str,
) -> Answer:
    if segment.arguments is not None:
        row = _named_row(rows, segment.arguments, key, "a definition")
        return selected(row, options.select, type_name)
    found = matching(rows, options.filter, type_name)
    return [selected(row, options.select, type_name) for row in found]


def _named_row(rows: Iterable[MetadataRow], arguments: str, key: str, what: str) -> MetadataRow:
    named = _NAMED.fullmatch(arguments)
    for row in rows:
        if named is not None and named[1] in (key, "Name", "SchemaName", "LogicalName"):
            if str(row.get(named[1])) == named[2]:
                return row
        elif row["MetadataId"] == arguments.strip().lower():
            return row
    raise _missing(what, arguments)


def _missing(what: str, arguments: str) -> faults.DataverseFault:
    message = f"Could not find {what} with the specified key: {arguments[:200]}"
    return faults.DataverseFault(404, "0x80040217", message)


def _nested_options(item: ExpandItem) -> QueryOptions:
    return QueryOptions(select=item.select, filter=item.filter, expand=item.expand)


def _shown(segment: PathSegment) -> str:
    return segment.name if segment.arguments is None else f"{segment.name}({segment.arguments})"


def _refuse(options: QueryOptions) -> None:
    for value, name in (
        (options.orderby, "$orderby"),
        (options.top, "$top"),
        (options.apply, "$apply"),
        (options.skiptoken, "$skiptoken"),
        (options.fetch_xml, "fetchXml"),
    ):
        if value:
            raise faults.unsupported(feature=f"the query option '{name}' on definitions")
