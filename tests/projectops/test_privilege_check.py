"""What `check` says of privileges, over a tenant that answers in the documented shapes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from connector.dataverse.privileges import Right
from connector.mapping import load_mapping
from connector.projectops.findings import Area, CheckReport, Severity
from connector.projectops.needed_privileges import Modes
from connector.projectops.privilege_check import privilege_findings
from tests.dataverse.far_side import answer, error
from tests.projectops.by_path import tenant_of
from tests.projectops.tables import described

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.message import Response
    from connector.projectops.findings import Finding

MAPPING = load_mapping()
USER = UUID(int=1)
CHILDREN = {"invoicedetail", "salesorderdetail"}
DEPTHS = ("Basic", "Local", "Deep", "Global")


def privilege_id(name: str) -> str:
    return str(uuid5(UUID(int=5), name))


@dataclass
class Tenant:
    """Holds every privilege globally but for *depths*; None is a privilege that is not held."""

    depths: Mapping[str, str | None] = field(default_factory=dict)
    in_force: Mapping[str, str] = field(default_factory=dict)
    refused: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> Response:
        self.asked.append(path)
        if any(part in path for part in self.refused):
            return error(403, "0x80040220", "no privilege")
        if table := re.search(r"LogicalName='(\w+)'\)/Privileges", path):
            if table.group(1) in self.lacking:
                return error(404, "0x80040217", "no such table")
            return answer(200, {"value": self._definitions(table.group(1))})
        if "RetrieveUserPrivileges" in path:
            names = (name for table in self._tables() for name in self._names(table))
            return self._held({name: self.depths.get(name, "Global") for name in names})
        if "ByNames" in path:
            return self._held(self.in_force)
        return answer(200, {"value": []})

    def findings(self, modes: Modes | None = None) -> tuple[Finding, ...]:
        client, _ = tenant_of(self.answer)
        return privilege_findings(client, MAPPING, modes or Modes(), described(MAPPING), USER)

    def _tables(self) -> set[str]:
        return {*described(MAPPING), "any", "msdyn_longrunningjobstatus"}

    def _names(self, table: str) -> tuple[str, ...]:
        return () if table in CHILDREN else tuple(f"prv{right}{table}" for right in Right)

    def _definitions(self, table: str) -> list[dict[str, object]]:
        can = {f"CanBe{word}": True for word in DEPTHS}
        return [
            {"Name": name, "PrivilegeId": privilege_id(name), "PrivilegeType": right.value, **can}
            for name, right in zip(self._names(table), Right, strict=False)
        ]

    def _held(self, depths: Mapping[str, str | None]) -> Response:
        rows = [
            {"PrivilegeId": privilege_id(name), "PrivilegeName": name, "Depth": depth}
            for name, depth in depths.items()
            if depth is not None
        ]
        return answer(200, {"RolePrivileges": rows})


def test_a_user_who_holds_everything_is_fit_in_two_requests() -> None:
    tenant = Tenant()

    (finding,) = tenant.findings()

    assert (finding.area, finding.severity) == (Area.PRIVILEGES, Severity.OK)
    assert re.search(r"all \d\d privileges", finding.text)
    alone = [path for path in tenant.asked if not path.startswith("EntityDefinitions")]
    assert alone == [f"systemusers({USER})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"]


def test_no_privilege_to_read_actuals_is_an_error_that_names_all_there_is_to_know() -> None:
    findings = Tenant({"prvReadmsdyn_actual": None}).findings()

    (finding,) = findings
    assert finding.severity is Severity.ERROR
    assert finding.text == (
        "msdyn_actual: the user lacks prvReadmsdyn_actual (Read), needed to read what is to be"
        " billed"
    )
    assert "depth Global" in finding.hint
    assert int(CheckReport(findings=findings).exit_code) == 2


def test_a_missing_privilege_of_a_parent_names_the_child_as_well() -> None:
    (finding,) = Tenant({"prvCreateinvoice": None}).findings()

    assert finding.text.startswith("invoice, invoicedetail: the user lacks prvCreateinvoice")
    assert "depth Basic" in finding.hint


def test_what_only_a_command_needs_is_a_warning() -> None:
    findings = Tenant({"prvDeleteinvoice": None}).findings()

    assert [f.severity for f in findings] == [Severity.WARNING]
    assert "undo a run" in findings[0].text
    assert int(CheckReport(findings=findings).exit_code) == 0


def test_every_missing_privilege_is_told_at_once() -> None:
    names = ("prvReadmsdyn_actual", "prvCreateinvoice", "prvWritemsdyn_contractlineinvoiceschedule")

    findings = Tenant(dict.fromkeys(names)).findings()

    assert {name for f in findings for name in names if f" {name} " in f.text} == set(names)
    assert len(findings) == 3


def test_what_a_mode_does_not_need_is_not_missed() -> None:
    lacking = Tenant({"prvAssigninvoice": None, "prvWritemsdyn_actual": None})

    assert [f.severity for f in lacking.findings()] == [Severity.OK]
    assert len(lacking.findings(Modes(owner=True))) == 1
    assert len(lacking.findings(Modes(owner=True, claims=True))) == 2


def test_platform_mode_needs_rights_to_jobs_only_where_the_tenant_has_their_table() -> None:
    table, modes = "msdyn_longrunningjobstatus", Modes(by_action=True)

    (finding,) = Tenant({f"prvRead{table}": None}).findings(modes)
    assert finding.text == (
        f"{table}: the user lacks prvRead{table} (Read), needed to have drafts made by the"
        " tenant's own action"
    )
    assert Tenant(lacking=(table,)).findings(modes)[0].severity is Severity.OK


def test_a_depth_that_leaves_rows_out_is_a_warning_with_whose_rows_are_reached() -> None:
    (finding,) = Tenant({"prvReadmsdyn_actual": "Local", "prvReadsalesorder": "Local"}).findings()

    assert finding.severity is Severity.WARNING
    assert finding.text == (
        "only rows of the user's business unit are reached (depth Local) by prvReadmsdyn_actual,"
        " prvReadsalesorder"
    )


def test_a_filter_that_lets_some_rows_through_is_told_as_such() -> None:
    (finding,) = Tenant({"prvReadmsdyn_actual": "RecordFilter"}).findings()

    assert finding.text.startswith("only rows that a filter lets through are reached")


def test_the_depth_basic_is_enough_to_create_drafts() -> None:
    tenant = Tenant({"prvCreateinvoice": "Basic"})

    assert tenant.findings()[0].severity is Severity.OK
    assert not [path for path in tenant.asked if "ByNames" in path]


def test_what_a_team_gives_counts_with_the_depth_in_force() -> None:
    by_team = {"prvReadmsdyn_actual": "Basic"}

    fit = Tenant(by_team, in_force={"prvReadmsdyn_actual": "Global"})
    (finding,) = fit.findings()
    assert finding.severity is Severity.OK
    assert fit.asked[-1].endswith('@names=["prvReadmsdyn_actual"]')

    (finding,) = Tenant(by_team, in_force={"prvReadmsdyn_actual": "Deep"}).findings()
    assert "depth Deep" in finding.text


def test_a_service_that_tells_no_depth_in_force_leaves_what_is_known() -> None:
    (finding,) = Tenant({"prvReadmsdyn_actual": "Basic"}, refused=("ByNames",)).findings()

    assert "belong to the user or its teams" in finding.text


def test_where_privileges_cannot_be_read_a_row_of_every_table_is_and_writing_is_said_unknown() -> (
    None
):
    tenant = Tenant(refused=("RetrieveUserPrivileges",))

    (finding,) = tenant.findings()

    assert finding.severity is Severity.WARNING
    assert "writing was not checked" in finding.text
    reads = {path.split("?")[0] for path in tenant.asked if "$top=1" in path}
    assert {"msdyn_actuals", "salesorders", "invoices", "msdyn_batchjobs"} <= reads
    assert len(reads) == 16


def test_a_table_that_may_not_be_read_is_named_where_privileges_cannot_be_read() -> None:
    findings = Tenant(refused=("RetrieveUserPrivileges", "msdyn_actuals?")).findings()

    assert [f.severity for f in findings] == [Severity.ERROR, Severity.WARNING]
    assert findings[0].text.startswith("msdyn_actual: the user may not read its rows: GET")
    assert int(CheckReport(findings=findings).exit_code) == 2


def test_definitions_that_cannot_be_read_are_no_reason_to_call_the_user_fit() -> None:
    findings = Tenant(refused=("/Privileges",)).findings()

    assert "writing was not checked" in findings[-1].text
