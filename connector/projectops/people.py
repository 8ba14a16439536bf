"""The names of people, for those who read a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.ids import ResourceId
from connector.projectops import queries
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.invoicing.ids import ResourceNames
    from connector.projectops.tenant import Tenant


def names_of_people(
    client: DataverseClient, tenant: Tenant, actuals: Mapping[ResourceId, UUID]
) -> ResourceNames:
    """
    The name of each resource, read with one of its *actuals*: no right on resources is needed.

    One that is not told (the actual is gone by now) has none. Raises `DataverseError`.
    """
    wanted = tuple(sorted(actuals.values()))
    rows = (row for query in queries.people_of(tenant, wanted) for row in client.read_all(query))
    return dict(pair for row in rows for pair in _named(tenant, row))


def _named(tenant: Tenant, row: Row) -> Iterator[tuple[ResourceId, str]]:
    names = tenant.mapping.actual
    reader = read_row(tenant, names, row)
    column = names.resource or ""
    resource, name = reader.lookup(column), reader.lookup_name(column)
    if resource is not None and name is not None:
        yield ResourceId(resource), name


def name_of_user(client: DataverseClient) -> str | None:
    """The full name of who is signed in, if the tenant tells it; raises `DataverseError`."""
    user = client.who_am_i().user_id
    row = client.get("systemusers", user, select=("fullname",))
    name = row.get("fullname") if row else None
    return name if isinstance(name, str) and name else None
