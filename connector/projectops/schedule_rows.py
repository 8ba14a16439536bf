"""Generated schedule rows and periodic milestones as requests (G2, M7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.operations import request_create_with_id
from connector.dataverse.values import write_date
from connector.invoicing.choices import (
    MilestoneStatus,
    RunStatus,
    TransactionClass,
    TransactionType,
)
from connector.projectops.binding import bind

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
    values: dict[str, JsonValue] = {
        names.name: row.run_date.isoformat(),
        names.status: tenant.choices.run_status.number_of[RunStatus.NOT_RUN],
        names.run_date.column: _date(tenant, names.table, names.run_date, row.run_date),
        names.cutoff_date.column: _date(tenant, names.table, names.cutoff_date, row.cutoff_date),
        **bind(names.contract_line_navigation, tenant.mapping.contract_line, row.contract_line_id),
    }
    return request_create_with_id(names.set, row.id, values)


def _milestone(tenant: Tenant, snapshot: ContractSnapshot, item: GeneratedMilestone) -> Request:
    """Both date columns are filled, as the platform does (T3)."""
    names, choices, tables = tenant.mapping.milestone, tenant.choices, tenant.mapping
    contract = snapshot.contract
    line = next(line for line in snapshot.lines if line.id == item.contract_line_id)
    values: dict[str, JsonValue] = {
        names.name: item.name,
        names.status: choices.milestone_status.number_of[MilestoneStatus.NOT_READY],
        names.transaction_type: choices.transaction_type.number_of[
            TransactionType.PROJECT_CONTRACT
        ],
        names.transaction_class: choices.transaction_class.number_of[TransactionClass.MILESTONE],
        **{column.column: _date(tenant, names.table, column, item.date) for column in names.dates},
        names.amount: item.amount,
        names.tax: item.tax,
        **bind(names.contract_navigation, tables.contract, contract.id),
        **bind(names.contract_line_navigation, tables.contract_line, line.id),
        **bind(names.currency_navigation, tables.currency, contract.currency.id),
        **bind(names.project_navigation, tables.related.project, line.project_id),
    }
    return request_create_with_id(names.set, item.id, values)


def _date(tenant: Tenant, table: str, column: DateColumn, day: date) -> str:
    return write_date(day, tenant.behaviour(table, column), tenant.zone)
