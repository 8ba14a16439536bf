"""
Which contracts a date calls out (R1, M4), before any contract is read.

`find_due` is the first look of a run: what is open. `contracts_of_date` asks for what a date
called out, whatever has been billed of it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as field_of
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from connector.dataverse.query import Expand, Filter, Query, all_of, any_of, field
from connector.dataverse.values import FORMATTED, DateBehaviour
from connector.invoicing.choices import MilestoneStatus, RecordKind, RetainerStatus, RunStatus
from connector.invoicing.ids import ContractId
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.mapping.tables import DateColumn, MilestoneTable, ScheduleRowTable
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """
    A schedule row or ready milestone whose date passed without an invoice (R3, M6).

    The first look also takes what is due, or comes later, in this form.
    """

    kind: RecordKind
    id: UUID
    contract_id: ContractId
    contract_name: str
    date: date
    is_billable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """
    What the first look found.

    *contracts* have something due on the run date itself, by name and id; *calls* names, for each
    of them, the records that make it due, and *names* its name. *overdue* lists what earlier dates
    left behind, in any contract, by date. *other_jobs* names active jobs of the tenant that may
    make invoices too.
    """

    contracts: tuple[ContractId, ...]
    overdue: tuple[Overdue, ...]
    other_jobs: tuple[str, ...] = ()
    calls: Mapping[ContractId, frozenset[UUID]] = field_of(default_factory=dict)
    names: Mapping[ContractId, str] = field_of(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRows:
    """The rows of the first look, per table."""

    schedule_rows: Sequence[Row]
    milestones: Sequence[Row]
    retainers: Sequence[Row] = ()


def due_queries(
    tenant: Tenant, run_date: date, *, retries_failed: bool = False
) -> tuple[Query, Query]:
    """
    The two reads that answer which contracts are due: schedule rows and milestones.

    With *retries_failed* schedule rows whose run failed are asked for as well (DR-6, catch-up).
    """
    statuses = (RunStatus.NOT_RUN, *((RunStatus.FAILED,) if retries_failed else ()))
    return _schedule_query(tenant, run_date, statuses), _milestone_query(tenant, run_date)


def retainer_query(tenant: Tenant, run_date: date) -> Query | None:
    """
    The read of ready retainers up to *run_date*, for tenants that bill them alone (DR-17).

    None when the tenant has no retainers, or no number for a ready one.
    """
    names = tenant.mapping.retainer
    ready = tenant.choices.retainer_status.number_of.get(RetainerStatus.READY)
    if ready is None or not tenant.has_table(names):
        return None
    condition = all_of(
        field(names.status).eq(ready), on_or_before(tenant, names.table, names.date, run_date)
    )
    return Query(
        entity_set=names.set,
        select=(names.id, names.date.column, f"_{names.contract}_value"),
        filter=condition,
        order_by=(names.id,),
        annotations=(FORMATTED,),
    )


def find_due(
    tenant: Tenant, run_date: date, found_rows: DueRows, *, late_since: date | None = None
) -> Due:
    """
    The contracts due on *run_date*, from the rows that `due_queries` asked for.

    The rows may have been asked for by a later date. A ready milestone dated *late_since* or later
    makes its contract due although its date has passed (DR-9, catch-up). Raises `RowFault` for a
    row whose date or contract cannot be read: whether it is due could then only be guessed.
    """
    names = tenant.mapping
    milestones = list(_dated(tenant, names.milestone, names.milestone.dates, found_rows.milestones))
    schedule = _dated(
        tenant, names.schedule_row, (names.schedule_row.run_date,), found_rows.schedule_rows
    )
    found = [*schedule, *milestones]
    retained = list(_retained(tenant, found_rows.retainers))
    since = run_date if late_since is None else late_since
    late = [item for item in milestones if item.is_billable and since <= item.date < run_date]
    calling = [
        *(item for item in found if item.date == run_date),
        *(item for item in retained if item.date <= run_date),
        *late,
    ]
    names_of = {item.contract_id: item.contract_name for item in (*found, *retained)}
    calls = _calls(calling)
    overdue = (item for item in found if item.date < run_date and item.is_billable)
    return Due(
        contracts=tuple(sorted(calls, key=lambda item: (names_of[item], item))),
        overdue=tuple(sorted(overdue, key=lambda item: (item.date, item.kind, item.id))),
        calls=calls,
        names={contract: names_of[contract] for contract in calls},
    )


def _calls(calling: Sequence[Overdue]) -> Mapping[ContractId, frozenset[UUID]]:
    found: dict[ContractId, set[UUID]] = {}
    for item in calling:
        found.setdefault(item.contract_id, set()).add(item.id)
    return {contract: frozenset(records) for contract, records in found.items()}


def on_or_before(tenant: Tenant, table: str, column: DateColumn, day: date) -> Filter:
    """The rows whose calendar date in *column* is *day* or earlier."""
    behaviour = tenant.behaviour(table, column)
    if behaviour is DateBehaviour.DATE_ONLY:
        return field(column.column).le(day)
    zone = tenant.zone if behaviour is DateBehaviour.USER_LOCAL else UTC
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return field(column.column).lt(following)


def _retained(tenant: Tenant, rows: Sequence[Row]) -> Iterator[Overdue]:
    """Each retainer with its date and contract."""
    names = tenant.mapping.retainer
    for row in rows:
        reader = read_row(tenant, names, row)
        contract = reader.required(names.contract, reader.lookup(names.contract), "a contract")
        name = row.get(f"_{names.contract}_value@{FORMATTED}")
        yield Overdue(
            kind=RecordKind.RETAINER,
            id=reader.id,
            contract_id=ContractId(contract),
            contract_name=name if isinstance(name, str) else str(contract),
            date=reader.required(names.date.column, reader.date(names.date), "a date"),
        )


def _schedule_query(tenant: Tenant, run_date: date, statuses: Sequence[RunStatus]) -> Query:
    names = tenant.mapping.schedule_row
    numbers = tenant.choices.run_status.number_of
    condition = all_of(
        any_of(*(field(names.status).eq(numbers[status]) for status in statuses)),
        on_or_before(tenant, names.table, names.run_date, run_date),
    )
    return _query(tenant, names, (names.run_date.column, names.status), condition)


def _milestone_query(tenant: Tenant, run_date: date) -> Query:
    """Ready ones up to the date; not ready ones too, for a due milestone is worth a word (M4)."""
    names = tenant.mapping.milestone
    numbers, status = tenant.choices.milestone_status.number_of, field(names.status)
    dated = on_or_before(tenant, names.table, names.fallback_date, run_date)
    if names.date is not None:
        dated = any_of(
            on_or_before(tenant, names.table, names.date, run_date),
            all_of(field(names.date.column).eq(None), dated),
        )
    open_ones = any_of(
        status.eq(numbers[MilestoneStatus.READY]), status.eq(numbers[MilestoneStatus.NOT_READY])
    )
    select = (*(column.column for column in names.dates), names.status)
    return _query(tenant, names, select, all_of(open_ones, dated))


def _query(
    tenant: Tenant,
    names: ScheduleRowTable | MilestoneTable,
    select: tuple[str, ...],
    condition: Filter,
) -> Query:
    contract = f"_{tenant.mapping.contract_line.contract}_value"
    return Query(
        entity_set=names.set,
        select=(names.id, *select, f"_{names.contract_line}_value"),
        filter=condition,
        order_by=(names.id,),
        expand=(Expand(navigation=names.contract_line_navigation, select=(contract,)),),
        annotations=(FORMATTED,),
    )


def _dated(
    tenant: Tenant,
    names: ScheduleRowTable | MilestoneTable,
    columns: Sequence[DateColumn],
    rows: Sequence[Row],
) -> Iterator[Overdue]:
    is_milestone = names is tenant.mapping.milestone
    kind = RecordKind.MILESTONE if is_milestone else RecordKind.SCHEDULE_ROW
    for row in rows:
        reader = read_row(tenant, names, row)
        days = (reader.date(column) for column in columns)
        day = next((found for found in days if found is not None), None)
        contract, name = _contract_of(tenant, names, row)
        yield Overdue(
            kind=kind,
            id=reader.id,
            contract_id=contract,
            contract_name=name,
            date=reader.required(columns[0].column, day, "a date"),
            is_billable=_is_billable(tenant, names, reader),
        )


def _is_billable(
    tenant: Tenant, names: ScheduleRowTable | MilestoneTable, reader: RowReader
) -> bool:
    """Whether the record waits for nothing but a run: a milestone may still be not ready (M4)."""
    if names is not tenant.mapping.milestone:
        return True
    status = reader.choice(names.status, tenant.choices.milestone_status)
    return status is MilestoneStatus.READY


def _contract_of(
    tenant: Tenant, names: ScheduleRowTable | MilestoneTable, row: Row
) -> tuple[ContractId, str]:
    """Id and name of the contract, by way of the contract line that was brought along."""
    reader = read_row(tenant, names, row)
    line = row.get(names.contract_line_navigation)
    if not isinstance(line, dict):
        raise reader.fault("_" + names.contract_line + "_value", "a contract line that can be read")
    inner = read_row(tenant, tenant.mapping.contract_line, line)
    column = tenant.mapping.contract_line.contract
    contract = ContractId(inner.required(column, inner.lookup(column), "a contract"))
    name = line.get(f"_{column}_value@{FORMATTED}")
    return contract, name if isinstance(name, str) else str(contract)


def contracts_of_date(client: DataverseClient, tenant: Tenant, day: date) -> tuple[ContractId, ...]:
    """
    Contracts with a schedule row or milestone dated *day*, in any status; sorted.

    Raises `RowFault` for a row whose contract line cannot be read.
    """
    rows, milestones = tenant.mapping.schedule_row, tenant.mapping.milestone
    row_dates: tuple[DateColumn, ...] = (rows.run_date,)
    milestone_dates = milestones.dates
    answers = client.read_many(
        (
            _window_query(tenant, rows, row_dates, day),
            _window_query(tenant, milestones, milestone_dates, day),
        )
    )
    found = {
        *_contracts_dated(tenant, rows, row_dates, answers[0], day),
        *_contracts_dated(tenant, milestones, milestone_dates, answers[1], day),
    }
    return tuple(sorted(found))


def _window_query(
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


def _contracts_dated(
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
