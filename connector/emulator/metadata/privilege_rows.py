"""The privileges of a table as its definition shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.metadata.filter import matching
from connector.emulator.schema.privileges import privileges_of
from connector.emulator.schema.rights import Depth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.query.options import QueryOptions
    from connector.emulator.schema.metadata_rows import MetadataRow
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.privileges import Privilege

_TYPE = "SecurityPrivilegeMetadata"
_PROPERTIES = frozenset(
    {"CanBeBasic", "CanBeDeep", "CanBeEntityReference", "CanBeGlobal", "CanBeLocal"}
    | {"CanBeParentEntityReference", "CanBeRecordFilter", "Name", "PrivilegeId", "PrivilegeType"}
)


def privilege_rows(table: Table, ids: Mapping[str, str]) -> list[MetadataRow]:
    """
    The SecurityPrivilegeMetadata of a table, in the order of its role editor.

    *ids* gives the ids of privileges, by name, that are not the emulator's own.
    """
    return [_row(one, ids.get(one.name)) for one in privileges_of(table)]


def shown_privileges(
    table: Table, options: QueryOptions, ids: Mapping[str, str]
) -> list[MetadataRow]:
    """Those rows as the query options want them; 400 for a property that they do not have."""
    wrong = [item.name for item in options.expand]
    wrong += [name for name in options.select or () if name not in _PROPERTIES]
    if wrong:
        raise faults.unknown_property(_TYPE, wrong[0])
    rows = matching(privilege_rows(table, ids), options.filter, _TYPE)
    if options.select is None:
        return rows
    return [{name: row[name] for name in options.select} for row in rows]


def _row(one: Privilege, stored_id: str | None) -> MetadataRow:
    return {
        "CanBeBasic": one.can_be(Depth.BASIC),
        "CanBeDeep": one.can_be(Depth.DEEP),
        "CanBeEntityReference": False,
        "CanBeGlobal": one.can_be(Depth.GLOBAL),
        "CanBeLocal": one.can_be(Depth.LOCAL),
        "CanBeParentEntityReference": False,
        "CanBeRecordFilter": False,
        "Name": one.name,
        "PrivilegeId": stored_id or str(one.id),
        "PrivilegeType": one.kind,
    }
