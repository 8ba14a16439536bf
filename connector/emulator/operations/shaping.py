"""Documents brought into the form that a client accepts: levels of metadata, numbers as texts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator.protocol.formats import Format, Metadata
from connector.emulator.schema.model import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Schema, Table

Document = dict[str, object]
_CRM: Final = "Microsoft.Dynamics.CRM."
_ODATA: Final = "@odata."
_COUNT: Final = "@odata.count"
_KEPT_ALWAYS: Final = ("@odata.nextLink", _COUNT, "@odata.deltaLink")
# Types that JSON does not tell from others.
_TYPES: Final[Mapping[ColumnKind, str]] = {
    ColumnKind.MONEY: "#Decimal",
    ColumnKind.DECIMAL: "#Decimal",
    ColumnKind.BIGINT: "#Int64",
    ColumnKind.DATETIME: "#DateTimeOffset",
    ColumnKind.DATE: "#Date",
    ColumnKind.GUID: "#Guid",
    ColumnKind.FILE: "#Guid",
    ColumnKind.LOOKUP: "#Guid",
    ColumnKind.CUSTOMER: "#Guid",
    ColumnKind.OWNER: "#Guid",
    ColumnKind.IMAGE: "#Binary",
}


class Shaper:
    """Brings the documents of one request into one form."""

    def __init__(self, schema: Schema, root: str, form: Format) -> None:
        self._schema = schema
        self._root = root
        self._form = form

    def document(self, document: Mapping[str, object], table: Table | None) -> Document:
        """A whole answer; rows of *table* stand in it or are it."""
        values = document.get("value")
        if isinstance(values, list):
            rows = [self._row(one, table) if isinstance(one, dict) else one for one in values]
            return self._plain({**document, "value": rows})
        return self._row(document, table)

    def _row(self, row: Mapping[str, object], table: Table | None) -> Document:
        known = table if table is not None and table.primary_id in row else None
        shaped = dict(row)
        if known is not None:
            for name, value in row.items():
                shaped[name] = self._related(known, name, value)
            if self._form.numbers_as_text:
                shaped |= _large_numbers(known, row)
            if self._form.metadata is Metadata.FULL:
                shaped = {**self._identity(known, row), **_typed(known, shaped)}
                shaped |= self._links(known, row)
        return self._plain(shaped)

    def _related(self, table: Table, name: str, value: object) -> object:
        other = self._target(table, name)
        if other is None:
            return value
        if isinstance(value, list):
            return [self._row(one, other) for one in value if isinstance(one, dict)]
        return self._row(value, other) if isinstance(value, dict) else value

    def _target(self, table: Table, name: str) -> Table | None:
        navigation = table.navigations.get(name)
        if navigation is not None and name not in table.properties:
            target = "systemuser" if navigation.target == "principal" else navigation.target
            return self._schema.tables.get(target)
        collection = table.collections.get(name) or table.links.get(name)
        return self._schema.tables.get(collection.table) if collection is not None else None

    def _identity(self, table: Table, row: Mapping[str, object]) -> Document:
        address = f"{table.entity_set}({row[table.primary_id]})"
        return {
            "@odata.type": f"#{_CRM}{table.logical_name}",
            "@odata.id": f"{self._root}{address}",
            "@odata.editLink": address,
        }

    def _links(self, table: Table, row: Mapping[str, object]) -> Document:
        address = f"{self._root}{table.entity_set}({row[table.primary_id]})"
        names = (*table.navigations, *table.collections, *table.links)
        found: Document = {}
        for name in names:
            found[f"{name}@odata.associationLink"] = f"{address}/{name}/$ref"
            found[f"{name}@odata.navigationLink"] = f"{address}/{name}"
        return found

    def _plain(self, document: Document) -> Document:
        """Numbers and control information of one object, whatever it is."""
        if self._form.numbers_as_text:
            document = {name: _as_text(name, value) for name, value in document.items()}
        if self._form.metadata is Metadata.NONE:
            document = {name: value for name, value in document.items() if _is_kept(name)}
        return document


def _is_kept(name: str) -> bool:
    return _ODATA not in name or name.endswith(_KEPT_ALWAYS)


def _as_text(name: str, value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value) if name.endswith(_COUNT) else value


def _large_numbers(table: Table, row: Mapping[str, object]) -> Document:
    return {
        name: str(value)
        for name, value in row.items()
        if isinstance(value, int)
        and name in table.properties
        and table.properties[name].kind is ColumnKind.BIGINT
    }


def _typed(table: Table, row: Mapping[str, object]) -> Document:
    typed: Document = {}
    for name, value in row.items():
        column = table.properties.get(name)
        kind = _TYPES.get(column.kind) if column is not None and value is not None else None
        if kind is not None:
            typed[f"{name}@odata.type"] = kind
        typed[name] = value
    return typed
