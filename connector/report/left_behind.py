"""What stays behind in a run, by reason, then contract, then record: gathered part by part."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.invoicing.amounts import ZERO
from connector.report import view

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Currency
    from connector.invoicing.plan import NotInvoiced
    from connector.invoicing.reasons import Reason
    from connector.run_report import RunReport

#: Days after which a record that still waits is called old.
OLD: Final = 30
#: Contracts of one reason that are told where not all records are: those with most records.
MOST_CONTRACTS: Final = 50


@dataclass(slots=True)
class Sums:
    """How many records there are, how many of them are old, and their amounts by currency."""

    count: int = 0
    old: int = 0
    oldest: int | None = None
    _amounts: dict[str, tuple[Currency, Decimal]] = field(default_factory=dict)

    def add(self, entry: NotInvoiced, age: int | None) -> None:
        """Count a record that is *age* days old."""
        self.count += 1
        code = entry.currency.code
        _, amount = self._amounts.get(code, (entry.currency, ZERO))
        self._amounts[code] = (entry.currency, amount + entry.amount)
        if age is not None:
            self.old += age > OLD
            self.oldest = age if self.oldest is None else max(age, self.oldest)

    @property
    def amounts(self) -> tuple[tuple[Currency, Decimal], ...]:
        """The amount in each currency, by code."""
        return tuple(self._amounts[code] for code in sorted(self._amounts))

    @property
    def largest(self) -> Decimal:
        """The largest of these amounts, whatever its currency: for the order of a list only."""
        return max((abs(amount) for _, amount in self._amounts.values()), default=ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftRecord:
    """A record that stays behind, *age* days after its date; None where that is not past."""

    entry: NotInvoiced
    age: int | None


@dataclass(slots=True)
class LeftContract:
    """What one contract leaves behind for one reason; *records* only where all are told."""

    contract_id: ContractId
    name: str
    number: str | None
    sums: Sums = field(default_factory=Sums)
    records: list[LeftRecord] = field(default_factory=list)


@dataclass(slots=True)
class LeftReason:
    """What stays behind for one reason."""

    reason: Reason
    sums: Sums = field(default_factory=Sums)
    _contracts: dict[ContractId, LeftContract] = field(default_factory=dict)

    @property
    def contracts(self) -> tuple[LeftContract, ...]:
        """Its contracts, those with most records first; never more than `MOST_CONTRACTS`."""
        ordered = sorted(self._contracts.values(), key=lambda c: (-c.sums.count, c.name))
        return tuple(ordered[:MOST_CONTRACTS])

    @property
    def more(self) -> int:
        """Contracts that are not told."""
        return max(0, len(self._contracts) - MOST_CONTRACTS)

    def of(self, contract: view.ContractResult) -> LeftContract:
        """The place of *contract* under this reason."""
        plan = contract.plan
        return self._contracts.setdefault(
            plan.contract_id,
            LeftContract(plan.contract_id, plan.contract_name, plan.contract_number),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Everything that stays behind in a run, what weighs most first."""

    reasons: tuple[LeftReason, ...]
    sums: Sums
    by_currency: dict[str, Sums]
    has_records: bool


def left_behind(report: RunReport, most: int) -> LeftBehind:
    """
    What stays behind in *report*; the records one by one only where there are at most *most*.

    Otherwise a few numbers are held for each reason and contract.
    """
    has_records = report.totals.left_behind <= most
    found: dict[Reason, LeftReason] = {}
    sums, by_currency = Sums(), defaultdict[str, Sums](Sums)
    for contract in view.all_contracts(report) if report.totals.left_behind else ():
        for entry in contract.left:
            age = _age(entry, report.run_date)
            reason = found.setdefault(entry.reason, LeftReason(entry.reason))
            place = reason.of(contract)
            for part in (sums, by_currency[entry.currency.code], reason.sums, place.sums):
                part.add(entry, age)
            if has_records:
                place.records.append(LeftRecord(entry=entry, age=age))
    _sort_records(found.values())
    ordered = sorted(found.values(), key=lambda r: (-r.sums.largest, r.reason.value))
    return LeftBehind(
        reasons=tuple(ordered), sums=sums, by_currency=dict(by_currency), has_records=has_records
    )


def _sort_records(reasons: Iterable[LeftReason]) -> None:
    """The oldest first; those without a date last."""
    for reason in reasons:
        for contract in reason.contracts:
            contract.records.sort(
                key=lambda r: (r.age is None, -(r.age or 0), str(r.entry.source.id))
            )


def _age(entry: NotInvoiced, run_date: date) -> int | None:
    """Whole days between the record's date and *run_date*; none where it is still to come."""
    if entry.day is None or entry.day > run_date:
        return None
    return (run_date - entry.day).days
