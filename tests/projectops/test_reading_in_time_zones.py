"""A tenant's rows, written in any time zone, read back as the same records with the same days."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.dataverse.values import DateBehaviour
from connector.invoicing.amounts import is_number
from connector.invoicing.choices import (
    NotToExceedStatus,
    RefundStatus,
    RetainerStatus,
    TransactionClass,
)
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.mapping import load_mapping
from connector.mapping.model import CopyRules
from connector.projectops import decode
from connector.projectops.choices import resolve_choices
from connector.projectops.tenant import Tenant
from tests.invoicing.ledger import ident
from tests.invoicing.tenants import DAYS, snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import StrEnum
    from uuid import UUID

    from connector.invoicing.model import Actual, ContractSnapshot, Milestone, Retainer, ScheduleRow
    from connector.mapping import DateColumn

#: Random tenants per property; a thorough run sets PROFORMA_EXAMPLES, for example to 1000.
EXAMPLES = int(os.environ.get("PROFORMA_EXAMPLES", "100"))
many = settings(max_examples=EXAMPLES, deadline=None)

ZONES = st.sampled_from(sorted(name for name in available_timezones() if "/" in name))
TIMES = st.integers(0, 24 * 60 - 1).map(lambda minutes: time(minutes // 60, minutes % 60))

MAPPING = load_mapping()
MILESTONE, ACTUAL, ROW, RETAINER = (
    MAPPING.milestone,
    MAPPING.actual,
    MAPPING.schedule_row,
    MAPPING.retainer,
)
assert MILESTONE.date is not None
assert ACTUAL.transaction_date is not None
MILESTONE_DATE: DateColumn = MILESTONE.date
TRANSACTION_DATE: DateColumn = ACTUAL.transaction_date
DATES = (
    (ROW.table, ROW.run_date),
    (ROW.table, ROW.cutoff_date),
    (MILESTONE.table, MILESTONE_DATE),
    (MILESTONE.table, MILESTONE.fallback_date),
    (ACTUAL.table, TRANSACTION_DATE),
    (ACTUAL.table, ACTUAL.fallback_date),
    (RETAINER.table, RETAINER.date),
)


def numbered(words: Iterable[StrEnum], first: int) -> dict[str, int]:
    return {word.value: first + place for place, word in enumerate(words)}


CHOICES = resolve_choices(
    MAPPING.choices,
    {
        "transaction_class": numbered(TransactionClass, 500),
        "not_to_exceed_status": numbered(NotToExceedStatus, 600),
        "retainer_status": numbered(RetainerStatus, 700),
        "refund_status": numbered(RefundStatus, 800),
    },
)


class Writer:
    """Rows as a tenant in one zone shows them; how each column is meant is drawn."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self.zone = ZoneInfo(draw(ZONES))
        self.behaviours = {
            (table, column.column): draw(st.sampled_from(DateBehaviour)) for table, column in DATES
        }
        self.tenant = Tenant(
            organization_id=ident("organization"),
            mapping=MAPPING,
            choices=CHOICES,
            zone=self.zone,
            columns={
                ACTUAL.table: _names(
                    {ACTUAL.tax, ACTUAL.not_to_exceed_status, ACTUAL.discount, ACTUAL.fee}
                    | {ACTUAL.contract_customer, ACTUAL.contract_line_customer}
                ),
                MILESTONE.table: _names(
                    {MILESTONE.header, MILESTONE.not_to_exceed_status, MILESTONE.active_state}
                    | {MILESTONE.contract_customer, MILESTONE.contract_line_customer}
                ),
                ROW.table: _names({ROW.active_state}),
                RETAINER.table: _names({RETAINER.active_state, RETAINER.refund_status}),
            },
            behaviours=self.behaviours,
            copies=CopyRules(),
            payment_terms={},
        )

    def day(self, table: str, column: DateColumn, value: date | None) -> dict[str, str | None]:
        """A day as the column shows it."""
        if value is None:
            return {column.column: None}
        behaviour = self.behaviours[table, column.column]
        if behaviour is DateBehaviour.DATE_ONLY:
            return {column.column: value.isoformat()}
        if behaviour is DateBehaviour.TIME_ZONE_INDEPENDENT:
            return {column.column: f"{value}T00:00:00Z"}
        return {column.column: self.instant(value).strftime("%Y-%m-%dT%H:%M:%SZ")}

    def instant(self, value: date) -> datetime:
        """Some moment of the day in the zone, seen from Greenwich; mostly its beginning."""
        at = self._draw(st.one_of(st.just(time()), TIMES))
        return datetime.combine(value, at, tzinfo=self.zone).astimezone(UTC)

    def first_of(
        self, table: str, columns: tuple[DateColumn, DateColumn], value: date | None
    ) -> dict[str, str | None]:
        """A day in the column that counts, with any day in the other one; or the other way."""
        preferred, fallback = columns
        if value is None or self._draw(st.booleans()):
            other = None if value is None else self._draw(DAYS)
            return self.day(table, preferred, value) | self.day(table, fallback, other)
        return self.day(table, preferred, None) | self.day(table, fallback, value)


