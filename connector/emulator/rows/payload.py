"""A JSON body taken apart: checked column values, bound lookups and nested rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.rows.ownership import OWNERSHIP, settable
from connector.emulator.schema.decoding import decoders
from connector.emulator.schema.model import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Collection, Link, Navigation, Schema, Table
    from connector.emulator.schema.values import NewValues, RowValues

_BIND: Final = "@odata.bind"
_LARGE: Final = frozenset({ColumnKind.DECIMAL, ColumnKind.MONEY, ColumnKind.BIGINT})
_WHOLE: Final = re.compile(r"-?\d{1,40}", re.ASCII)
_DECIMAL: Final = re.compile(r"-?\d{1,40}\.\d{1,40}", re.ASCII)
_NO_DIRECT_LOOKUP: Final = (
    "CRM do not support direct update of Entity Reference properties, "
    "Use Navigation properties instead."
)

JsonObject = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A lookup set by ``@odata.bind``; *target* is the address as sent, None clears it."""

    navigation: Navigation
    target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionBind:
    """Rows of a collection associated by ``@odata.bind``, addresses as sent."""

    collection: Collection | Link
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedRow:
    """A row to create together with its parent, through a single-valued navigation property."""

    navigation: Navigation
    body: JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedRows:
    """Rows to create together with their parent, through a collection."""

    collection: Collection | Link
    bodies: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedRow:
    """
    What a body asks for; ``values`` by logical name hold no lookups.

    ``ignored`` names read-only properties the body set: Dataverse drops them in silence.
    ``odata_id`` and ``odata_type`` are the body's own annotations.
    """

    values: RowValues
    binds: tuple[Bind, ...] = ()
    collection_binds: tuple[CollectionBind, ...] = ()
    nested: tuple[NestedRow, ...] = ()
    nested_collections: tuple[NestedRows, ...] = ()
    ignored: tuple[str, ...] = ()
    odata_id: str | None = None
    odata_type: str | None = None


def decode_payload(
    schema: Schema, table: Table, body: Mapping[str, object], *, numbers_as_text: bool = False
) -> DecodedRow:
    """
    The parts of a body, in its order.

    With *numbers_as_text* large numbers may be texts, as `IEEE754Compatible=true` announces.

    Raises the documented 400 for an undeclared property (0x80048d19), a lookup set directly
    (0x80060888) and every value that its column refuses.
    """
    parts = _Parts(schema, table, numbers_as_text=numbers_as_text)
    for name, raw in body.items():
        parts.take(name, raw)
    return parts.finished(body)


class _Parts:
    """Collects the parts of one body."""

    def __init__(self, schema: Schema, table: Table, *, numbers_as_text: bool) -> None:
        self.schema = schema
        self.numbers_as_text = numbers_as_text
        self.table = table
        self.values: NewValues = {}
        self.binds: list[Bind] = []
        self.collection_binds: list[CollectionBind] = []
        self.nested: list[NestedRow] = []
        self.nested_collections: list[NestedRows] = []
        self.ignored: list[str] = []

    def take(self, name: str, raw: object) -> None:
        """Add one property or annotation."""
        if name.endswith(_BIND):
            self._bind(name.removesuffix(_BIND), raw)
        elif "@" in name:
            self._annotation(name)
        elif name in self.table.properties:
            self._column(name, raw)
        else:
            self._navigation(name, raw)

    def finished(self, body: Mapping[str, object]) -> DecodedRow:
        """Everything collected."""
        return DecodedRow(
            values=self.values,
            binds=tuple(self.binds),
            collection_binds=tuple(self.collection_binds),
            nested=tuple(self.nested),
            nested_collections=tuple(self.nested_collections),
            ignored=tuple(self.ignored),
            odata_id=_text_or_none(body.get("@odata.id")),
            odata_type=_text_or_none(body.get("@odata.type")),
        )

    def _column(self, name: str, raw: object) -> None:
        column = self.table.properties[name]
        if column.is_lookup:
            raise faults.bad_request(_NO_DIRECT_LOOKUP)
        if column.kind is ColumnKind.FILE:
            raise faults.file_in_body(self.table.logical_name, name)
        if self.numbers_as_text and isinstance(raw, str) and column.kind in _LARGE:
            raw = _number(raw)
        value = decoders(self.table)[name](raw)
        if column.read_only:
            self.ignored.append(name)
        else:
            self.values[column.logical_name] = value

    def _annotation(self, name: str) -> None:
        prefix = name.partition("@")[0]
        table = self.table
        known = (table.properties, table.navigations, table.collections, table.links)
        if prefix and not any(prefix in names for names in known):
            raise faults.undeclared_property(prefix, self.table.logical_name)

    def _bind(self, name: str, raw: object) -> None:
        navigation = self.table.navigations.get(name)
        if navigation is not None and (raw is None or isinstance(raw, str)):
            self._single_bind(navigation, raw)
            return
        collection = self.table.collections.get(name) or self.table.links.get(name)
        if collection is None and navigation is None:
            raise faults.undeclared_property(name, self.table.logical_name)
        if collection is None or not isinstance(raw, list) or not _all(raw, str):
            raise faults.wrong_type(name, raw, "an entity reference link")
        self.collection_binds.append(CollectionBind(collection=collection, targets=tuple(raw)))

    def _single_bind(self, navigation: Navigation, target: str | None) -> None:
        bound = settable(self.table, navigation)
        if bound is None:
            self.ignored.append(navigation.name)
        else:
            self.binds.append(Bind(navigation=bound, target=target))

    def _navigation(self, name: str, raw: object) -> None:
        navigation = self.table.navigations.get(name)
        collection = self.table.collections.get(name) or self.table.links.get(name)
        if navigation is None and collection is None:
            raise faults.invalid_property(self.table.logical_name, name)
        if navigation is not None and raw is None:
            self._single_bind(navigation, None)
        elif navigation is not None and isinstance(raw, dict) and name not in OWNERSHIP:
            self.nested.append(NestedRow(navigation=navigation, body=raw))
        elif collection is not None and isinstance(raw, list) and _all(raw, dict):
            self.nested_collections.append(NestedRows(collection=collection, bodies=tuple(raw)))
        else:
            raise faults.wrong_type(name, raw, "an entity or a list of entities")


def _number(text: str) -> object:
    """The number of a text; the text itself where it is none, to be refused as such."""
    if _WHOLE.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


def _all(items: list[object], kind: type) -> bool:
    return all(isinstance(item, kind) for item in items)


def _text_or_none(raw: object) -> str | None:
    return raw if isinstance(raw, str) else None
