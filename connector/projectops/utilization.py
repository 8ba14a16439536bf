"""Read what utilization by role is computed from (section 12, DR-24)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.dataverse.query import Query, all_of, any_of, field
from connector.dataverse.values import DateBehaviour
from connector.invoicing.choices import AdjustmentStatus, TransactionClass, TransactionType
from connector.invoicing.ids import ResourceId, RoleId
from connector.invoicing.utilization import Resource, Role, WorkedTime
from connector.mapping import MappingError
from connector.projectops.decode import read_row
from connector.projectops.work_hours import read_work_hours

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.dataverse.query import Filter, Literal
    from connector.mapping import DateColumn
    from connector.mapping.tables import Table
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant

_ACTIVE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """
    The resources whose utilization is computed.

    *left_out* names those that cannot be: without a default role, or without a calendar.
    """

    resources: tuple[Resource, ...]
    left_out: tuple[str, ...]


def require_utilization(client: DataverseClient, tenant: Tenant) -> None:
    """Raise `MappingError` that lists every table and column of utilization that is missing."""
    found = client.metadata.tables([table.table for table in _tables(tenant)])
    faults = []
    for table in _tables(tenant):
        info = found.get(table.table)
        if info is None:
            faults.append(f"- the tenant has no table {table.table!r}")
            continue
        missing = [name for name in _columns(table) if name not in info.attributes]
        faults += [f"- table {table.table!r} has no column {name!r}" for name in missing]
    names = tenant.mapping.utilization
    for column in (names.actual_resource, names.actual_unit):
        if not tenant.has(tenant.mapping.actual.table, column):
            faults.append(f"- table {tenant.mapping.actual.table!r} has no column {column!r}")
    if faults:
        origin = "of this tenant, for utilization"
        raise MappingError(origin, tuple(faults))


def read_staff(client: DataverseClient, tenant: Tenant, first: date, last: date) -> Staff:
    """Active resources with default role and capacity from *first* to *last*, both inclusive."""
    roles_read, people, assigned = client.read_many(
        (_roles(tenant), _resources(tenant), _assignments(tenant))
    )
    roles = {role.id: role for role in (_role(tenant, row) for row in roles_read)}
    defaults = _default_roles(tenant, assigned)
    names = tenant.mapping.utilization.resource
    found = [_person(read_row(tenant, names, row), tenant, roles, defaults) for row in people]
    usable = [person for person in found if isinstance(person, _Person)]
    calendars = sorted({person.calendar for person in usable})
    hours = read_work_hours(client, tenant, calendars, first, last)
    return Staff(
        resources=tuple(replace(each.resource, capacity=hours[each.calendar]) for each in usable),
        left_out=tuple(sorted(person for person in found if isinstance(person, str))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    """A resource whose capacity its calendar is still to tell."""

    resource: Resource
    calendar: UUID


def _person(
    reader: RowReader, tenant: Tenant, roles: Mapping[RoleId, Role], defaults: Mapping[UUID, UUID]
) -> _Person | str:
    """A resource, or why its utilization cannot be computed."""
    names = tenant.mapping.utilization.resource
    name = reader.text(names.name) or str(reader.id)
    calendar = reader.lookup(names.calendar)
    role = roles.get(RoleId(defaults[reader.id])) if reader.id in defaults else None
    if role is None or calendar is None:
        lacks = "a default role" if role is None else "a calendar"
        return f"{name} ({reader.id}) lacks {lacks}"
    target = reader.integer(names.target)
    resource = Resource(
        id=ResourceId(reader.id), name=name, role=role, target=target, capacity=Decimal(0)
    )
    return _Person(resource=resource, calendar=calendar)


def read_worked_time(
    client: DataverseClient, tenant: Tenant, first: date, last: date
) -> tuple[WorkedTime, ...]:
    """The hours of time cost actuals dated from *first* to *last*, both inclusive (U4, U7)."""
    rows, units = client.read_many((_actuals(tenant, first, last), _units(tenant)))
    names = tenant.mapping.utilization.unit
    factors: dict[UUID, Decimal] = {}
    for row in units:
        reader = read_row(tenant, names, row)
        factors[reader.id] = reader.required(names.factor, reader.decimal(names.factor))
    return tuple(_worked(tenant, rows, factors))


def _tables(tenant: Tenant) -> tuple[Table, ...]:
    names = tenant.mapping.utilization
    return (
        *(names.resource, names.role, names.role_assignment),
        *(names.role_utilization, names.unit),
    )


def _columns(table: Table) -> Iterator[str]:
    for key in type(table).model_fields:
        value = getattr(table, key)
        if isinstance(value, str) and key not in {"table", "set", "role_navigation"}:
            yield value


def _roles(tenant: Tenant) -> Query:
    names = tenant.mapping.utilization.role
    return Query(
        entity_set=names.set, select=(names.id, names.name, names.target), order_by=(names.id,)
    )


def _resources(tenant: Tenant) -> Query:
    names = tenant.mapping.utilization.resource
    kinds = any_of(*(field(names.kind).eq(kind) for kind in names.kinds))
    return Query(
        entity_set=names.set,
        select=(names.id, names.name, names.target, f"_{names.calendar}_value"),
        filter=all_of(field(names.state).eq(_ACTIVE), kinds),
        order_by=(names.id,),
    )


def _assignments(tenant: Tenant) -> Query:
    names = tenant.mapping.utilization.role_assignment
    return Query(
        entity_set=names.set,
        select=(names.id, f"_{names.resource}_value", f"_{names.role}_value"),
        filter=all_of(field(names.state).eq(_ACTIVE), field(names.is_default).eq(value=True)),
        order_by=(names.id,),
    )


def _units(tenant: Tenant) -> Query:
    names = tenant.mapping.utilization.unit
    return Query(entity_set=names.set, select=(names.id, names.factor), order_by=(names.id,))


def _actuals(tenant: Tenant, first: date, last: date) -> Query:
    names, extra, numbers = tenant.mapping.actual, tenant.mapping.utilization, tenant.choices
    adjustment = numbers.adjustment_status.number_of
    kind = numbers.transaction_type.number_of[TransactionType.COST]
    time_class = numbers.transaction_class.number_of[TransactionClass.TIME]
    lookups = (extra.actual_resource, extra.actual_unit, names.contract)
    return Query(
        entity_set=names.set,
        select=(
            *(names.id, names.billing_type, names.quantity),
            *(f"_{name}_value" for name in lookups),
        ),
        filter=all_of(
            field(names.transaction_type).eq(kind),
            field(names.transaction_class).eq(time_class),
            field(names.adjustment_status).ne(adjustment[AdjustmentStatus.ADJUSTED]),
            field(names.adjustment_status).ne(adjustment[AdjustmentStatus.UNADJUSTABLE]),
            field(names.state).eq(_ACTIVE),
            _dated(tenant, first, last),
        ),
        order_by=(names.id,),
    )


def _dated(tenant: Tenant, first: date, last: date) -> Filter:
    """The date of an actual is its first date column that is not empty (T3)."""
    columns = tenant.mapping.actual.dates
    own = _within(tenant, columns[0], first, last)
    if len(columns) == 1:
        return own
    is_empty = field(columns[0].column).eq(None)
    return any_of(own, all_of(is_empty, _within(tenant, columns[1], first, last)))


def _within(tenant: Tenant, column: DateColumn, first: date, last: date) -> Filter:
    behaviour = tenant.behaviour(tenant.mapping.actual.table, column)
    begin, end = (_edge(tenant, behaviour, day) for day in (first, last + timedelta(days=1)))
    name = field(column.column)
    return all_of(name.ge(begin), name.lt(end))


def _edge(tenant: Tenant, behaviour: DateBehaviour, day: date) -> Literal:
    """Where *day* begins, as a value of the column."""
    if behaviour is DateBehaviour.DATE_ONLY:
        return day
    is_local = behaviour is DateBehaviour.USER_LOCAL
    return datetime.combine(day, time(), tenant.zone if is_local else UTC)


def _role(tenant: Tenant, row: Row) -> Role:
    names = tenant.mapping.utilization.role
    reader = read_row(tenant, names, row)
    return Role(
        id=RoleId(reader.id),
        name=reader.text(names.name) or str(reader.id),
        target=reader.integer(names.target),
    )


def _default_roles(tenant: Tenant, rows: Iterable[Row]) -> Mapping[UUID, UUID]:
    """The default role of each resource; `RowFault` for one with two (U5)."""
    names = tenant.mapping.utilization.role_assignment
    found: dict[UUID, UUID] = {}
    for row in rows:
        reader = read_row(tenant, names, row)
        resource = reader.required(names.resource, reader.lookup(names.resource))
        role = reader.required(names.role, reader.lookup(names.role))
        if found.get(resource, role) != role:
            raise reader.fault(names.is_default, f"one default role of resource {resource}")
        found[resource] = role
    return found


def _worked(
    tenant: Tenant, rows: Iterable[Row], factors: Mapping[UUID, Decimal]
) -> Iterator[WorkedTime]:
    names, extra = tenant.mapping.actual, tenant.mapping.utilization
    for row in rows:
        reader = read_row(tenant, names, row)
        quantity = reader.required(names.quantity, reader.decimal(names.quantity))
        unit = reader.lookup(extra.actual_unit)
        if unit is not None and unit not in factors:
            column = f"_{extra.actual_unit}_value"
            raise reader.fault(column, "a unit that exists")
        resource = reader.lookup(extra.actual_resource)
        if resource is None:
            continue
        yield WorkedTime(
            resource=ResourceId(resource),
            hours=quantity * (factors[unit] if unit is not None else Decimal(1)),
            billing_type=reader.choice(names.billing_type, tenant.choices.billing_type),
            is_internal=reader.lookup(names.contract) is None,
        )
