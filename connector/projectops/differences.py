"""Our plan beside what stands in the tenant: every difference, named."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.outcome import Difference, DifferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.invoicing.model import Source
    from connector.invoicing.plan import DetailPlan, InvoicePlan
    from connector.projectops.existing_drafts import ExistingDetail, ExistingDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class _Teller:
    """Tells the differences of one contract and customer."""

    contract_id: UUID
    customer_id: UUID | None

    def tell(
        self,
        kind: DifferenceKind,
        invoice: UUID | None,
        planned: object = None,
        there: object = None,
        source: Source | None = None,
    ) -> Difference:
        return Difference(
            kind=kind,
            contract_id=self.contract_id,
            customer_id=self.customer_id,
            invoice_id=invoice,
            source=source,
            planned=None if planned is None else str(planned),
            there=None if there is None else str(there),
        )

    def of_invoices(
        self, ours: InvoicePlan | None, theirs: Sequence[ExistingDraft]
    ) -> Iterator[Difference]:
        if ours is None:
            for invoice in theirs:
                there = f"an invoice of {_total(invoice):f}"
                yield self.tell(DifferenceKind.INVOICE_UNEXPECTED, invoice.id, there=there)
            return
        expected = ours.amount + ours.tax
        if not theirs:
            planned = f"an invoice of {expected:f}"
            yield self.tell(DifferenceKind.INVOICE_MISSING, None, planned)
            return
        for invoice in theirs[1:]:
            there = f"another invoice of {_total(invoice):f}"
            yield self.tell(DifferenceKind.INVOICE_TWICE, invoice.id, there=there)
        yield from self.of_sources(ours, theirs)
        total = sum((_total(invoice) for invoice in theirs), Decimal(0))
        if total != expected:
            kind = DifferenceKind.TOTAL_DIFFERS
            yield self.tell(kind, theirs[0].id, f"{expected:f}", f"{total:f}")

    def of_sources(
        self, ours: InvoicePlan, theirs: Sequence[ExistingDraft]
    ) -> Iterator[Difference]:
        planned = {detail.source: detail for line in ours.lines for detail in line.details}
        seen: set[Source] = set()
        for invoice, detail in ((i, detail) for i in theirs for detail in i.details):
            yield from self.of_detail(planned, seen, invoice.id, detail)
        for source in sorted(planned.keys() - seen, key=lambda item: (item.table, item.id)):
            amount = f"{planned[source].amount:f}"
            yield self.tell(DifferenceKind.SOURCE_MISSING, theirs[0].id, amount, source=source)

    def of_detail(
        self,
        planned: Mapping[Source, DetailPlan],
        seen: set[Source],
        invoice: UUID,
        detail: ExistingDetail,
    ) -> Iterator[Difference]:
        source, amount = detail.source, f"{detail.amount:f}"
        if source is None:
            there = f"detail {detail.id} of {amount}"
            yield self.tell(DifferenceKind.SOURCE_UNKNOWN, invoice, there=there)
        elif source in seen:
            yield self.tell(DifferenceKind.SOURCE_TWICE, invoice, there=amount, source=source)
        elif source not in planned:
            kind = DifferenceKind.SOURCE_UNEXPECTED
            yield self.tell(kind, invoice, there=amount, source=source)
        else:
            unequal = _unequal(planned[source], detail)
            yield from (self.tell(kind, invoice, mine, his, source) for kind, mine, his in unequal)
        if source is not None:
            seen.add(source)


def differences(
    contract_id: UUID, planned: Sequence[InvoicePlan], there: Sequence[ExistingDraft]
) -> tuple[Difference, ...]:
    """Every difference of one contract, by customer and source; none where both sides agree."""
    ours: dict[UUID | None, InvoicePlan] = {invoice.customer.id: invoice for invoice in planned}
    found: list[Difference] = []
    for customer in sorted({*ours, *(invoice.customer_id for invoice in there)}, key=str):
        teller = _Teller(contract_id=contract_id, customer_id=customer)
        theirs = [invoice for invoice in there if invoice.customer_id == customer]
        found += teller.of_invoices(ours.get(customer), theirs)
    return tuple(found)


def _unequal(
    mine: DetailPlan, his: ExistingDetail
) -> Iterator[tuple[DifferenceKind, object, object]]:
    """What one bills otherwise than the other, with both values."""
    return (pair for pair in _values(mine, his) if pair[1] != pair[2])


def _values(
    mine: DetailPlan, his: ExistingDetail
) -> Iterator[tuple[DifferenceKind, object, object]]:
    yield DifferenceKind.AMOUNT_DIFFERS, mine.amount, his.amount
    yield DifferenceKind.TAX_DIFFERS, mine.tax, his.tax
    yield DifferenceKind.BILLING_TYPE_DIFFERS, mine.billing_type, his.billing_type


def _total(invoice: ExistingDraft) -> Decimal:
    return invoice.total if invoice.total is not None else Decimal(0)
