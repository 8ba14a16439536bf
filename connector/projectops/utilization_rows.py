"""Write the rows that the chart Utilization by Role shows (U2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.batch import ChangeSet
from connector.dataverse.message import Response
from connector.dataverse.operations import request_create_with_id, request_update
from connector.dataverse.query import Query, field
from connector.projectops.binding import bind
from connector.projectops.decode import read_row
from connector.utilization_report import WrittenRoles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Request
    from connector.invoicing.ids import RoleId
    from connector.invoicing.utilization import RoleUtilization
    from connector.projectops.tenant import Tenant

_ACTIVE: Final = 0
#: What one change set holds at most; a tenant has fewer roles.
_ROWS_PER_CHANGE_SET: Final = 100


def write_roles(
    client: DataverseClient,
    tenant: Tenant,
    roles: Sequence[RoleUtilization],
    new_ids: Mapping[RoleId, UUID],
) -> WrittenRoles:
    """
    Set the one row of each role, or create it under its id of *new_ids*.

    A role without a target, which the column requires, or with several rows has none written.
    Raises the refusal of the service; nothing of its change set is written then.
    """
    there = _rows_by_role(client, tenant)
    requests: list[Request] = []
    written: list[str] = []
    left_out: list[str] = []
    for item in roles:
        rows = there.get(item.role.id, [])
        fault = _fault(item, rows)
        if fault is not None:
            left_out.append(f"role {item.role.name!r} ({item.role.id}) {fault}")
            continue
        written.append(item.role.name)
        requests.append(_write(tenant, item, rows, new_ids[item.role.id]))
    _send(client, requests)
    return WrittenRoles(written=tuple(written), left_out=tuple(left_out))


def _rows_by_role(client: DataverseClient, tenant: Tenant) -> Mapping[UUID | None, list[UUID]]:
    names = tenant.mapping.utilization.role_utilization
    found: dict[UUID | None, list[UUID]] = {}
    for row in client.read_all(_role_rows(tenant)):
        reader = read_row(tenant, names, row)
        found.setdefault(reader.lookup(names.role), []).append(reader.id)
    return found


def _fault(item: RoleUtilization, rows: Sequence[UUID]) -> str | None:
    if item.role.target is None:
        return "has no target utilization"
    return None if len(rows) in {0, 1} else f"has {len(rows)} rows where one is expected"


def _send(client: DataverseClient, requests: Sequence[Request]) -> None:
    for at in range(0, len(requests), _ROWS_PER_CHANGE_SET):
        change_set = ChangeSet(requests=tuple(requests[at : at + _ROWS_PER_CHANGE_SET]))
        for answer in client.batch((change_set,)):
            if not isinstance(answer, Response):
                raise answer


def _write(tenant: Tenant, item: RoleUtilization, rows: Sequence[UUID], new_id: UUID) -> Request:
    """The difference is the platform's to compute: its column is read-only (U2)."""
    tables = tenant.mapping.utilization
    names = tables.role_utilization
    values: dict[str, JsonValue] = {
        names.target: item.role.target,
        names.percent: item.stored_percent,
    }
    if rows:
        return request_update(names.set, rows[0], values)
    values |= {names.name: item.role.name, **bind(names.role_navigation, tables.role, item.role.id)}
    return request_create_with_id(names.set, new_id, values)


def _role_rows(tenant: Tenant) -> Query:
    names = tenant.mapping.utilization.role_utilization
    return Query(
        entity_set=names.set,
        select=(names.id, f"_{names.role}_value"),
        filter=field(names.state).eq(_ACTIVE),
        order_by=(names.id,),
    )
