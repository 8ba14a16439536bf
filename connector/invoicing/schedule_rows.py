"""Invoice schedules and periodic milestones made from an invoice frequency (G, M7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import uuid5

from connector.invoicing.amounts import ZERO, divided, fits_precision, is_number
from connector.invoicing.choices import BillingMethod, LineKind
from connector.invoicing.frequency import InvoiceFrequency, faults_of, run_dates
from connector.invoicing.ids import ContractLineId, MilestoneId, ScheduleRowId

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.ids import OrganizationId
    from connector.invoicing.model import Contract, ContractLine, ContractSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedRow:
    """An invoice schedule row to be made: Not Run, cut-off on the day before the run (G2)."""

    id: ScheduleRowId
    contract_line_id: ContractLineId
    run_date: date
    cutoff_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedMilestone:
    """A periodic milestone to be made: Not Ready, named by its date (M7)."""

    id: MilestoneId
    contract_line_id: ContractLineId
    name: str
    date: date
    amount: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """What a contract line's frequency stands for; *faults* say why nothing can be made."""

    rows: tuple[GeneratedRow, ...] = ()
    milestones: tuple[GeneratedMilestone, ...] = ()
    faults: tuple[str, ...] = ()
    existing: tuple[date, ...] = ()


def generate_schedule(
    snapshot: ContractSnapshot,
    line_id: ContractLineId,
    frequency: InvoiceFrequency,
    *,
    start: date | None = None,
    end: date | None = None,
) -> Generation:
    """
    The schedule rows (time and material) or milestones (fixed price) of one contract line.

    From the line's billing start to the contract's end, both inclusive and without a closing run
    after it (G1, G7, DR-3); *start* and *end* take their place. Dates that the line has rows for
    already are in `existing` and are not made twice. A fixed price line that has milestones gets
    no others: their sum must stay the contracted amount.
    """
    line = next((line for line in snapshot.lines if line.id == line_id), None)
    if line is None:
        return Generation(faults=(f"The contract has no line {line_id}.",))
    first, last = start or line.billing_start, end or snapshot.contract.end_date
    faults = [*faults_of(frequency), *_faults(line, first, last)]
    if faults or first is None or last is None:
        return Generation(faults=tuple(faults))
    dates = run_dates(frequency, first, last)
    if line.billing_method is BillingMethod.FIXED_PRICE:
        return _milestones(snapshot, line, dates)
    return _rows(snapshot, line, dates)


def _faults(line: ContractLine, first: date | None, last: date | None) -> list[str]:
    found = []
    if line.kind is LineKind.PRODUCT or line.billing_method is None:
        found.append(f"Line {line.name!r} is no project line with a known billing method.")
    if first is None:
        found.append(f"Line {line.name!r} has no billing start date.")
    if last is None:
        found.append("The contract has no requested delivery date to end the schedule.")
    if first is not None and last is not None and last < first:
        found.append(f"The end {last} lies before the start {first}.")
    return found


def _rows(snapshot: ContractSnapshot, line: ContractLine, dates: tuple[date, ...]) -> Generation:
    present = {row.run_date for row in snapshot.schedule if row.contract_line_id == line.id}
    rows = tuple(
        GeneratedRow(
            id=_row_id(snapshot.organization_id, line, day),
            contract_line_id=line.id,
            run_date=day,
            cutoff_date=day - timedelta(days=1),
        )
        for day in dates
        if day not in present
    )
    return Generation(rows=rows, existing=tuple(day for day in dates if day in present))


def _milestones(
    snapshot: ContractSnapshot, line: ContractLine, dates: tuple[date, ...]
) -> Generation:
    contract = snapshot.contract
    present = [m for m in snapshot.milestones if m.contract_line_id == line.id]
    if present:
        text = f"Line {line.name!r} has {len(present)} milestones already."
        return Generation(faults=(text,))
    if not dates:
        return Generation(faults=(f"No run date falls into the period of line {line.name!r}.",))
    amount, tax = line.contract_amount, line.tax or ZERO
    if amount is None or not _is_money(amount, contract) or not _is_money(tax, contract):
        text = f"Line {line.name!r} has no contracted amount in whole units of the currency."
        return Generation(faults=(text,))
    precision = contract.currency.precision
    parts = zip(
        dates,
        divided(amount, len(dates), precision),
        divided(tax, len(dates), precision),
        strict=True,
    )
    return Generation(
        milestones=tuple(
            GeneratedMilestone(
                id=_milestone_id(snapshot.organization_id, line, day),
                contract_line_id=line.id,
                name=day.isoformat(),
                date=day,
                amount=part,
                tax=part_of_tax,
            )
            for day, part, part_of_tax in parts
        )
    )


def _is_money(amount: Decimal, contract: Contract) -> bool:
    return is_number(amount) and fits_precision(amount, contract.currency.precision)


def _row_id(organization: OrganizationId, line: ContractLine, day: date) -> ScheduleRowId:
    """One row per line and run date, however often it is generated (R6)."""
    return ScheduleRowId(uuid5(organization, f"schedule/{line.id}/{day.isoformat()}"))


def _milestone_id(organization: OrganizationId, line: ContractLine, day: date) -> MilestoneId:
    return MilestoneId(uuid5(organization, f"milestone/{line.id}/{day.isoformat()}"))
