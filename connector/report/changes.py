"""What a run bills otherwise than the run before it, contract by contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO, total
from connector.outcome import GOOD_STATUSES
from connector.report import view

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import LineBilling
    from connector.run_report import RunReport

#: Contracts that are told one by one: those whose amount has changed most.
MOST_TOLD: Final = 50


@dataclass(slots=True)
class Billed:
    """What one run bills of a contract in one currency, before tax, by what its lines bill."""

    name: str
    currency: Currency
    amounts: dict[LineBilling, Decimal]

    @property
    def amount(self) -> Decimal:
        """All of it."""
        return total(self.amounts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """
    A contract whose amount differs: *then* in the run before, *now* in this one.

    None where it had no invoice; *by_billing* says where the difference comes from.
    """

    contract_id: ContractId
    name: str
    currency: Currency
    then: Decimal | None
    now: Decimal | None
    by_billing: tuple[tuple[LineBilling, Decimal], ...]

    @property
    def difference(self) -> Decimal:
        """How much more this run bills."""
        return (self.now or ZERO) - (self.then or ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All differences from *previous*: the largest *told*, *more* others, *same* without any."""

    previous: RunReport
    told: tuple[Change, ...]
    more: int
    same: int


def changes(previous: RunReport, report: RunReport) -> Changes:
    """
    What *report* bills otherwise than *previous*, of invoices that are planned or stand.

    Both are read part by part; held are a few numbers for each contract.
    """
    then, now = _billed(previous), _billed(report)
    keys = sorted({*then, *now}, key=lambda key: (str(key[0]), key[1]))
    every = [_change(key[0], then.get(key), now.get(key)) for key in keys]
    differing = [item for item in every if item.difference or item.then is None or item.now is None]
    ordered = sorted(differing, key=lambda item: (-abs(item.difference), item.name))
    return Changes(
        previous=previous,
        told=tuple(ordered[:MOST_TOLD]),
        more=len(ordered[MOST_TOLD:]),
        same=len(every) - len(differing),
    )


def _billed(report: RunReport) -> Mapping[tuple[ContractId, str], Billed]:
    found: dict[tuple[ContractId, str], Billed] = {}
    for contract in view.all_contracts(report):
        for outcome in contract.outcomes:
            if outcome.status not in GOOD_STATUSES:
                continue
            invoice = outcome.invoice
            key = (invoice.contract_id, invoice.currency.code)
            billed = found.setdefault(key, Billed(contract.name, invoice.currency, {}))
            for line in invoice.lines:
                billed.amounts[line.billing] = billed.amounts.get(line.billing, ZERO) + line.amount
    return found


def _change(contract: ContractId, then: Billed | None, now: Billed | None) -> Change:
    name, currency = next((item.name, item.currency) for item in (now, then) if item is not None)
    return Change(
        contract_id=contract,
        name=name,
        currency=currency,
        then=then.amount if then else None,
        now=now.amount if now else None,
        by_billing=tuple(_by_billing(then, now)),
    )


def _by_billing(then: Billed | None, now: Billed | None) -> Iterator[tuple[LineBilling, Decimal]]:
    """Where the difference comes from, what weighs most first."""
    before, after = (then.amounts if then else {}), (now.amounts if now else {})
    differences = {key: after.get(key, ZERO) - before.get(key, ZERO) for key in {*before, *after}}
    ordered = sorted(differences.items(), key=lambda item: (-abs(item[1]), item[0].value))
    return (item for item in ordered if item[1])
