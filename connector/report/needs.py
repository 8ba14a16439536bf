"""What of a run a person has to look at before anything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.report import view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from connector.invoicing.ids import ContractId, InvoiceId
    from connector.invoicing.model import Currency
    from connector.run_report import RunReport

#: How many are told one by one.
MOST_TOLD: Final = 100
_OVERRIDDEN: Final = "bound-overridden"
_HALTED: Final = "run-halted"


class NeedKind(StrEnum):
    """Why a person is needed; the order is that of the page."""

    HALTED = "halted"
    REJECTED = "rejected"
    LEFT_OUT = "left-out"
    FAILED = "failed"
    CONFLICT = "conflict"
    DRIFTED = "drifted"
    OVERRIDDEN = "overridden"


_KIND: Final = {
    InvoiceStatus.FAILED: NeedKind.FAILED,
    InvoiceStatus.CONFLICT: NeedKind.CONFLICT,
    InvoiceStatus.DRIFTED: NeedKind.DRIFTED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """
    One thing to look at: a contract or an invoice, or the run where neither is named.

    *texts* is what was said, as it was said; *amount* what is not billed because of it.
    """

    kind: NeedKind
    name: str | None = None
    contract_id: ContractId | None = None
    invoice_id: InvoiceId | None = None
    amount: Decimal | None = None
    currency: Currency | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """The first of them, and how many more there are."""

    told: tuple[Need, ...]
    more: int

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.told) + self.more


def needs(report: RunReport) -> Needs:
    """Everything in *report* that a person has to look at; read part by part."""
    told: list[Need] = []
    more = 0
    for need in _all(report):
        if len(told) < MOST_TOLD:
            told.append(need)
        else:
            more += 1
    order = list(NeedKind)
    told.sort(key=lambda need: order.index(need.kind))
    return Needs(told=tuple(told), more=more)


def _all(report: RunReport) -> Iterator[Need]:
    for warning in report.general_warnings:
        if warning.code == _HALTED:
            yield Need(kind=NeedKind.HALTED, texts=(warning.text,))
        if warning.code == _OVERRIDDEN:
            yield Need(kind=NeedKind.OVERRIDDEN, texts=(warning.text,))
    yield from _rejected(report)
    for failed in report.plan.failed:
        yield Need(
            kind=NeedKind.LEFT_OUT,
            name=failed.contract_name,
            contract_id=failed.contract_id,
            texts=failed.faults,
        )
    if any(item.status not in GOOD_STATUSES for item in report.outcome_totals):
        yield from _bad_outcomes(report)


def _rejected(report: RunReport) -> Iterator[Need]:
    """Bounds of single contracts that nobody has lifted: such a plan is never written."""
    lifted = {override.code for override in report.plan.scope.overrides}
    for part in report.plan.summaries:
        for bound in part.bounds:
            if bound.code not in lifted:
                texts = tuple(violation.text for violation in bound.first)
                yield Need(kind=NeedKind.REJECTED, texts=texts)


def _bad_outcomes(report: RunReport) -> Iterator[Need]:
    for contract in view.all_contracts(report):
        for outcome in contract.outcomes:
            if outcome.status not in GOOD_STATUSES:
                invoice = outcome.invoice
                yield Need(
                    kind=_KIND[outcome.status],
                    name=contract.name,
                    contract_id=invoice.contract_id,
                    invoice_id=invoice.id,
                    amount=invoice.amount,
                    currency=invoice.currency,
                    texts=(outcome.error,) if outcome.error else (),
                )
