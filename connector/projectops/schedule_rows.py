"""Generated schedule rows and periodic milestones as requests (G2, M7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.operations import request_create_with_id, row_path
from connector.dataverse.values import write_date
from connector.invoicing.choices import (
    MilestoneStatus,
    RunStatus,
    TransactionClass,
    TransactionType,
)

if TYPE_CHECKING:
    from datetime import date

    from connector.dataverse.message import JsonValue, Request
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.schedule_rows import GeneratedMilestone, GeneratedRow, Generation
    from connector.mapping import DateColumn
    from connector.projectops.tenant import Tenant


def schedule_requests(
    tenant: Tenant, snapshot: ContractSnapshot, generation: Generation
) -> tuple[Request, ...]:
    """One creation per row, each under its own key so that a second writing is refused."""
    return (
        *(_row(tenant, row) for row in generation.rows),
        *(_milestone(tenant, snapshot, item) for item in generation.milestones),
    )


def _row(tenant: Tenant, row: GeneratedRow) -> Request:
    names = tenant.mapping.schedule_row
    line = row_path(tenant.mapping.contract_line.set, row.contract_line_id)
    values: dict[str, JsonValue] = {
        names.name: row.run_date.isoformat(),
        names.status: tenant.choices.run_status.number_of[RunStatus.NOT_RUN],
        names.run_date.column: _date(tenant, names.table, names.run_date, row.run_date),
        names.cutoff_date.column: _date(tenant, names.table, names.cutoff_date, row.cutoff_date),
        f"{names.contract_line_navigation}@odata.bind": f"/{line}",
    }
    return request_create_with_id(names.set, row.id, values)


def _milestone(tenant: Tenant, snapshot: ContractSnapshot, item: GeneratedMilestone) -> Request:
    """Both date columns are filled, as the platform does (T3)."""
    names, choices = tenant.mapping.milestone, tenant.choices
    contract = snapshot.contract
    line = next(line for line in snapshot.lines if line.id == item.contract_line_id)
    bound = {
        names.contract_navigation: row_path(tenant.mapping.contract.set, contract.id),
        names.contract_line_navigation: row_path(tenant.mapping.contract_line.set, line.id),
        names.currency_navigation: row_path(tenant.mapping.currency.set, contract.currency.id),
    }
    if line.project_id is not None:
        bound[names.project_navigation] = row_path("msdyn_projects", line.project_id)
    values: dict[str, JsonValue] = {
        names.name: item.name,
        names.status: choices.milestone_status.number_of[MilestoneStatus.NOT_READY],
        names.transaction_type: choices.transaction_type.number_of[
            TransactionType.PROJECT_CONTRACT
        ],
        names.transaction_class: choices.transaction_class.number_of[TransactionClass.MILESTONE],
        names.date.column: _date(tenant, names.table, names.date, item.date),
        names.fallback_date.column: _date(tenant, names.table, names.fallback_date, item.date),
        names.amount: item.amount,
        names.tax: item.tax,
        **{f"{navigation}@odata.bind": f"/{path}" for navigation, path in bound.items()},
    }
    return request_create_with_id(names.set, item.id, values)


def _date(tenant: Tenant, table: str, column: DateColumn, day: date) -> str:
    return write_date(day, tenant.behaviour(table, column), tenant.zone)
