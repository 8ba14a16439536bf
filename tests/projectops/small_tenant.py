"""A tenant by its mapping alone, for what needs neither metadata nor rows."""

from __future__ import annotations

from uuid import UUID
from zoneinfo import ZoneInfo

from connector.invoicing.ids import OrganizationId
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops.choices import resolve_choices
from connector.projectops.tenant import Tenant

MAPPING = load_mapping()


def small_tenant(zone: str = "UTC") -> Tenant:
    """A tenant that has what the shipped mapping says, in the business time zone *zone*."""
    return Tenant(
        organization_id=OrganizationId(UUID(int=1)),
        mapping=MAPPING,
        choices=resolve_choices(MAPPING.choices, {}),
        zone=ZoneInfo(zone),
        columns={},
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
    )
