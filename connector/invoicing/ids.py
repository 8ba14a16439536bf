"""The identities that the rules handle; mypy refuses to swap one for another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NewType, TypeAlias
from uuid import UUID

OrganizationId = NewType("OrganizationId", UUID)
ContractId = NewType("ContractId", UUID)
ContractLineId = NewType("ContractLineId", UUID)
ContractCustomerId = NewType("ContractCustomerId", UUID)
ContractLineCustomerId = NewType("ContractLineCustomerId", UUID)
CustomerId = NewType("CustomerId", UUID)
ScheduleRowId = NewType("ScheduleRowId", UUID)
MilestoneId = NewType("MilestoneId", UUID)
MilestoneHeaderId = NewType("MilestoneHeaderId", UUID)
ActualId = NewType("ActualId", UUID)
RetainerId = NewType("RetainerId", UUID)
CurrencyId = NewType("CurrencyId", UUID)
PriceListId = NewType("PriceListId", UUID)
ProjectId = NewType("ProjectId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
InvoiceLineId = NewType("InvoiceLineId", UUID)
InvoiceDetailId = NewType("InvoiceDetailId", UUID)
ConnectionId = NewType("ConnectionId", UUID)
ResourceId = NewType("ResourceId", UUID)
RoleId = NewType("RoleId", UUID)
#: The names of bookable resources, for reports.
ResourceNames: TypeAlias = Mapping[ResourceId, str]
