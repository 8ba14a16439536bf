"""The balance of a run: candidates equal invoiced plus not invoiced, in rows and in money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing import candidates
from connector.invoicing.amounts import total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from connector.invoicing.model import ContractSnapshot, Source
    from connector.invoicing.plan import ContractPlan, DetailPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """Amounts before tax in one currency, chargeable or not."""

    currency: str
    candidates: Decimal
    invoiced: Decimal
    not_invoiced: Decimal

    @property
    def is_even(self) -> bool:
        """Whether no amount was lost or made."""
        return self.candidates == total((self.invoiced, self.not_invoiced))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conservation:
    """Rows and money of a contract or a run; *amounts* by currency code, sorted."""

    candidates: int
    invoiced: int
    not_invoiced: int
    amounts: tuple[Balance, ...]

    @property
    def is_even(self) -> bool:
        """Whether every candidate has its place."""
        rows = self.candidates == self.invoiced + self.not_invoiced
        return rows and all(balance.is_even for balance in self.amounts)


def details_of(plan: ContractPlan) -> Iterator[DetailPlan]:
    """All details of all invoices of *plan*."""
    return (d for invoice in plan.invoices for line in invoice.lines for d in line.details)


def candidate_amounts(snapshot: ContractSnapshot) -> Iterator[tuple[Source, Decimal]]:
    """Every candidate of *snapshot* with its amount before tax in the contract's currency."""
    currency = snapshot.contract.currency.id
    for records in (
        candidates.actuals(snapshot),
        candidates.milestones(snapshot),
        candidates.products(snapshot),
        candidates.retainers(snapshot),
    ):
        for record in records:
            yield candidates.source_of(record), candidates.amount_in(record, currency)


def conservation_of(snapshot: ContractSnapshot, plan: ContractPlan) -> Conservation:
    """The balance of one contract; candidates are counted from *snapshot*, the rest from *plan*."""
    expected = [amount for _, amount in candidate_amounts(snapshot)]
    invoiced = [detail.amount for detail in details_of(plan)]
    left = [entry.amount for entry in plan.not_invoiced]
    balance = Balance(
        currency=plan.currency.code,
        candidates=total(expected),
        invoiced=total(invoiced),
        not_invoiced=total(left),
    )
    return Conservation(
        candidates=len(expected),
        invoiced=len(invoiced),
        not_invoiced=len(left),
        amounts=(balance,),
    )


def combined(parts: Iterable[Conservation]) -> Conservation:
    """The balance of a run over all its contracts."""
    found = tuple(parts)
    balances = [balance for part in found for balance in part.amounts]
    codes = sorted({balance.currency for balance in balances})
    return Conservation(
        candidates=sum(part.candidates for part in found),
        invoiced=sum(part.invoiced for part in found),
        not_invoiced=sum(part.not_invoiced for part in found),
        amounts=tuple(_combined_balance(code, balances) for code in codes),
    )


def _combined_balance(code: str, balances: list[Balance]) -> Balance:
    same = [balance for balance in balances if balance.currency == code]
    return Balance(
        currency=code,
        candidates=total(balance.candidates for balance in same),
        invoiced=total(balance.invoiced for balance in same),
        not_invoiced=total(balance.not_invoiced for balance in same),
    )
