"""Utilization by role of a period: compute it, and write its rows (section 12, DR-24)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid5

from connector.invoicing.utilization import utilization_by_role
from connector.projectops.utilization import (
    read_staff,
    read_worked_time,
    require_utilization,
)
from connector.projectops.utilization_rows import write_roles
from connector.utilization_report import UtilizationReport

if TYPE_CHECKING:
    from datetime import date

    from connector.usecases.environment import Environment

#: Days before the run day that count (U1, DR-24).
DAYS: Final = 7


def days_before(run_day: date) -> tuple[date, date]:
    """The first and the last of the seven days before *run_day* (DR-24)."""
    return run_day - timedelta(days=DAYS), run_day - timedelta(days=1)


def compute_utilization(
    environment: Environment, first: date, last: date, *, write: bool
) -> UtilizationReport:
    """
    The utilization by role from *first* to *last*, both inclusive; with *write* its rows are set.

    Raises `MappingError` where the tenant lacks a table or column, `RowFault` for a value that
    does not fit, and what the service answers.
    """
    client, tenant = environment.client, environment.tenant
    require_utilization(client, tenant)
    staff = read_staff(client, tenant, first, last)
    found = utilization_by_role(staff.resources, read_worked_time(client, tenant, first, last))
    written = None
    if write:
        organization = tenant.organization_id
        ids = {
            item.role.id: uuid5(organization, f"role utilization {item.role.id}")
            for item in found.roles
        }
        written = write_roles(client, tenant, found.roles, ids)
    return UtilizationReport(
        first=first, last=last, utilization=found, left_out=staff.left_out, written=written
    )
