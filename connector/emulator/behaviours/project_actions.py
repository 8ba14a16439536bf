"""The invoicing actions of Project Operations that the pack offers."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from connector.emulator import faults
from connector.emulator.behaviours import refusals
from connector.emulator.behaviours.billing import exceeds_limit
from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONTRACT,
    CONTRACT_LINE,
    DETAIL,
    INVOICE,
    PROJECT_SERVICE,
    SCHEDULE_ROW,
    BillingStatus,
    TransactionType,
)
from connector.emulator.behaviours.confirming import post_invoice
from connector.emulator.behaviours.invoice_runs import InvoiceRuns
from connector.emulator.behaviours.schedule_generation import ScheduleGeneration
from connector.emulator.rows.hooks import Action, Call
from connector.emulator.schema.rights import Right
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import StoredRow

_MOVABLE: Final = (None, BillingStatus.UNBILLED_SALES_CREATED, BillingStatus.READY_TO_INVOICE)
# What each action reads and writes by itself; no public source lists the privileges.
_DRAFTING: Final = (
    (CONTRACT, Right.READ),
    (ACTUAL, Right.READ),
    (INVOICE, Right.CREATE),
    (INVOICE, Right.WRITE),
    (DETAIL, Right.CREATE),
    (SCHEDULE_ROW, Right.WRITE),
)
_POSTING: Final = (
    (INVOICE, Right.READ),
    (INVOICE, Right.WRITE),
    (ACTUAL, Right.CREATE),
    (ACTUAL, Right.WRITE),
)
_SCHEDULING: Final = (
    (CONTRACT_LINE, Right.READ),
    (SCHEDULE_ROW, Right.CREATE),
    (SCHEDULE_ROW, Right.DELETE),
)
_SEPARATORS: Final = re.compile(r"[\s,;\[\]\"']+")


def mark_actuals(call: Call) -> None:
    """
    Mark unbilled sales actuals ready to invoice, or clear their status.

    The separator of the id list is documented nowhere; commas, semicolons, blanks
    and a JSON list are accepted.
    """
    table = call.writer.schema.table(ACTUAL)
    for row_id in _ids(call.parameters, "ActualIds"):
        actual = call.writer.row(table, row_id)
        if actual.values["msdyn_transactiontypecode"] != TransactionType.UNBILLED_SALES:
            raise refusals.refused(message=f"The actual {row_id} is no unbilled sales transaction.")
        if exceeds_limit(actual):
            raise refusals.refused(message=f"The actual {row_id} exceeds its not-to-exceed limit.")
        _mark(call, actual)


def mark_product_lines(call: Call) -> None:
    """Mark product lines of a contract ready to invoice, or clear their status."""
    table = call.writer.schema.table(CONTRACT_LINE)
    for row_id in _ids(call.parameters, "ProductContractLineIds"):
        line = call.writer.row(table, row_id)
        if line.values["producttypecode"] == PROJECT_SERVICE:
            raise refusals.refused(message=f"The contract line {row_id} is no product line.")
        _mark(call, line)


def _mark(call: Call, row: StoredRow) -> None:
    if row.values["msdyn_billingstatus"] not in _MOVABLE:
        raise refusals.refused(message=f"{row.id} is on an invoice already, or canceled.")
    ready = _flag(call.parameters, "ReadyToInvoice")
    status: Value = int(BillingStatus.READY_TO_INVOICE) if ready else None
    call.writer.tx.check(row, Right.WRITE)
    call.writer.as_system().change(row, {"msdyn_billingstatus": status})


def _ids(parameters: Mapping[str, Any], name: str) -> list[UUID]:
    text = parameters.get(name)
    if not isinstance(text, str):
        raise faults.payload_error(message=f"the parameter '{name}' must be text")
    words = [word for word in _SEPARATORS.split(text) if word]
    ids = [parse_guid(word) for word in words]
    found = [one for one in ids if one is not None]
    if not words or len(found) != len(words):
        raise faults.payload_error(message=f"the parameter '{name}' must list ids")
    return found


def _flag(parameters: Mapping[str, Any], name: str) -> bool:
    value = parameters.get(name)
    if not isinstance(value, bool):
        raise faults.payload_error(message=f"the parameter '{name}' must be true or false")
    return value


def actions_in(zone: ZoneInfo) -> Mapping[str, Action]:
    """Return the actions of the pack for a tenant of that time zone."""
    runs, schedules = InvoiceRuns(zone), ScheduleGeneration(zone)
    offered: dict[str, Action] = {
        "msdyn_MarkActualReadyToInvoiceOrNot": Action(
            handler=mark_actuals, needs=((ACTUAL, Right.WRITE),)
        ),
        "msdyn_MarkProductContractLineReadyToInvoiceOrNot": Action(
            handler=mark_product_lines, needs=((CONTRACT_LINE, Right.WRITE),)
        ),
        "msdyn_CreateInvoicefromInvoiceScheduleSync": Action(
            handler=runs.from_schedules, bound_to=CONTRACT, needs=_DRAFTING
        ),
        "msdyn_createinvoicefrominvoiceschedule": Action(
            handler=runs.from_schedules_quietly, bound_to=CONTRACT, needs=_DRAFTING
        ),
        "msdyn_NewInvoiceContract": Action(
            handler=runs.from_contract, bound_to=CONTRACT, needs=_DRAFTING
        ),
        "msdyn_PostInvoice": Action(handler=post_invoice, bound_to=INVOICE, needs=_POSTING),
        "msdyn_GenerateContractLineInvoiceSchedule": Action(
            handler=schedules.generate, bound_to=CONTRACT_LINE, needs=_SCHEDULING
        ),
    }
    return MappingProxyType(offered)
