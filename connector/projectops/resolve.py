"""A tenant that a run can rely on: its metadata read, its names, choices and conditions tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.mapping import MappingError
from connector.projectops.conditions import condition_faults
from connector.projectops.tenant import read_tenant

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from connector.dataverse.client import DataverseClient
    from connector.mapping import TenantMapping
    from connector.projectops.tenant import Tenant


def resolve_tenant(client: DataverseClient, mapping: TenantMapping, zone: ZoneInfo) -> Tenant:
    """
    Sign in and read the metadata that reading and writing need: two requests.

    One more for each condition of the mapping. Raises `MappingError` when choices cannot be
    resolved or a condition is refused, and `DataverseError` when the tenant cannot be read.
    """
    tenant = read_tenant(client, mapping, zone)
    if faults := tuple(f"- {fault}" for fault in condition_faults(client, tenant)):
        origin = "of this tenant (proforma check tells more)"
        raise MappingError(origin, faults)
    return tenant
