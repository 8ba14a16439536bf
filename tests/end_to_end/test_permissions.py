"""Users who may not do everything: what `check` says of them, and what a run does then."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector import ExitCode
from connector.dataverse.errors import Forbidden
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from connector.outcome import InvoiceStatus, UndoStatus
from connector.projectops.findings import Area, Severity
from connector.projectops.needed_privileges import OF_DEFINITIONS
from tests.end_to_end.tenant import broken_invariants

if TYPE_CHECKING:
    from connector.projectops.findings import CheckReport, Finding
    from tests.end_to_end.tenant import TestTenant

DAY = date(2020, 10, 5)
USER = "user@emulator.invalid"
"""Whose requests carry no token."""

Role = dict[str, str]
"""The depth of each privilege, by its name."""


@pytest.fixture
def role(tenant: TestTenant) -> Role:
    """What `check --role` lists, and not a privilege more."""
    with tenant.connector() as connector:
        listed = {privilege.name: privilege.depth.name.lower() for privilege in connector.role()}
    return listed | dict.fromkeys(OF_DEFINITIONS, "global")


def checked(tenant: TestTenant) -> CheckReport:
    with tenant.connector() as connector:
        return connector.check()


def of_privileges(report: CheckReport) -> tuple[Finding, ...]:
    return tuple(finding for finding in report.findings if finding.area is Area.PRIVILEGES)


def test_a_user_with_the_listed_role_and_nothing_else_checks_runs_and_undoes(
    tenant: TestTenant, role: Role
) -> None:
    tenant.emulator.grant({USER: role})

    (finding,) = of_privileges(checked(tenant))
    with tenant.connector() as connector:
        report = connector.run(DAY, run_id="least")
        undone = connector.undo("least", undo_id="undoing")

    assert finding.severity is Severity.OK
    assert {outcome.status for outcome in report.outcomes} == {InvoiceStatus.WRITTEN}
    assert {fate.status for fate in undone.fates} == {UndoStatus.DELETED}
    assert broken_invariants(tenant) == []
    assert tenant.rows("invoices") == ()


def test_actuals_that_may_not_be_read_are_an_error_and_nothing_is_written(
    tenant: TestTenant, role: Role
) -> None:
    del role["prvReadmsdyn_actual"]
    tenant.emulator.grant({USER: role})

    report = checked(tenant)
    with tenant.connector() as connector, pytest.raises(Forbidden, match="prvReadmsdyn_actual"):
        connector.run(DAY, run_id="blind")

    (finding,) = of_privileges(report)
    assert finding.text.startswith("msdyn_actual: the user lacks prvReadmsdyn_actual (Read)")
    assert report.exit_code is ExitCode.USAGE
    assert tenant.rows("invoices") == ()


@pytest.mark.parametrize(
    "privilege",
    [
        "prvCreateInvoice",
        "prvAppendmsdyn_transactionconnection",
        "prvAppendTomsdyn_project",
        "prvWritemsdyn_contractlineinvoiceschedule",
    ],
)
def test_a_right_to_write_that_is_missing_is_foretold_and_leaves_rows_not_run(
    tenant: TestTenant, role: Role, privilege: str
) -> None:
    del role[privilege]
    tenant.emulator.grant({USER: role})
    before = tenant.rows("msdyn_contractlineinvoiceschedules")

    report = checked(tenant)
    with tenant.connector() as connector:
        run = connector.run(DAY, run_id="refused")

    (finding,) = of_privileges(report)
    assert finding.severity is Severity.ERROR
    assert f"lacks {privilege} " in finding.text
    assert InvoiceStatus.WRITTEN not in {outcome.status for outcome in run.outcomes}
    assert tenant.rows("invoices") == ()
    assert tenant.rows("msdyn_contractlineinvoiceschedules") == before


def test_a_right_that_only_undo_needs_does_not_keep_a_run_from_writing(
    tenant: TestTenant, role: Role
) -> None:
    del role["prvDeleteInvoice"]
    tenant.emulator.grant({USER: role})

    report = checked(tenant)
    with tenant.connector() as connector:
        run = connector.run(DAY, run_id="kept")

    assert [finding.severity for finding in of_privileges(report)] == [Severity.WARNING]
    assert report.exit_code is ExitCode.DONE
    assert {outcome.status for outcome in run.outcomes} == {InvoiceStatus.WRITTEN}


def test_rows_of_other_business_units_are_said_to_be_out_of_sight(
    tenant: TestTenant, role: Role
) -> None:
    tenant.emulator.grant({USER: role | {"prvReadmsdyn_actual": "local"}})

    report = checked(tenant)

    (finding,) = of_privileges(report)
    assert finding.severity is Severity.WARNING
    assert "business unit are reached (depth Local) by prvReadmsdyn_actual" in finding.text
    assert report.exit_code is ExitCode.DONE


def test_definitions_that_may_not_be_read_end_with_what_to_give(
    tenant: TestTenant, role: Role
) -> None:
    del role["prvReadEntity"]
    tenant.emulator.grant({USER: role})

    report = checked(tenant)

    assert report.exit_code is ExitCode.CANNOT_READ
    assert "prvReadEntity" in report.findings[0].hint


def test_a_tenant_that_tells_no_privileges_is_read_row_by_row(tenant: TestTenant) -> None:
    refused = ScriptedFault(
        kind=FaultKind.STATUS,
        path="RetrieveUserPrivileges",
        status=403,
        code="0x80040220",
        times=9,
    )
    tenant.emulator.plan(refused)

    report = checked(tenant)

    (finding,) = of_privileges(report)
    assert finding.severity is Severity.WARNING
    assert "writing was not checked" in finding.text
    assert report.exit_code is ExitCode.DONE
