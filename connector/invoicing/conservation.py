"""The balance of a run: candidates equal invoiced plus not invoiced, in rows and in money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing import candidates
from connector.invoicing.amounts import ZERO, total
from connector.invoicing.net_amounts import net_amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from connector.invoicing.model import ContractSnapshot, Currency, Source
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


def candidate_amounts(snapshot: ContractSnapshot) -> Iterator[tuple[Source, Decimal, Currency]]:
    """Every candidate of *snapshot* with its amount before tax, in its own currency."""
    for records in (
        candidates.actuals(snapshot),
        candidates.milestones(snapshot),
        candidates.products(snapshot),
        candidates.retainers(snapshot),
    ):
        for record in records:
            currency = candidates.currency_of(record, snapshot)
            yield candidates.source_of(record), net_amount(record, currency.precision), currency


def conservation_of(snapshot: ContractSnapshot, plan: ContractPlan) -> Conservation:
    """The balance of one contract; candidates are counted from *snapshot*, the rest from *plan*."""
    found = tuple(candidate_amounts(snapshot))
    expected = _by_currency((currency.code, amount) for _, amount, currency in found)
    return _conservation(plan, expected, len(found))


def conservation_of_plan(plan: ContractPlan) -> Conservation:
    """
    The balance of one contract from its plan alone.

    That its candidates are those of the tenant is what `check_contract` proves before anything
    is written.
    """
    invoiced = ((plan.currency.code, detail.amount) for detail in details_of(plan))
    left = ((entry.currency.code, entry.amount) for entry in plan.not_invoiced)
    count = sum(1 for _ in details_of(plan)) + len(plan.not_invoiced)
    return _conservation(plan, _by_currency([*invoiced, *left]), count)


def _conservation(
    plan: ContractPlan, expected: Mapping[str, Decimal], candidates_found: int
) -> Conservation:
    """The balance per currency; that of the contract is always there, foreign ones if needed."""
    code = plan.currency.code
    invoiced = _by_currency((code, detail.amount) for detail in details_of(plan))
    left = _by_currency((entry.currency.code, entry.amount) for entry in plan.not_invoiced)
    balances = tuple(
        Balance(
            currency=found,
            candidates=expected.get(found, ZERO),
            invoiced=invoiced.get(found, ZERO),
            not_invoiced=left.get(found, ZERO),
        )
        for found in sorted({code, *expected, *invoiced, *left})
    )
    return Conservation(
        candidates=candidates_found,
        invoiced=sum(1 for _ in details_of(plan)),
        not_invoiced=len(plan.not_invoiced),
        amounts=balances,
    )


def _by_currency(amounts: Iterable[tuple[str, Decimal]]) -> Mapping[str, Decimal]:
    found: dict[str, list[Decimal]] = {}
    for code, amount in amounts:
        found.setdefault(code, []).append(amount)
    return {code: total(parts) for code, parts in found.items()}


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
