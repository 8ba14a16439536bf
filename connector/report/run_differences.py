"""
What distinguishes two runs: what one billed and the other did not, and what became of the rest.

Both runs are read part by part and sorted outside of memory, so that their size does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

import msgspec

from connector.invoicing.amounts import ZERO, total
from connector.outcome import GOOD_STATUSES
from connector.report import view
from connector.report.sorted_lines import SortedLines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.invoicing.model import Currency
    from connector.report.view import ContractResult
    from connector.run_report import RunReport

#: What a record is called that stands on an invoice, beside the reasons of those that do not.
BILLED: Final = "billed"
#: What a record is called that a run has not looked at, because its contract was not due.
NOT_LOOKED_AT: Final = "not-looked-at"
#: States between which a change is what runs are for, and no difference.
_USUAL: Final = frozenset({BILLED, NOT_LOOKED_AT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount before tax, with what is needed to read it."""

    amount: Decimal
    code: str
    precision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceChange:
    """What the two runs bill one contract and customer; None where one bills nothing."""

    contract_id: str
    contract_name: str
    customer_id: str
    customer_name: str
    before: Money | None
    after: Money | None

    @property
    def change(self) -> Money:
        """How much more the second run bills."""
        present = self.after or self.before
        if present is None:
            message = "a change has one side at least"
            raise ValueError(message)
        amounts = (self.after.amount if self.after else ZERO, -(self.before or _NOTHING).amount)
        return Money(amount=total(amounts), code=present.code, precision=present.precision)


_NOTHING: Final = Money(amount=ZERO, code="", precision=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """How many records of one currency went from one state to another, and their amount then."""

    before: str
    after: str
    records: int
    money: Money


class _Billed(msgspec.Struct, array_like=True, frozen=True):
    """An invoice as a line; lines of one contract and customer stand together."""

    contract_id: str
    customer_id: str
    side: int
    invoice_id: str
    contract_name: str
    customer_name: str
    amount: Decimal
    code: str
    precision: int


class _Record(msgspec.Struct, array_like=True, frozen=True):
    """A record that could be billed as a line; those of one record stand together."""

    table: str
    record_id: str
    side: int
    state: str
    amount: Decimal
    code: str
    precision: int


def invoice_changes(before: RunReport, after: RunReport) -> Iterator[InvoiceChange]:
    """Each contract and customer whose amount differs between the two runs, by their ids."""
    with SortedLines() as lines:
        for side, report in enumerate((before, after)):
            for contract in view.all_contracts(report):
                lines.add(msgspec.json.encode(line) for line in _billed(side, contract))
        every = (msgspec.json.decode(line, type=_Billed) for line in lines.merged())
        for _, same in groupby(every, key=lambda line: (line.contract_id, line.customer_id)):
            change = _invoice_change([*same])
            if change.before != change.after:
                yield change


def record_changes(before: RunReport, after: RunReport) -> tuple[RecordChange, ...]:
    """
    What became of the records that one of the two runs left behind, by their states in both.

    Only changes are told; amounts are those of the later state, or of the only one.
    """
    counted: dict[tuple[str, str, str], tuple[int, Money]] = {}
    for states, record in _moved(before, after):
        key = (*states, record.code)
        number, sum_ = counted.get(key, (0, _NOTHING))
        amount = total((sum_.amount, record.amount))
        counted[key] = (number + 1, replace(_money([record]), amount=amount))
    return tuple(
        RecordChange(before=key[0], after=key[1], records=number, money=money)
        for key, (number, money) in sorted(counted.items(), key=lambda item: item[0])
    )


def _moved(before: RunReport, after: RunReport) -> Iterator[tuple[tuple[str, str], _Record]]:
    """Each record whose state differs, with both states."""
    with SortedLines() as lines:
        for side, report in enumerate((before, after)):
            for contract in view.all_contracts(report):
                lines.add(msgspec.json.encode(line) for line in _records(side, contract))
        every = (msgspec.json.decode(line, type=_Record) for line in lines.merged())
        for _, same in groupby(every, key=lambda line: (line.table, line.record_id)):
            found = {line.side: line for line in same}
            first, second = (found[n].state if n in found else NOT_LOOKED_AT for n in (0, 1))
            if first != second and not {first, second} <= _USUAL:
                yield (first, second), found[max(found)]


def _billed(side: int, contract: ContractResult) -> Iterator[_Billed]:
    for outcome in contract.outcomes:
        invoice = outcome.invoice
        if outcome.status in GOOD_STATUSES:
            yield _Billed(
                contract_id=str(invoice.contract_id),
                customer_id=str(invoice.customer.id),
                side=side,
                invoice_id=str(invoice.id),
                contract_name=contract.name,
                customer_name=view.customer_name(invoice),
                amount=invoice.amount,
                code=invoice.currency.code,
                precision=invoice.currency.precision,
            )


def _records(side: int, contract: ContractResult) -> Iterator[_Record]:
    for entry in contract.left:
        source = (entry.source.table.value, str(entry.source.id))
        yield _record(side, source, entry.reason.value, entry.amount, entry.currency)
    for outcome in contract.outcomes:
        currency = outcome.invoice.currency
        for line in outcome.invoice.lines if outcome.status in GOOD_STATUSES else ():
            for detail in line.details:
                source = (detail.source.table.value, str(detail.source.id))
                yield _record(side, source, BILLED, detail.amount, currency)


def _record(
    side: int, source: tuple[str, str], state: str, amount: Decimal, currency: Currency
) -> _Record:
    return _Record(
        table=source[0],
        record_id=source[1],
        side=side,
        state=state,
        amount=amount,
        code=currency.code,
        precision=currency.precision,
    )


def _invoice_change(same: Sequence[_Billed]) -> InvoiceChange:
    last = same[-1]
    return InvoiceChange(
        contract_id=last.contract_id,
        contract_name=last.contract_name,
        customer_id=last.customer_id,
        customer_name=last.customer_name,
        before=_money([line for line in same if line.side == 0]) if same[0].side == 0 else None,
        after=_money([line for line in same if line.side == 1]) if last.side == 1 else None,
    )


def _money(same: Sequence[_Billed | _Record]) -> Money:
    amount = total(line.amount for line in same)
    return Money(amount=amount, code=same[0].code, precision=same[0].precision)
