"""The tenant's own privileges behind what is needed: what a security role has to hold."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.privileges import table_privileges
from connector.projectops.mapped_names import mapped_tables
from connector.projectops.needed_privileges import GOVERNED, needed_privileges
from connector.projectops.tenant import require_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.metadata import Tables
    from connector.dataverse.privileges import Depth, TablePrivilege
    from connector.mapping import TenantMapping
    from connector.projectops.needed_privileges import Modes, NeededPrivilege, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePrivilege:
    """
    One privilege of the tenant that a role has to hold, and the depth that it needs.

    *needs* are the rights that it gives: some tables share a privilege, and a table without
    privileges of its own takes those of the table that it belongs to.
    """

    id: UUID
    name: str
    depth: Depth
    needs: tuple[NeededPrivilege, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it is needed for."""
        return tuple(dict.fromkeys(need.table for need in self.needs))

    @property
    def purposes(self) -> tuple[Purpose, ...]:
        """What it is needed for, over all tables."""
        return tuple(dict.fromkeys(purpose for need in self.needs for purpose in need.purposes))

    @property
    def is_for_runs(self) -> bool:
        """Whether a run needs it, and not a single command only."""
        return any(need.is_for_runs for need in self.needs)


def mapped_infos(client: DataverseClient, mapping: TenantMapping) -> Tables:
    """The definitions of the tables of *mapping* that the tenant has."""
    names = dict.fromkeys(table.table for _, table in mapped_tables(mapping))
    return client.metadata.tables(tuple(names))


def tenant_role(
    client: DataverseClient, mapping: TenantMapping, modes: Modes
) -> tuple[RolePrivilege, ...]:
    """What `read_role` tells; raises `MappingError` when the tenant lacks a required name."""
    tables = mapped_infos(client, mapping)
    require_names(mapping, tables)
    return read_role(client, mapping, modes, tables)


def read_role(
    client: DataverseClient, mapping: TenantMapping, modes: Modes, tables: Tables
) -> tuple[RolePrivilege, ...]:
    """What a role for these settings has to hold in this tenant, by the privileges' names."""
    needed = needed_privileges(mapping, modes, tables)
    asked = dict.fromkeys(name for need in needed for name in _tables_of(need.table))
    jobs = mapping.actions.job_table
    optional = () if jobs is None or jobs in tables else (jobs,)
    return role_of(needed, table_privileges(client, tuple(asked), optional))


def role_of(
    needed: Sequence[NeededPrivilege], offered: Mapping[str, Sequence[TablePrivilege]]
) -> tuple[RolePrivilege, ...]:
    """The privileges among *offered*, by table, that give what is *needed*, sorted by name."""
    needs: dict[UUID, list[NeededPrivilege]] = defaultdict(list)
    privileges: dict[UUID, TablePrivilege] = {}
    for need in needed:
        for privilege in _giving(need, offered):
            needs[privilege.id].append(need)
            privileges[privilege.id] = privilege
    return tuple(
        RolePrivilege(
            id=found.id,
            name=found.name,
            depth=max(found.least, *(need.depth for need in needs[found.id])),
            needs=tuple(needs[found.id]),
        )
        for found in sorted(privileges.values(), key=lambda privilege: privilege.name)
    )


def _giving(
    need: NeededPrivilege, offered: Mapping[str, Sequence[TablePrivilege]]
) -> Iterator[TablePrivilege]:
    """At most one: a right that a kind of table does not have needs no privilege."""
    for table in _tables_of(need.table):
        if offered.get(table):
            yield from (found for found in offered[table] if found.right is need.right)
            return


def _tables_of(table: str) -> tuple[str, ...]:
    """The table whose privileges count, and the one that decides where it has none."""
    return (table, GOVERNED[table]) if table in GOVERNED else (table,)
