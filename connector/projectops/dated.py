"""The contracts that a date calls out, whatever has been billed of them since (R1, M4)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from connector.dataverse.query import Expand, Filter, Query, all_of, any_of, field
from connector.dataverse.values import DateBehaviour
from connector.invoicing.ids import ContractId
from connector.projectops.decode import read_row
from connector.projectops.due_contracts import on_or_before

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.mapping.tables import DateColumn, MilestoneTable, ScheduleRowTable
    from connector.projectops.tenant import Tenant


def contracts_of_date(client: DataverseClient, tenant: Tenant, day: date) -> tuple[ContractId, ...]:
    """
    Contracts with a schedule row or milestone dated *day*, in any status; sorted.

    Raises `RowFault` for a row whose contract line cannot be read.
    """
    rows, milestones = tenant.mapping.schedule_row, tenant.mapping.milestone
    row_dates: tuple[DateColumn, ...] = (rows.run_date,)
    milestone_dates: tuple[DateColumn, ...] = (milestones.date, milestones.fallback_date)
    answers = client.read_many(
        (_query(tenant, rows, row_dates, day), _query(tenant, milestones, milestone_dates, day))
    )
    found = {
        *_dated(tenant, rows, row_dates, answers[0], day),
        *_dated(tenant, milestones, milestone_dates, answers[1], day),
    }
    return tuple(sorted(found))


def _query(
    tenant: Tenant,
    names: ScheduleRowTable | MilestoneTable,
    columns: Sequence[DateColumn],
    day: date,
) -> Query:
    contract = f"_{tenant.mapping.contract_line.contract}_value"
    return Query(
        entity_set=names.set,
        select=(names.id, *(column.column for column in columns)),
        filter=any_of(*(_around(tenant, names.table, column, day) for column in columns)),
        order_by=(names.id,),
        expand=(Expand(navigation=names.contract_line_navigation, select=(contract,)),),
    )


def _around(tenant: Tenant, table: str, column: DateColumn, day: date) -> Filter:
    """A window that holds the whole *day*, wherever its midnight is."""
    upper = on_or_before(tenant, table, column, day)
    if tenant.behaviour(table, column) is DateBehaviour.DATE_ONLY:
        return all_of(upper, field(column.column).ge(day))
    before = datetime.combine(day - timedelta(days=1), time(), tzinfo=UTC)
    return all_of(upper, field(column.column).ge(before))


def _dated(
    tenant: Tenant,
    names: ScheduleRowTable | MilestoneTable,
    columns: Sequence[DateColumn],
    rows: Sequence[Row],
    day: date,
) -> Iterator[ContractId]:
    column = tenant.mapping.contract_line.contract
    for row in rows:
        reader = read_row(tenant, names, row)
        dates = (reader.date(item) for item in columns)
        if next((found for found in dates if found is not None), None) != day:
            continue
        line = row.get(names.contract_line_navigation)
        if not isinstance(line, dict):
            raise reader.fault(names.contract_line_navigation, "a contract line that can be read")
        inner = read_row(tenant, tenant.mapping.contract_line, line)
        yield ContractId(inner.required(column, inner.lookup(column), "a contract"))
