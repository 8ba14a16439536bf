"""The privileges of a table as its definition shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.metadata.filter import matching
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.privileges import privileges_of
from connector.emulator.schema.rights import Depth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.metadata.rows import MetadataRow
    from connector.emulator.query.options import QueryOptions
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.privileges import Privilege

PRIVILEGES: Final = "Privileges"
_TYPE: Final = "SecurityPrivilegeMetadata"
_ID: Final = "PrivilegeId"
_PROPERTIES: Final = frozenset(
    {"CanBeBasic", "CanBeDeep", "CanBeEntityReference", "CanBeGlobal", "CanBeLocal"}
    | {"CanBeParentEntityReference", "CanBeRecordFilter", "Name", _ID, "PrivilegeType"}
)


def privilege_rows(table: Table) -> list[MetadataRow]:
    """The SecurityPrivilegeMetadata of a table, in the order of its role editor."""
    return [_row(one) for one in privileges_of(table)]


def shown_privileges(table: Table, options: QueryOptions) -> list[MetadataRow]:
    """Those rows as the query options want them; 400 for a property that they do not have."""
    wrong = [item.name for item in options.expand]
    wrong += [name for name in options.select or () if name not in _PROPERTIES]
    if wrong:
        raise faults.unknown_property(_TYPE, wrong[0])
    rows = matching(privilege_rows(table), options.filter, _TYPE)
    return [{name: row[name] for name in options.select or row} for row in rows]


def with_ids(answer: MetadataRow, ids: Mapping[str, str]) -> MetadataRow:
    """An answer about definitions with the ids, by name, that an organisation's privileges have."""
    if not ids:
        return answer
    own = {metadata_id("privilege", name): known for name, known in ids.items()}
    return {name: _replaced(value, own) for name, value in answer.items()}


def _replaced(value: object, own: Mapping[str, str]) -> object:
    """A value with other ids of privileges in it; the answer itself is shared, and stays."""
    if isinstance(value, list):
        return [_replaced(one, own) for one in value]
    if not isinstance(value, dict):
        return value
    if _ID in value:
        return {**value, _ID: own.get(str(value[_ID]), value[_ID])}
    if PRIVILEGES in value:
        return {**value, PRIVILEGES: _replaced(value[PRIVILEGES], own)}
    return value


def _row(one: Privilege) -> MetadataRow:
    return {
        "CanBeBasic": one.can_be(Depth.BASIC),
        "CanBeDeep": one.can_be(Depth.DEEP),
        "CanBeEntityReference": False,
        "CanBeGlobal": one.can_be(Depth.GLOBAL),
        "CanBeLocal": one.can_be(Depth.LOCAL),
        "CanBeParentEntityReference": False,
        "CanBeRecordFilter": False,
        "Name": one.name,
        _ID: str(one.id),
        "PrivilegeType": one.kind,
    }
