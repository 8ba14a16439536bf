"""How utilization is printed, told in a sentence and written as a document."""

from __future__ import annotations

import io
import json
from datetime import date
from decimal import Decimal

from rich.console import Console

from connector.invoicing.utilization import Utilization, utilization_by_role
from connector.report.utilization import (
    print_utilization,
    utilization_sentence,
    utilization_text,
)
from connector.utilization_report import UtilizationReport, WrittenRoles
from tests.invoicing.test_utilization import ANALYST, resource, worked

EXAMPLE = utilization_by_role(
    [resource(11, "32"), resource(12, "40"), resource(13, "0", role=ANALYST)],
    [worked(11, "24"), worked(12, "40"), worked(99, "1.5")],
)


def report(found: Utilization = EXAMPLE, written: WrittenRoles | None = None) -> UtilizationReport:
    return UtilizationReport(
        first=date(2020, 10, 5),
        last=date(2020, 10, 11),
        utilization=found,
        left_out=("Lee (id) lacks a calendar",),
        written=written,
    )


def shown(found: UtilizationReport) -> list[str]:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    print_utilization(console, found)
    assert isinstance(console.file, io.StringIO)
    return [" ".join(line.split()) for line in console.file.getvalue().splitlines()]


def test_a_role_comes_before_its_resources_and_what_is_left_out_is_named() -> None:
    lines = shown(report())

    assert lines[0] == "Utilization from 2020-10-05 to 2020-10-11"
    # 64 / 72 is 88.9 %: stored as 89, nine above the target of 80.
    assert "Developer 80 % 88.9 % (+9) 72 64 0 0" in lines
    assert "Person 11 80 % 75.0 % 32 24 0 0" in lines
    assert "Left out: role 'Analyst', whose resources have no capacity in this period." in lines
    assert "Left out: Lee (id) lacks a calendar." in lines
    assert "Counted nowhere: 1.5 hours of resources left out." in lines


def test_nothing_to_show_is_said() -> None:
    assert "No role has any capacity in this period." in shown(report(Utilization(roles=())))


def test_what_was_written_and_what_was_not_is_said() -> None:
    written = WrittenRoles(written=("Developer",), left_out=("role 'A' has no target",))

    lines = shown(report(written=written))

    assert lines[-2:] == ["Written: 1 roles.", "Not written: role 'A' has no target."]
    assert utilization_sentence(report(written=written)) == (
        "2020-10-05 to 2020-10-11: 1 roles written; role 'A' has no target;"
        " Lee (id) lacks a calendar"
    )
    assert utilization_sentence(report()) == "2020-10-05 to 2020-10-11: 1 roles"


def test_the_document_has_four_decimals_and_the_stored_percent() -> None:
    document = json.loads(utilization_text(report()))

    [role] = document["roles"]
    assert (role["billable_percent"], role["utilization_percent"]) == ("88.8889", 89)
    assert role["resources"][0]["colour"] == "yellow"
    assert document["roles_without_capacity"] == ["Analyst"]
    assert document["unknown_hours"] == "1.5"
    assert Decimal(role["capacity_hours"]) == 72
    assert document["written"] is None
