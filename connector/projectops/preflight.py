"""Whether a tenant is as the mapping says: every fault of sign-in, names and numbers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError, Forbidden
from connector.mapping import MappingError
from connector.projectops.claims import CLAIM_WARNING
from connector.projectops.conditions import condition_faults
from connector.projectops.definition_check import definition_findings
from connector.projectops.dual_write import dual_write_findings
from connector.projectops.findings import Area, CheckReport, Finding, Severity, error, ok, warning
from connector.projectops.needed_privileges import OF_DEFINITIONS
from connector.projectops.platform_job import (
    invoice_jobs,
    other_job_text,
    other_jobs,
    platform_job_query,
)
from connector.projectops.privilege_check import privilege_findings
from connector.projectops.role import mapped_infos
from connector.projectops.rows import RowFault
from connector.projectops.tenant import Tenant, read_tenant
from connector.projectops.zone_check import zone_findings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from connector.dataverse.client import DataverseClient
    from connector.mapping import TenantMapping
    from connector.projectops.needed_privileges import Modes


def check_tenant(
    client: DataverseClient, mapping: TenantMapping, zone: ZoneInfo, modes: Modes
) -> CheckReport:
    """Look at everything that a run relies on; a handful of requests, nothing is written."""
    try:
        user = client.who_am_i()
        tables = mapped_infos(client, mapping)
    except DataverseError as failure:
        return CheckReport(findings=(error(Area.SIGN_IN, str(failure), _sign_in_hint(failure)),))
    signed_in = f"signed in as user {user.user_id} of organization {user.organization_id}"
    findings = [
        ok(Area.SIGN_IN, signed_in),
        *definition_findings(mapping, tables),
        *_claims(modes),
    ]
    if not any(_is_of_tables(item) for item in findings):
        findings += privilege_findings(client, mapping, modes, tables, user.user_id)
    if not any(item.severity is Severity.ERROR for item in findings):
        findings += _readable(client, mapping, zone)
    return CheckReport(findings=tuple(findings))


def _sign_in_hint(failure: DataverseError) -> str:
    if isinstance(failure, Forbidden):
        return f"give the user a role with {', '.join(OF_DEFINITIONS)}, depth Global"
    return "see [dataverse], [auth]"


def _is_of_tables(finding: Finding) -> bool:
    """Whether a table is missing or misnamed, so that rights to it cannot be asked for."""
    return finding.area is Area.TABLES and finding.severity is Severity.ERROR


def _claims(modes: Modes) -> Iterator[Finding]:
    if modes.claims:
        yield warning(Area.CLAIMS, CLAIM_WARNING, 'set claim = "verify" under [dataverse]')


def _readable(client: DataverseClient, mapping: TenantMapping, zone: ZoneInfo) -> Iterator[Finding]:
    """What only shows when rows are read: choices resolve, privileges suffice, no job is on."""
    try:
        tenant = read_tenant(client, mapping, zone)
        yield from _conditions(client, tenant)
        yield from zone_findings(client, tenant)
        yield from _job(client, tenant)
        yield from dual_write_findings(client, tenant.mapping)
    except (MappingError, DataverseError, RowFault) as failure:
        yield error(Area.CHOICES, str(failure), "see the mapping and the user's privileges")


def _conditions(client: DataverseClient, tenant: Tenant) -> Iterator[Finding]:
    for fault in condition_faults(client, tenant):
        yield error(Area.CONDITIONS, fault, "correct the condition in the mapping, or remove it")


def _job(client: DataverseClient, tenant: Tenant) -> Iterator[Finding]:
    rows = client.read_all(platform_job_query(tenant))
    jobs = invoice_jobs(tenant, rows)
    if not jobs:
        yield ok(Area.PLATFORM_JOB, "the tenant's own invoice job is not active")
    for job in jobs:
        text = f"the tenant's own invoice job {job!r} is active"
        yield error(Area.PLATFORM_JOB, text, "deactivate it, or run with --beside-platform-job")
    for job in other_jobs(tenant, rows):
        hint = "two jobs over one contract make two invoices"
        yield warning(Area.PLATFORM_JOB, other_job_text(job), hint)
