"""One contract opened for planning: the snapshot with what every rule looks up in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from connector.invoicing.candidates import currency_of, source_of
from connector.invoicing.choices import MilestoneStatus
from connector.invoicing.customers import payers_of
from connector.invoicing.model import Actual, Contract, ContractLine, Milestone, Retainer
from connector.invoicing.net_amounts import net_amount
from connector.invoicing.plan import NotInvoiced
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse
from connector.invoicing.schedule import calendar_of

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from connector.invoicing.choices import SourceTable
    from connector.invoicing.customers import Payer, Payers
    from connector.invoicing.ids import ContractLineId, InvoiceId
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import DetailPlan
    from connector.invoicing.policy import Policy
    from connector.invoicing.schedule import Calendar

#: A consultant's additional eligibility rule: the text that it returns refuses the record (X1).
ExtraRule: TypeAlias = Callable[[Actual | Milestone, Contract], str | None]

#: Every kind of record that can be billed.
Billable: TypeAlias = Actual | Milestone | ContractLine | Retainer

Record = TypeVar("Record", Actual, Milestone, ContractLine, Retainer)


@dataclass(frozen=True, slots=True)
class ContractContext:
    """A contract on a run date; rules ask it and never change it."""

    snapshot: ContractSnapshot
    run_date: date
    policy: Policy
    rules: tuple[ExtraRule, ...]
    payers: Payers
    calendar: Calendar
    _lines: dict[ContractLineId, ContractLine]
    _billed: dict[tuple[SourceTable, UUID], tuple[InvoiceId | None, ...]]

    @property
    def contract(self) -> Contract:
        """The contract itself."""
        return self.snapshot.contract

    @property
    def lines(self) -> tuple[ContractLine, ...]:
        """All contract lines, by id."""
        return tuple(self._lines.values())

    def line(self, key: ContractLineId | None) -> ContractLine | None:
        """The line *key*, if it is a line of this contract."""
        return self._lines.get(key) if key is not None else None

    def billed_on(self, record: Billable) -> tuple[InvoiceId | None, ...]:
        """The invoices on which *record* stands already, whoever made them (DR-22)."""
        if not self._billed:
            return ()
        source = source_of(record)
        return self._billed.get((source.table, source.id), ())

    def refusal_if_billed(self, record: Billable) -> Refusal | None:
        """Refuse *record* where it stands on an invoice already (A14)."""
        billed_on = self.billed_on(record)
        if not billed_on:
            return None
        return refuse(Reason.ALREADY_INVOICED, Facts(record=billed_on[0]))

    def next_due(self) -> date | None:
        """The next later date on which a schedule row or a Ready milestone is due."""
        days = [
            milestone.date
            for milestone in self.snapshot.milestones
            if milestone.status is MilestoneStatus.READY
            and milestone.is_active
            and milestone.date is not None
            and milestone.date > self.run_date
        ]
        row_day = self.calendar.next_due()
        return min([*days, row_day] if row_day is not None else days, default=None)

    def refusal_by_extension(self, record: Actual | Milestone) -> Refusal | None:
        """The first text by which an additional rule refuses *record* (X1)."""
        for rule in self.rules:
            text = rule(record, self.contract)
            if text is not None:
                return refuse(Reason.REFUSED_BY_EXTENSION, Facts(text=text))
        return None


@dataclass(frozen=True, slots=True)
class Charge:
    """A source that is to be billed: who pays, on which line, with what detail."""

    payer: Payer
    line: ContractLine | Retainer
    detail: DetailPlan
    etag: str


@dataclass(frozen=True, slots=True)
class Selection:
    """What a rule made of its candidates: each is charged or refused."""

    charges: tuple[Charge, ...]
    refused: tuple[NotInvoiced, ...]


def select(
    records: Iterable[Record],
    decide: Callable[[Record], Charge | Refusal],
    snapshot: ContractSnapshot,
) -> Selection:
    """Ask *decide* about each of *records* of *snapshot*."""
    charges: list[Charge] = []
    refused: list[NotInvoiced] = []
    for record in records:
        outcome = decide(record)
        if isinstance(outcome, Charge):
            charges.append(outcome)
        else:
            refused.append(not_invoiced(record, outcome, snapshot))
    return Selection(tuple(charges), tuple(refused))


def context_of(
    snapshot: ContractSnapshot, run_date: date, policy: Policy, rules: tuple[ExtraRule, ...]
) -> ContractContext:
    """Open *snapshot* for planning *run_date*."""
    billed: dict[tuple[SourceTable, UUID], tuple[InvoiceId | None, ...]] = {}
    for entry in snapshot.billed:
        key = (entry.source.table, entry.source.id)
        billed[key] = (*billed.get(key, ()), entry.invoice_id)
    lines = {line.id: line for line in sorted(snapshot.lines, key=lambda line: line.id.int)}
    return ContractContext(
        snapshot=snapshot,
        run_date=run_date,
        policy=policy,
        rules=rules,
        payers=payers_of(snapshot),
        calendar=calendar_of(snapshot, run_date, policy),
        _lines=lines,
        _billed=billed,
    )


def not_invoiced(record: Billable, refusal: Refusal, snapshot: ContractSnapshot) -> NotInvoiced:
    """The place of *record* among what stays behind, by *refusal*, in its own currency ($1)."""
    currency = currency_of(record, snapshot)
    return NotInvoiced(
        source=source_of(record),
        contract_id=snapshot.contract.id,
        contract_line_id=line_id_of(record),
        reason=refusal.reason,
        amount=net_amount(record, currency.precision),
        currency=currency,
        facts=refusal.facts,
        day=_day_of(record),
        description=_description_of(record),
        resource_id=record.resource_id if isinstance(record, Actual) else None,
    )


def not_invoiced_charge(charge: Charge, refusal: Refusal, contract: Contract) -> NotInvoiced:
    """The place of *charge* among what stays behind, when its whole invoice is not made."""
    return NotInvoiced(
        source=charge.detail.source,
        contract_id=contract.id,
        contract_line_id=None if isinstance(charge.line, Retainer) else charge.line.id,
        reason=refusal.reason,
        amount=charge.detail.amount,
        currency=contract.currency,
        facts=refusal.facts,
        day=charge.detail.transaction_date,
        description=charge.detail.description,
    )


def _day_of(record: Billable) -> date | None:
    """The date by which people know *record*; a product line has none."""
    if isinstance(record, Actual):
        return record.transaction_date
    return None if isinstance(record, ContractLine) else record.date


def _description_of(record: Billable) -> str | None:
    """What people know *record* by."""
    return record.description if isinstance(record, Actual) else record.name or None


def line_id_of(record: Billable) -> ContractLineId | None:
    """The contract line that *record* belongs to; a retainer belongs to none."""
    if isinstance(record, Retainer):
        return None
    return record.id if isinstance(record, ContractLine) else record.contract_line_id