def number(choice: Any, word: StrEnum | None) -> int | None:
    return None if word is None else choice.number_of[word]


def _names(columns: Iterable[str | None]) -> frozenset[str]:
    return frozenset(name for name in columns if name is not None)


def lookups(**ids: UUID | None) -> dict[str, str | None]:
    return {f"_{column}_value": str(key) if key else None for column, key in ids.items()}


def schedule_row(writer: Writer, row: ScheduleRow) -> dict[str, Any]:
    return {
        ROW.id: str(row.id),
        "@odata.etag": row.etag,
        ROW.status: number(CHOICES.run_status, row.status),
        str(ROW.active_state): 0 if row.is_active else 1,
        **writer.day(ROW.table, ROW.run_date, row.run_date),
        **writer.day(ROW.table, ROW.cutoff_date, row.cutoff_date),
        **lookups(
            **{
                ROW.contract_line: row.contract_line_id,
                ROW.milestone: row.milestone_id,
                ROW.invoice: row.invoice_id,
            }
        ),
    }


def milestone(writer: Writer, record: Milestone) -> dict[str, Any]:
    return {
        MILESTONE.id: str(record.id),
        "@odata.etag": record.etag,
        MILESTONE.name: record.name,
        MILESTONE.status: number(CHOICES.milestone_status, record.status),
        str(MILESTONE.not_to_exceed_status): number(
            CHOICES.not_to_exceed_status, record.not_to_exceed_status
        ),
        str(MILESTONE.active_state): 0 if record.is_active else 1,
        MILESTONE.amount: record.amount,
        MILESTONE.tax: record.tax,
        MILESTONE.description: record.description,
        MILESTONE.external_description: record.external_description,
        **writer.first_of(MILESTONE.table, (MILESTONE_DATE, MILESTONE.fallback_date), record.date),
        **lookups(
            **{
                MILESTONE.contract_line: record.contract_line_id,
                MILESTONE.currency: record.currency_id,
                str(MILESTONE.contract_customer): record.contract_customer_id,
                str(MILESTONE.contract_line_customer): record.contract_line_customer_id,
                str(MILESTONE.header): record.header_id,
            }
        ),
    }


def actual(writer: Writer, record: Actual, created: datetime | None) -> dict[str, Any]:
    dates = (TRANSACTION_DATE, ACTUAL.fallback_date)
    return {
        ACTUAL.id: str(record.id),
        "@odata.etag": record.etag,
        ACTUAL.transaction_type: number(CHOICES.transaction_type, record.transaction_type),
        ACTUAL.transaction_class: number(CHOICES.transaction_class, record.transaction_class),
        ACTUAL.billing_status: number(CHOICES.billing_status, record.billing_status),
        ACTUAL.billing_type: number(CHOICES.billing_type, record.billing_type),
        ACTUAL.adjustment_status: number(CHOICES.adjustment_status, record.adjustment_status),
        str(ACTUAL.not_to_exceed_status): number(
            CHOICES.not_to_exceed_status, record.not_to_exceed_status
        ),
        ACTUAL.created_on: created and created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ACTUAL.quantity: record.quantity,
        ACTUAL.price: record.price,
        ACTUAL.amount: record.amount,
        str(ACTUAL.discount): record.discount,
        str(ACTUAL.fee): record.fee,
        str(ACTUAL.tax): record.tax,
        ACTUAL.state: 0 if record.is_active else 1,
        ACTUAL.description: record.description,
        ACTUAL.external_description: record.external_description,
        **writer.first_of(ACTUAL.table, dates, record.transaction_date),
        **lookups(
            **{
                ACTUAL.contract_line: record.contract_line_id,
                ACTUAL.currency: record.currency_id,
                ACTUAL.account_customer: None,
                ACTUAL.contact_customer: None,
                str(ACTUAL.contract_customer): record.contract_customer_id,
                str(ACTUAL.contract_line_customer): record.contract_line_customer_id,
            }
        ),
    }


