"""The invoices that concern a record that somebody asks about, as the rules know them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from connector.dataverse.query import in_list
from connector.invoicing.former_invoices import FormerDetail, FormerInvoice, FormerLine
from connector.invoicing.ids import ContractLineId, InvoiceId
from connector.projectops.billed import read_billed
from connector.projectops.existing_drafts import ExistingLine, header_query, read_drafts
from connector.projectops.queries import IDS_PER_QUERY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.invoicing.model import Source
    from connector.projectops.existing_drafts import ExistingDetail, ExistingDraft
    from connector.projectops.tenant import Tenant


def read_invoices(
    client: DataverseClient, tenant: Tenant, wanted: Iterable[UUID]
) -> tuple[FormerInvoice, ...]:
    """The invoices of these ids with all that they bill; ids of none are left out."""
    names = tenant.mapping.invoice
    ids = sorted(set(wanted))
    parts = (ids[start : start + IDS_PER_QUERY] for start in range(0, len(ids), IDS_PER_QUERY))
    queries = [header_query(tenant, in_list(names.id, part)) for part in parts]
    return former_invoices(tenant, read_drafts(client, tenant, queries))


def read_invoices_of(
    client: DataverseClient, tenant: Tenant, source: Source, details: Sequence[UUID]
) -> tuple[FormerInvoice, ...]:
    """The invoices that bill *source*; *details* are invoice line details that it names itself."""
    billed = read_billed(client, tenant, (source,), details)
    own = {detail for known, detail in billed.detail_of_source.items() if known == source.id}
    found = (billed.invoice_of_detail.get(detail) for detail in own | set(details))
    return read_invoices(client, tenant, [invoice for invoice in found if invoice is not None])


def former_invoices(tenant: Tenant, drafts: Iterable[ExistingDraft]) -> tuple[FormerInvoice, ...]:
    """The invoices in the order of their creation."""
    found = [_former(tenant, draft) for draft in drafts]
    return tuple(sorted(found, key=lambda item: (str(item.created or ""), str(item.id))))


def _former(tenant: Tenant, draft: ExistingDraft) -> FormerInvoice:
    created = None if draft.created is None else draft.created.astimezone(tenant.zone).date()
    return FormerInvoice(
        id=InvoiceId(draft.id),
        number=draft.number,
        name=draft.name,
        status=draft.status,
        created=created,
        lines=tuple(_lines(draft)),
    )


def _lines(draft: ExistingDraft) -> Iterable[FormerLine]:
    """Its lines by name; details whose line is unknown stand on a line without a name."""
    details: defaultdict[UUID | None, list[ExistingDetail]] = defaultdict(list)
    for detail in draft.details:
        details[detail.line_id].append(detail)
    known = {line.id for line in draft.lines}
    for line in sorted(draft.lines, key=lambda item: (item.name, str(item.id))):
        yield _line(line, details[line.id])
    stray = [detail for key, found in details.items() if key not in known for detail in found]
    if stray:
        yield _line(ExistingLine(id=draft.id, name="", contract_line_id=None), stray)


def _line(line: ExistingLine, details: Sequence[ExistingDetail]) -> FormerLine:
    owner = line.contract_line_id
    return FormerLine(
        id=line.id,
        name=line.name,
        contract_line_id=None if owner is None else ContractLineId(owner),
        details=tuple(
            FormerDetail(
                id=detail.id,
                source=detail.source,
                billing_type=detail.billing_type,
                amount=detail.amount,
            )
            for detail in sorted(details, key=lambda item: str(item.id))
        ),
    )
