"""Utilization by role, for a person and as a document."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from connector.report.amounts import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from connector.invoicing.utilization import Hours, ResourceUtilization, RoleUtilization
    from connector.utilization_report import UtilizationReport

_HEADINGS = ("Target", "Billable", "Capacity h", "Billable h", "Non-billable h", "Internal h")


def print_utilization(console: Console, report: UtilizationReport) -> None:
    """A row a role and a row a resource with chargeable time, then what was left out."""
    console.print(Text(f"Utilization from {report.first} to {report.last}"))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Role, resource")
    for heading in _HEADINGS:
        table.add_column(heading, justify="right")
    for role in report.utilization.roles:
        table.add_row(*_role_cells(role), style="bold")
        for resource in role.resources:
            colour = resource.colour
            table.add_row(*_resource_cells(resource), style=colour.value if colour else None)
    console.print(table)
    for line in _remarks(report):
        console.print(Text(line), soft_wrap=True)


def utilization_text(report: UtilizationReport) -> str:
    """The same as a JSON document; percentages and hours are exact or rounded to 4 decimals."""
    found = report.utilization
    document = {
        "format": "proforma-utilization/1",
        "from": report.first.isoformat(),
        "to": report.last.isoformat(),
        "roles": [_role_document(role) for role in found.roles],
        "roles_without_capacity": [role.name for role in found.without_capacity],
        "unknown_hours": _number(found.unknown_hours),
        "resources_left_out": list(report.left_out),
        "written": None if report.written is None else list(report.written.written),
        "roles_left_out": None if report.written is None else list(report.written.left_out),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def utilization_sentence(report: UtilizationReport) -> str:
    """What was computed and written, in one sentence."""
    period = f"{report.first} to {report.last}"
    if report.written is None:
        return f"{period}: {len(report.utilization.roles)} roles"
    said = f"{period}: {len(report.written.written)} roles written"
    return "; ".join((said, *report.written.left_out, *report.left_out))


def _role_cells(role: RoleUtilization) -> tuple[str, ...]:
    difference = "" if role.difference is None else f" ({role.difference:+d})"
    share = f"{_percent(role.billable)}{difference}"
    return (role.role.name, _target(role.role.target), share, *_hours(role.hours))


def _resource_cells(resource: ResourceUtilization) -> tuple[str, ...]:
    share = _percent(resource.billable)
    name = f"  {resource.resource.name}"
    return (name, _target(resource.target), share, *_hours(resource.hours))


def _target(target: int | None) -> str:
    return "-" if target is None else f"{target} %"


def _percent(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)} %"


def _hours(hours: Hours) -> tuple[str, ...]:
    found = (hours.capacity, hours.billable, hours.non_billable, hours.internal)
    return tuple(plain(value) for value in found)


def _remarks(report: UtilizationReport) -> Iterator[str]:
    found = report.utilization
    if not found.roles:
        yield "No role has any capacity in this period."
    for role in found.without_capacity:
        yield f"Left out: role {role.name!r}, whose resources have no capacity in this period."
    for text in report.left_out:
        yield f"Left out: {text}."
    if found.unknown_hours:
        yield f"Counted nowhere: {plain(found.unknown_hours)} hours of resources left out."
    if report.written is not None:
        yield f"Written: {len(report.written.written)} roles."
        for text in report.written.left_out:
            yield f"Not written: {text}."


def _role_document(role: RoleUtilization) -> dict[str, object]:
    return {
        "role_id": str(role.role.id),
        "name": role.role.name,
        "target_percent": role.role.target,
        "utilization_percent": role.stored_percent,
        "difference": role.difference,
        **_hours_document(role.hours),
        "resources": [
            {
                "resource_id": str(item.resource.id),
                "name": item.resource.name,
                "target_percent": item.target,
                "colour": item.colour.value if item.colour else None,
                **_hours_document(item.hours),
            }
            for item in role.resources
        ],
    }


def _hours_document(hours: Hours) -> dict[str, str]:
    return {
        "capacity_hours": _number(hours.capacity),
        "billable_hours": _number(hours.billable),
        "non_billable_hours": _number(hours.non_billable),
        "internal_hours": _number(hours.internal),
        "billable_percent": _number(hours.percent(hours.billable)),
        "non_billable_percent": _number(hours.percent(hours.non_billable)),
        "internal_percent": _number(hours.percent(hours.internal)),
    }


def _number(value: Decimal) -> str:
    return plain(value.quantize(Decimal("0.0001"), ROUND_HALF_UP))
