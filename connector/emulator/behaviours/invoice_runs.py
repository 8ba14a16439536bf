"""
Making drafts: from schedule rows, from a whole contract, and for a run date.

The action bound to a contract and the platform's daily job share one rule: rows
of one contract with the same run date go into one invoice for each customer.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from connector.emulator import faults
from connector.emulator.behaviours import refusals
from connector.emulator.behaviours.billing import (
    Due,
    contract_lines,
    is_active,
    is_billable,
    is_project_line,
    shares,
)
from connector.emulator.behaviours.choices import (
    CONTRACT,
    CONTRACT_LINE,
    MILESTONE,
    SCHEDULE_ROW,
    MilestoneStatus,
    RunStatus,
)
from connector.emulator.behaviours.drafting import write_draft
from connector.emulator.behaviours.local_dates import local_date, local_milestone_date
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from connector.emulator.rows.hooks import Call
    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow, Transaction


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a schedule row or a milestone belongs."""

    line: StoredRow
    contract_id: UUID


class InvoiceRuns:
    """Makes drafts in the calendar of one time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def from_schedules(self, call: Call) -> Mapping[str, object]:
        """`msdyn_CreateInvoicefromInvoiceScheduleSync`: bill the given schedule rows."""
        contract = _contract_of(call)
        rows = [row for row in _given_rows(call, contract) if _may_run(row)]
        writer = call.writer.as_system()
        if not is_billable(contract):
            _finish(writer, rows, RunStatus.RUN_FAILED, {})
            return {"IsSuccess": False}
        by_date: dict[date, list[StoredRow]] = defaultdict(list)
        for row in rows:
            day = local_date(row.values["msdyn_invoicerundate"], self.zone)
            if day is not None:
                by_date[day].append(row)
        for run_date in sorted(by_date):
            self._bill(writer, contract, run_date, by_date[run_date])
        return {"IsSuccess": True}

    def from_schedules_quietly(self, call: Call) -> None:
        """`msdyn_createinvoicefrominvoiceschedule`: the same without an answer."""
        self.from_schedules(call)

    def from_contract(self, call: Call) -> Mapping[str, object]:
        """
        `msdyn_NewInvoiceContract`: bill everything ready and past dated, whatever the schedule.

        Answers the first draft and the number of drafts; refuses a contract that is
        not confirmed, or has nothing to bill.
        """
        contract, writer = _contract_of(call), call.writer.as_system()
        if not is_billable(contract):
            raise refusals.refused(message="Only a confirmed project contract can be invoiced.")
        today = call.writer.tx.now.astimezone(self.zone).date()
        lines = contract_lines(writer.tx, contract)
        reached = [m for m in _milestones(writer.tx, contract) if self._reached(m, today)]
        cut_offs = {line.id: today for line in lines}
        due = Due(run_date=today, cut_offs=cut_offs, milestones=tuple(reached))
        drafts = self._drafts(writer, contract, due)
        if not drafts:
            raise refusals.refused(message="There is nothing to invoice on this contract.")
        first = {"@odata.type": "#Microsoft.Dynamics.CRM.invoice", "invoiceid": str(drafts[0].id)}
        return {"InvoiceCount": len(drafts), "Invoice": first}

    def run(self, writer: Writer, run_date: date) -> tuple[UUID, ...]:
        """
        Do what the platform's daily job does on *run_date*; returns the drafts made.

        Contracts are due by schedule rows of that date that have not run and by
        ready milestones of that date.
        """
        writer = writer.as_system()
        rows: dict[UUID, list[StoredRow]] = defaultdict(list)
        for row in writer.tx.rows(writer.schema.table(SCHEDULE_ROW)):
            place = _place_of(writer.tx, row)
            if place and is_project_line(place.line) and self._is_due(row, run_date):
                rows[place.contract_id].append(row)
        for milestone in writer.tx.rows(writer.schema.table(MILESTONE)):
            place = _place_of(writer.tx, milestone)
            if place and self._calls_out(milestone, run_date):
                rows.setdefault(place.contract_id, [])
        drafts: list[StoredRow] = []
        for contract_id in sorted(rows, key=str):
            contract = writer.row(writer.schema.table(CONTRACT), contract_id)
            if is_billable(contract):
                drafts += self._bill(writer, contract, run_date, rows[contract_id])
        return tuple(draft.id for draft in drafts)

    def _bill(
        self, writer: Writer, contract: StoredRow, run_date: date, rows: Sequence[StoredRow]
    ) -> list[StoredRow]:
        drafts = self._drafts(writer, contract, self._due(writer.tx, contract, run_date, rows))
        _finish(writer, rows, RunStatus.RUN_SUCCESSFUL, _invoices_by_line(writer.tx, drafts))
        return drafts

    def _drafts(self, writer: Writer, contract: StoredRow, due: Due) -> list[StoredRow]:
        found = shares(writer.tx, contract, due, self.zone)
        return [write_draft(writer, contract, share) for share in found]

    def _due(
        self, tx: Transaction, contract: StoredRow, run_date: date, rows: Sequence[StoredRow]
    ) -> Due:
        cut_offs: dict[UUID, date] = {}
        milestones = {
            row.id: row for row in _milestones(tx, contract) if self._is_dated(row, run_date)
        }
        for row in rows:
            line, milestone = (
                row.values["msdyn_contractlineid"],
                row.values["msdyn_contractlinescheduleofvalue"],
            )
            if isinstance(milestone, Reference):
                found = tx.get(tx.schema.table(MILESTONE), milestone.id)
                milestones |= {found.id: found} if found else {}
            if isinstance(line, Reference):
                cut_off = self._cut_off(row, run_date)
                cut_offs[line.id] = max(cut_off, cut_offs.get(line.id, cut_off))
        return Due(run_date=run_date, cut_offs=cut_offs, milestones=tuple(milestones.values()))

    def _cut_off(self, row: StoredRow, run_date: date) -> date:
        """The last day to bill: never after the run, for only past work is invoiced."""
        given = local_date(row.values["msdyn_transactioncutoffdate"], self.zone)
        return min(given or run_date - timedelta(days=1), run_date)

    def _is_due(self, row: StoredRow, run_date: date) -> bool:
        not_run = row.values["msdyn_invoicerunstatus"] == RunStatus.NOT_RUN
        return (
            is_active(row)
            and not_run
            and local_date(row.values["msdyn_invoicerundate"], self.zone) == run_date
        )

    def _is_dated(self, milestone: StoredRow, run_date: date) -> bool:
        return local_milestone_date(milestone, self.zone) == run_date

    def _calls_out(self, milestone: StoredRow, run_date: date) -> bool:
        ready = milestone.values["msdyn_invoicestatus"] == MilestoneStatus.READY
        return ready and self._is_dated(milestone, run_date)

    def _reached(self, milestone: StoredRow, today: date) -> bool:
        day = local_milestone_date(milestone, self.zone)
        return day is not None and day <= today


def _contract_of(call: Call) -> StoredRow:
    if call.target is None:
        raise faults.bad_request(message=f"{call.name} is bound to a contract.")
    return call.target


def _given_rows(call: Call, contract: StoredRow) -> list[StoredRow]:
    given = call.parameters.get("InvoiceSchedules")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise faults.payload_error(message="the parameter 'InvoiceSchedules' must list rows")
    table = call.writer.schema.table(SCHEDULE_ROW)
    found = [call.writer.row(table, _row_id(one, table.primary_id)) for one in given]
    for row in found:
        place = _place_of(call.writer.tx, row)
        if place is None or place.contract_id != contract.id:
            raise refusals.refused(
                message=f"The schedule row {row.id} belongs to another contract."
            )
    return found


def _row_id(given: Mapping[str, Any], name: str) -> UUID:
    row_id = parse_guid(str(given.get(name, "")))
    if row_id is None:
        raise faults.payload_error(message=f"each of 'InvoiceSchedules' needs '{name}'")
    return row_id


def _may_run(row: StoredRow) -> bool:
    return is_active(row) and row.values["msdyn_invoicerunstatus"] != RunStatus.RUN_SUCCESSFUL


def _place_of(tx: Transaction, row: StoredRow) -> _Place | None:
    line = row.values["msdyn_contractlineid"]
    found = tx.get(tx.schema.table(CONTRACT_LINE), line.id) if isinstance(line, Reference) else None
    contract = found.values["salesorderid"] if found else None
    return _Place(found, contract.id) if found and isinstance(contract, Reference) else None


def _milestones(tx: Transaction, contract: StoredRow) -> list[StoredRow]:
    table = tx.schema.table(MILESTONE)
    lines = contract_lines(tx, contract)
    return [row for line in lines for row in tx.find(table, {"msdyn_contractlineid": line.id})]


def _invoices_by_line(tx: Transaction, drafts: Sequence[StoredRow]) -> dict[UUID, Reference]:
    """Return the first draft on which each contract line stands."""
    found: dict[UUID, Reference] = {}
    for draft in drafts:
        for line in tx.find(tx.schema.table("invoicedetail"), {"invoiceid": draft.id}):
            contract_line = line.values["salesorderdetailid"]
            if isinstance(contract_line, Reference):
                found.setdefault(contract_line.id, Reference(table="invoice", id=draft.id))
    return found


def _finish(
    writer: Writer,
    rows: Sequence[StoredRow],
    status: RunStatus,
    invoices: Mapping[UUID, Reference],
) -> None:
    for row in rows:
        line = row.values["msdyn_contractlineid"]
        values: NewValues = {"msdyn_invoicerunstatus": int(status)}
        if isinstance(line, Reference) and line.id in invoices:
            values["msdyn_invoice"] = invoices[line.id]
        writer.change(row, values)