def retainer(writer: Writer, record: Retainer) -> dict[str, Any]:
    return {
        RETAINER.id: str(record.id),
        "@odata.etag": record.etag,
        RETAINER.name: record.name,
        RETAINER.status: number(CHOICES.retainer_status, record.status),
        str(RETAINER.refund_status): number(CHOICES.refund_status, record.refund_status),
        str(RETAINER.active_state): 0 if record.is_active else 1,
        RETAINER.amount: record.amount,
        RETAINER.used_amount: record.used_amount,
        RETAINER.available_amount: record.available_amount,
        RETAINER.description: record.description,
        **writer.day(RETAINER.table, RETAINER.date, record.date),
        **lookups(
            **{
                RETAINER.contract_customer: record.contract_customer_id,
                RETAINER.currency: record.currency_id,
            }
        ),
    }


def with_numbers_only(record: Actual) -> Actual:
    """A row's amount has digits on the wire that a column can hold, or is empty."""
    is_known = record.amount is None or is_number(record.amount)
    return record if is_known else replace(record, amount=None)


@st.composite
def written_and_read(draw: st.DrawFn) -> tuple[ContractSnapshot, ContractSnapshot]:
    """A random contract, and the same after its rows went through a tenant in some zone."""
    snapshot = draw(snapshots())
    writer = Writer(draw)

    def back(read: Callable[[Tenant, Any], Any], rows: Iterable[dict[str, Any]]) -> Any:
        return tuple(read(writer.tenant, row) for row in rows)

    created = [
        writer.instant(record.created_date) if record.created_date else None
        for record in snapshot.actuals
    ]
    expected = replace(
        snapshot,
        actuals=tuple(
            with_numbers_only(replace(record, created_on=at))
            for record, at in zip(snapshot.actuals, created, strict=True)
        ),
    )
    return expected, replace(
        snapshot,
        schedule=back(decode.schedule_row, (schedule_row(writer, r) for r in snapshot.schedule)),
        milestones=back(decode.milestone, (milestone(writer, m) for m in snapshot.milestones)),
        actuals=back(
            decode.actual,
            (actual(writer, a, a.created_on) for a in expected.actuals),
        ),
        retainers=back(decode.retainer, (retainer(writer, r) for r in snapshot.retainers)),
    )


@many
@given(written_and_read(), DAYS)
def test_a_tenant_reads_the_same_in_every_zone_and_is_billed_the_same(
    pair: tuple[ContractSnapshot, ContractSnapshot], day: date
) -> None:
    expected, found = pair

    assert found == expected
    assert plan_contract(found, day, Policy()) == plan_contract(expected, day, Policy())


@many
@given(ZONES, st.dates(date(1990, 1, 1), date(2060, 12, 31)))
def test_the_beginning_of_any_day_in_any_zone_is_that_day_and_the_second_before_is_not(
    name: str, day: date
) -> None:
    zone = ZoneInfo(name)
    beginning = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    if beginning.astimezone(zone).date() != day:  # a zone that left this day out
        return

    assert read_back(zone, beginning) == day
    before = read_back(zone, beginning - timedelta(seconds=1))
    assert before is not None
    assert before < day


def read_back(zone: ZoneInfo, instant: datetime) -> date | None:
    """The run date of a schedule row that shows *instant*, by the documented behaviour."""
    tenant = Tenant(
        organization_id=ident("organization"),
        mapping=MAPPING,
        choices=CHOICES,
        zone=zone,
        columns={ROW.table: frozenset()},
        behaviours={},
        copies=CopyRules(),
        payment_terms={},
    )
    row = {
        ROW.id: str(ident("row")),
        "@odata.etag": "1",
        ROW.status: CHOICES.run_status.number_of[next(iter(CHOICES.run_status.number_of))],
        ROW.run_date.column: instant.strftime("%Y-%m-%dT%H:%M:%SZ"),
        ROW.cutoff_date.column: None,
        **lookups(**{ROW.contract_line: ident("line"), ROW.milestone: None, ROW.invoice: None}),
    }
    return decode.schedule_row(tenant, row).run_date
