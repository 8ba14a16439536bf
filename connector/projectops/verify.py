"""Read back what was written: rows, the platform's totals, and the claims of the sources (L7)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.dataverse.errors import DataverseError
from connector.dataverse.query import Query, in_list
from connector.invoicing.choices import BillingStatus, MilestoneStatus, SourceTable
from connector.invoicing.ids import InvoiceId, InvoiceLineId
from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.decode import read_row
from connector.projectops.fingerprint import DraftPrint, draft_print
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.row_state import conflicts, existing_rows
from connector.projectops.rows import RowFault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.invoicing.plan import InvoicePlan
    from connector.mapping.tables import Table
    from connector.projectops.compose import Composer
    from connector.projectops.tenant import Tenant

#: Records that a warning names one by one.
NAMED = 5

#: Details of invoices that are read back together; with their connections some 20 MB.
DETAILS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """
    Outcomes after the tenant was read, and what it shows otherwise than planned.

    *prints* keep how each draft stood then, for whoever wants to take it back.
    """

    outcomes: tuple[InvoiceOutcome, ...]
    warnings: tuple[PlanWarning, ...]
    prints: tuple[DraftPrint, ...] = ()


def verify(
    client: DataverseClient,
    tenant: Tenant,
    composer: Composer,
    outcomes: Sequence[InvoiceOutcome],
) -> Verified:
    """
    Compare what stands in the tenant with the plan, for the invoices that were written.

    A missing row turns the outcome into failed; other content, other totals and sources whose
    status did not move are warnings, and so is a tenant that cannot be read now, or a row with a
    value that nobody knows: the drafts were committed. A few requests for as many invoices as
    have `DETAILS_AT_ONCE` details, so that what is read back of a large part is never held at once.
    """
    found = [_verified(client, tenant, composer, group) for group in _groups(outcomes)]
    return Verified(
        outcomes=tuple(item for group in found for item in group.outcomes),
        warnings=tuple(item for group in found for item in group.warnings),
        prints=tuple(item for group in found for item in group.prints),
    )


def _groups(outcomes: Sequence[InvoiceOutcome]) -> Iterator[Sequence[InvoiceOutcome]]:
    """The outcomes in their order, in groups of a bounded number of details."""
    group: list[InvoiceOutcome] = []
    details = 0
    for outcome in outcomes:
        own = sum(len(line.details) for line in outcome.invoice.lines)
        if group and details + own > DETAILS_AT_ONCE:
            yield group
            group, details = [], 0
        group.append(outcome)
        details += own
    if group:
        yield group


def _verified(
    client: DataverseClient, tenant: Tenant, composer: Composer, outcomes: Sequence[InvoiceOutcome]
) -> Verified:
    written = [item.invoice for item in outcomes if item.status is InvoiceStatus.WRITTEN]
    if not written:
        return Verified(outcomes=tuple(outcomes), warnings=())
    try:
        return _compared(client, tenant, composer, outcomes)
    except (DataverseError, RowFault) as error:
        unread = (
            PlanWarning(
                code="not-verified",
                text=f"invoice {invoice.id} was written, but could not be read back: {error}",
                subject=invoice.id,
            )
            for invoice in written
        )
        return Verified(outcomes=tuple(outcomes), warnings=tuple(unread))


def _compared(
    client: DataverseClient,
    tenant: Tenant,
    composer: Composer,
    outcomes: Sequence[InvoiceOutcome],
) -> Verified:
    written = [item.invoice for item in outcomes if item.status is InvoiceStatus.WRITTEN]
    planned = {invoice.id: composer.rows(invoice) for invoice in written}
    every = [row for rows in planned.values() for row in rows]
    found = existing_rows(client, tenant, every, whole=True)
    warnings: list[PlanWarning] = []
    lost: dict[UUID, int] = {}
    for invoice_id, rows in planned.items():
        lost[invoice_id] = sum((row.set, row.id) not in found for row in rows)
        warnings += (
            PlanWarning(code="read-back-differs", text=text, subject=invoice_id)
            for text in conflicts(tenant, rows, found)
        )
    return Verified(
        outcomes=tuple(_judged(item, lost.get(item.invoice.id, 0)) for item in outcomes),
        warnings=(*warnings, *_platform_side(client, tenant, written)),
        prints=tuple(
            draft_print(tenant, invoice_id, rows, found)
            for invoice_id, rows in planned.items()
            if not lost[invoice_id]
        ),
    )


def _judged(outcome: InvoiceOutcome, lost: int) -> InvoiceOutcome:
    if not lost:
        return outcome
    text = f"{lost} of its rows are not there when read back"
    return replace(outcome, status=InvoiceStatus.FAILED, error=text)


def _platform_side(
    client: DataverseClient, tenant: Tenant, invoices: Sequence[InvoicePlan]
) -> Iterator[PlanWarning]:
    """What the platform computed and moved by itself, read in one go."""
    names = tenant.mapping
    actuals = _sources(invoices, SourceTable.ACTUAL)
    milestones = _sources(invoices, SourceTable.MILESTONE)
    totals = (names.invoice.total, names.invoice.total_tax)
    lines = [line.id for invoice in invoices for line in invoice.lines]
    groups = (
        _by_ids(names.invoice, totals, [invoice.id for invoice in invoices]),
        _by_ids(names.invoice_line, (names.invoice_line.extended_amount,), lines),
        _by_ids(names.actual, (names.actual.billing_status,), actuals),
        _by_ids(names.milestone, (names.milestone.status,), milestones),
    )
    answers = iter(client.read_many([query for group in groups for query in group]))
    headers, line_rows, moved_actuals, moved_milestones = (
        [row for _ in group for row in next(answers)] for group in groups
    )
    yield from _totals(tenant, invoices, headers)
    yield from _extended_amounts(tenant, invoices, line_rows)
    unmoved = {
        *_unmoved_actuals(tenant, moved_actuals),
        *_unmoved_milestones(tenant, moved_milestones),
    }
    yield from _unclaimed(tenant, invoices, unmoved)


def _sources(invoices: Sequence[InvoicePlan], table: SourceTable) -> list[UUID]:
    details = (detail for invoice in invoices for line in invoice.lines for detail in line.details)
    return [detail.source.id for detail in details if detail.source.table is table]


def _by_ids(names: Table, columns: tuple[str, ...], ids: Sequence[UUID]) -> list[Query]:
    return [
        Query(
            entity_set=names.set,
            select=(names.id, *columns),
            filter=in_list(names.id, ids[start : start + IDS_PER_QUERY]),
        )
        for start in range(0, len(ids), IDS_PER_QUERY)
    ]


def _totals(
    tenant: Tenant, invoices: Sequence[InvoicePlan], rows: Sequence[Row]
) -> Iterator[PlanWarning]:
    """Headers whose total the platform computes otherwise; without totals there is none to say."""
    names = tenant.mapping.invoice
    planned = {invoice.id: invoice for invoice in invoices}
    for row in rows:
        reader = read_row(tenant, names, row)
        invoice = planned[InvoiceId(reader.id)]
        if invoice.continues:
            continue
        found, tax = reader.decimal(names.total), reader.decimal(names.total_tax)
        if found is not None and found != invoice.amount + invoice.tax:
            text = (
                f"the platform's total of invoice {invoice.id} is {found:f}, planned were"
                f" {invoice.amount:f} and {invoice.tax:f} tax"
            )
            yield PlanWarning(code="total-differs", text=text, subject=invoice.id)
        if tax is not None and tax != invoice.tax:
            text = (
                f"the platform's total tax of invoice {invoice.id} is {tax:f},"
                f" planned was {invoice.tax:f}"
            )
            yield PlanWarning(code="total-tax-differs", text=text, subject=invoice.id)


def _extended_amounts(
    tenant: Tenant, invoices: Sequence[InvoicePlan], rows: Sequence[Row]
) -> Iterator[PlanWarning]:
    """Lines that the platform extends to another amount: discounts, prices, rounding (L7)."""
    names = tenant.mapping.invoice_line
    planned = {
        line.id: (invoice, line)
        for invoice in invoices
        for line in invoice.lines
        if not invoice.continues
    }
    for row in rows:
        reader = read_row(tenant, names, row)
        extended = reader.decimal(names.extended_amount)
        invoice, line = planned.get(InvoiceLineId(reader.id), (None, None))
        if extended is None or invoice is None or line is None:
            continue
        if extended != line.amount + line.tax:
            text = (
                f"the platform extends line {line.name!r} of invoice {invoice.id} to"
                f" {extended:f}, planned were {line.amount:f} and {line.tax:f} tax"
            )
            yield PlanWarning(code="extended-amount-differs", text=text, subject=line.id)


def _unmoved_actuals(tenant: Tenant, rows: Sequence[Row]) -> Iterator[UUID]:
    names, claimed = tenant.mapping.actual, BillingStatus.CUSTOMER_INVOICE_CREATED
    status = tenant.choices.billing_status
    for reader in (read_row(tenant, names, row) for row in rows):
        if reader.choice(names.billing_status, status) is not claimed:
            yield reader.id


def _unmoved_milestones(tenant: Tenant, rows: Sequence[Row]) -> Iterator[UUID]:
    names, claimed = tenant.mapping.milestone, MilestoneStatus.INVOICE_CREATED
    status = tenant.choices.milestone_status
    for reader in (read_row(tenant, names, row) for row in rows):
        if reader.choice(names.status, status) is not claimed:
            yield reader.id


def _unclaimed(
    tenant: Tenant, invoices: Sequence[InvoicePlan], unmoved: set[UUID]
) -> Iterator[PlanWarning]:
    """Sources that the platform left as they were; they are on details, so never billed again."""
    names = tenant.mapping
    tables = {
        SourceTable.ACTUAL: names.actual.table,
        SourceTable.MILESTONE: names.milestone.table,
    }
    for invoice in invoices:
        for kind, table in tables.items():
            ids = [source for source in _sources((invoice,), kind) if source in unmoved]
            if ids:
                more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
                shown = ", ".join(str(item) for item in sorted(ids)[:NAMED])
                text = (
                    f"{len(ids)} rows of {table} are billed by invoice {invoice.id} but keep"
                    f" their billing status: {shown}{more}"
                )
                yield PlanWarning(code="source-not-claimed", text=text, subject=invoice.id)
