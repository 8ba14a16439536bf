"""Read an invoice frequency with its run days (F1-F4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.query import Query, field
from connector.invoicing.frequency import InvoiceFrequency, RunDay
from connector.projectops.choices import Weekday
from connector.projectops.decode import read_row
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.queries import lookup

if TYPE_CHECKING:
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.projectops.tenant import Tenant

_CALENDAR_ORDER = tuple(Weekday)


def read_frequency(client: DataverseClient, tenant: Tenant, key: UUID) -> InvoiceFrequency:
    """
    The invoice frequency *key*: one request.

    Raises `RecordUnknown` when there is none and `RowFault` for a value that does not fit.
    """
    names, details = tenant.mapping.invoice_frequency, tenant.mapping.invoice_frequency_detail
    headers, days = client.read_many(
        (
            Query(
                entity_set=names.set,
                select=(names.id, names.name, names.period, names.days_of_run, names.runs),
                filter=field(names.id).eq(key),
            ),
            Query(
                entity_set=details.set,
                select=(details.id, details.day_of_month, details.weekday, details.occurrence),
                filter=lookup(details.frequency).eq(key),
                order_by=(details.id,),
            ),
        )
    )
    if not headers:
        message = f"the invoice frequency {key} does not exist"
        raise RecordUnknown(message)
    return _frequency(tenant, headers[0], tuple(_run_day(tenant, row) for row in days))


def _frequency(tenant: Tenant, row: Row, days: tuple[RunDay, ...]) -> InvoiceFrequency:
    names, choices = tenant.mapping.invoice_frequency, tenant.choices
    reader = read_row(tenant, names, row)
    period = reader.choice(names.period, choices.frequency_period)
    days_of_run = reader.choice(names.days_of_run, choices.days_of_run)
    return InvoiceFrequency(
        name=reader.text(names.name) or str(reader.id),
        period=reader.required(names.period, period, "a period"),
        days_of_run=reader.required(names.days_of_run, days_of_run, "days of run"),
        runs=reader.integer(names.runs) or 1,
        days=days,
    )


def _run_day(tenant: Tenant, row: Row) -> RunDay:
    names, choices = tenant.mapping.invoice_frequency_detail, tenant.choices
    reader = read_row(tenant, names, row)
    day = reader.integer(names.day_of_month)
    weekday = reader.choice(names.weekday, choices.weekday)
    return RunDay(
        day=None if day is None else day - names.day_of_month_base,
        weekday=None if weekday is None else _CALENDAR_ORDER.index(weekday),
        occurrence=reader.choice(names.occurrence, choices.occurrence),
    )
