"""Reading definitions: EntityDefinitions with everything below, option sets, relationships."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from connector.emulator import faults
from connector.emulator.metadata.column_rows import common_properties
from connector.emulator.metadata.filter import matching, selected
from connector.emulator.metadata.naming import (
    attributes_of,
    definition_of,
    missing,
    named_row,
    table_named,
)
from connector.emulator.metadata.option_set_rows import global_option_set_row
from connector.emulator.metadata.privilege_rows import PRIVILEGES, shown_privileges
from connector.emulator.metadata.relationship_rows import (
    key_row,
    many_to_many_rows,
    many_to_one_rows,
    one_to_many_rows,
)
from connector.emulator.metadata.rows import MetadataRow
from connector.emulator.query.options import QueryOptions
from connector.emulator.schema.identity import attribute_class
from connector.emulator.schema.model import Column, ColumnKind, Schema, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from connector.emulator.query.options import ExpandItem
    from connector.emulator.schema.languages import Languages

_CRM: Final = "Microsoft.Dynamics.CRM."
_ENTITY: Final = "EntityMetadata"
_ATTRIBUTE: Final = "AttributeMetadata"
_ENTITY_NAME: Final = "EntityNameAttributeMetadata"
_ONE_TO_MANY: Final = f"{_CRM}OneToManyRelationshipMetadata"
_MANY_TO_MANY: Final = f"{_CRM}ManyToManyRelationshipMetadata"


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
    languages: Languages | None = None,
) -> MetadataRow:
    """
    The answer to a GET of definitions, as a wire document.

    *root* is the service root; *languages* are those of the tenant and its reader, by default
    the schema's. Raises 404 for what does not exist, 400 for unknown properties
    and 501 for options and resources that are not supported.
    """
    _refuse(options)
    first, *rest = segments
    context = f"{root}$metadata#" + "/".join(_shown(segment) for segment in segments)
    reader = _Reader(schema, languages or schema.languages)
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

    def __init__(self, schema: Schema, languages: Languages) -> None:
        self._schema = schema
        self._languages = languages

    def entities(
        self, first: PathSegment, rest: Sequence[PathSegment], options: QueryOptions
    ) -> Answer:
        """EntityDefinitions, one of them, or what lies below one."""
        if first.arguments is None:
            if rest:
                raise faults.unknown_segment(rest[0].name)
            tables = self._schema.tables.values()
            rows = [definition_of(table, self._languages) for table in tables]
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
        labels = self._schema.option_set_labels
        rows = [
            global_option_set_row(name, values, labels.get(name, {}), self._languages)
            for name, values in self._schema.option_sets.items()
        ]
        if rest and not rest[0].name.startswith(_CRM):
            raise faults.unknown_segment(rest[0].name)
        return _one_or_all(rows, first, options, "OptionSetMetadata", "Name")

    def relationships(
        self, first: PathSegment, rest: Sequence[PathSegment], options: QueryOptions
    ) -> Answer:
        """RelationshipDefinitions or one of them, of both kinds or cast to one."""
        one_to_many = [
            row
            for table in self._schema.tables.values()
            for row in many_to_one_rows(self._schema, table, self._languages)
        ]
        many_to_many = list(many_to_many_rows(self._schema, self._languages))
        kinds = {_ONE_TO_MANY: one_to_many, _MANY_TO_MANY: many_to_many}
        if rest and rest[0].name not in kinds:
            raise faults.unknown_segment(rest[0].name)
        rows = kinds[rest[0].name] if rest else [*one_to_many, *many_to_many]
        return _one_or_all(rows, first, options, "RelationshipMetadataBase", "SchemaName")

    def _entity(self, table: Table, options: QueryOptions) -> MetadataRow:
        row = selected(definition_of(table, self._languages), options.select, _ENTITY)
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
            "Attributes": lambda: attributes_of(table, self._languages),
            "Keys": lambda: (key_row(table, key, self._languages) for key in table.keys),
            "ManyToOneRelationships": lambda: many_to_one_rows(
                self._schema, table, self._languages
            ),
            "OneToManyRelationships": lambda: one_to_many_rows(
                self._schema, table, self._languages
            ),
            "ManyToManyRelationships": lambda: many_to_many_rows(
                self._schema, self._languages, table
            ),
        }
        reader = readers.get(name)
        return None if reader is None else list(reader())

    def _below(self, table: Table, rest: Sequence[PathSegment], options: QueryOptions) -> Answer:
        first, *more = rest
        if first.name == "Attributes":
            return self._below_attributes(table, first, more, options)
        if (first.name, first.arguments) == (PRIVILEGES, None) and not more:
            return shown_privileges(table, options)
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
        rows = list(attributes_of(table, self._languages))
        cast = None
        if rest and rest[0].name.startswith(_CRM):
            cast = rest[0].name.removeprefix(_CRM)
            rows = _cast(rows, cast)
            rest = rest[1:]
        if first.arguments is None:
            if rest:
                raise faults.unknown_segment(rest[0].name)
            return _attributes(rows, options, cast)
        row = named_row(rows, first.arguments, "LogicalName", "an attribute")
        if not rest:
            return _attributes([row], replace(options, filter=None), cast)[0]
        if cast is None or rest[0].name not in ("OptionSet", "GlobalOptionSet"):
            raise faults.unknown_segment(rest[0].name)
        found = row.get(f"\0{rest[0].name}")
        if not isinstance(found, dict):
            msg = "an option set"
            raise missing(msg, rest[0].name)
        return selected(found, options.select, "OptionSetMetadata")


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


def _visible(
    row: Mapping[str, object], names: tuple[str, ...] | None, type_name: str
) -> MetadataRow:
    kept = selected(row, names, type_name)
    kept["@odata.type"] = row["@odata.type"]
    return {name: value for name, value in kept.items() if not name.startswith("\0")}


def _expanded(row: Mapping[str, object], item: ExpandItem, cast: str | None) -> MetadataRow | None:
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
    return frozenset({_ENTITY_NAME, *(attribute_class(column) for column in columns)})


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
        row = named_row(rows, segment.arguments, key, "a definition")
        return selected(row, options.select, type_name)
    found = matching(rows, options.filter, type_name)
    return [selected(row, options.select, type_name) for row in found]


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
