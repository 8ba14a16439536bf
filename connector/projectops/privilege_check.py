"""Whether the signed-in user may do what the configured modes need, by the service's own word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import DataverseError, Forbidden
from connector.dataverse.operations import request_read
from connector.dataverse.privileges import Depth, effective_depths, user_privileges
from connector.dataverse.query import Query
from connector.projectops.findings import Area, Finding, error, ok, warning
from connector.projectops.mapped_names import mapped_tables
from connector.projectops.role import read_role

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.metadata import Tables
    from connector.dataverse.privileges import Depths
    from connector.mapping import TenantMapping
    from connector.projectops.needed_privileges import Modes
    from connector.projectops.role import RolePrivilege

#: Whose rows a privilege reaches that does not reach all.
_REACH: Final = {
    Depth.RECORD_FILTER: "rows that a filter lets through",
    Depth.BASIC: "rows that belong to the user or its teams",
    Depth.LOCAL: "rows of the user's business unit",
    Depth.DEEP: "rows of the user's business unit and those below it",
}


def privilege_findings(
    client: DataverseClient,
    mapping: TenantMapping,
    modes: Modes,
    tables: Tables,
    user_id: UUID,
) -> tuple[Finding, ...]:
    """
    Every privilege that is missing or does not reach far enough; a handful of requests.

    Where privileges cannot be read, one row of every table is, and it is said that the rights to
    write are unknown.
    """
    try:
        held = user_privileges(client, user_id)
        role = read_role(client, mapping, modes, tables)
    except DataverseError as failure:
        return tuple(_by_reading(client, mapping, tables, failure))
    missing = [_missing(privilege) for privilege in role if privilege.id not in held]
    shallow = _too_shallow(client, user_id, role, held)
    found = (*missing, *_reaches(shallow))
    return found or (ok(Area.PRIVILEGES, f"the user holds all {len(role)} privileges needed"),)


def _missing(privilege: RolePrivilege) -> Finding:
    rights = dict.fromkeys(need.right.value for need in privilege.needs)
    text = (
        f"{', '.join(privilege.tables)}: the user lacks {privilege.name} ({', '.join(rights)}),"
        f" needed to {'; to '.join(privilege.purposes)}"
    )
    hint = (
        f"give the user a role that holds it with depth {privilege.depth.word};"
        " proforma check --role lists such a role"
    )
    tell = error if privilege.is_for_runs else warning
    return tell(Area.PRIVILEGES, text, hint)


def _too_shallow(
    client: DataverseClient,
    user_id: UUID,
    role: Sequence[RolePrivilege],
    held: Depths,
) -> tuple[RolePrivilege, ...]:
    """Those of *role* that the user holds to a lesser depth, with that depth in place of theirs."""
    found = [item for item in role if item.id in held and held[item.id] < item.depth]
    basic = [item.name for item in found if held[item.id] is Depth.BASIC]
    depths = {**held, **_in_force(client, user_id, basic)}
    return tuple(
        replace(item, depth=depths[item.id]) for item in found if depths[item.id] < item.depth
    )


def _in_force(client: DataverseClient, user_id: UUID, names: Sequence[str]) -> Depths:
    """What teams add to the depth Basic, as far as the service tells it."""
    try:
        return effective_depths(client, user_id, names)
    except DataverseError:  # an older service: the depth that is known then counts
        return {}


def _reaches(shallow: Sequence[RolePrivilege]) -> Iterator[Finding]:
    for depth, whose in _REACH.items():
        names = [privilege.name for privilege in shallow if privilege.depth is depth]
        if names:
            text = f"only {whose} are reached (depth {depth.word}) by {', '.join(names)}"
            hint = (
                "other rows are not seen, or are refused; give depth Global unless all contracts"
                " and what belongs to them are among these"
            )
            yield warning(Area.PRIVILEGES, text, hint)


def _by_reading(
    client: DataverseClient,
    mapping: TenantMapping,
    tables: Tables,
    failure: DataverseError,
) -> Iterator[Finding]:
    """Whether a row of each table can be read, where the service does not tell privileges."""
    there = [table for _, table in mapped_tables(mapping) if table.table in tables]
    queries = (Query(entity_set=table.set, select=(table.id,), top=1) for table in there)
    answers = client.batch([request_read(query) for query in queries], continue_on_error=True)
    for table, answer in zip(there, answers, strict=True):
        if isinstance(answer, Forbidden):
            text = f"{table.table}: the user may not read its rows: {answer}"
            yield error(Area.PRIVILEGES, text, "give the user a role that may read all of them")
        elif isinstance(answer, DataverseError):
            yield error(Area.PRIVILEGES, f"{table.table}: cannot be read: {answer}", "try again")
    text = f"privileges cannot be read, so writing was not checked: {failure}"
    hint = "compare the user's roles with docs/permissions.md by hand"
    yield warning(Area.PRIVILEGES, text, hint)
