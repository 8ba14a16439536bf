"""
The pack of a Project Operations tenant.

Actuals are protected, details claim what they bill, amounts follow from below,
deleted drafts release their sources, and the invoicing actions exist. Written
from the documentation; it knows nothing of the connector's own rules.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.emulator.behaviours import claims, refusals, totals
from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONNECTION,
    CONTRACT,
    CONTRACT_LINE,
    DETAIL,
    INVOICE,
    LINE,
    PROJECT_SERVICE,
    WORK_BASED,
    InvoiceStatus,
    TransactionType,
)
from connector.emulator.behaviours.invoice_runs import InvoiceRuns
from connector.emulator.behaviours.project_actions import actions_in
from connector.emulator.behaviours.rounding import round_numbers
from connector.emulator.rows.hooks import Behaviour
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import NewValues, RowValues, Value
    from connector.emulator.storage.store import StoredRow, Transaction

_FINAL: Final = (InvoiceStatus.CONFIRMED, InvoiceStatus.PAID)
_VOLUME_DISCOUNT: Final = "volumediscountamount"
_PARENTS: Final[Mapping[str, str]] = MappingProxyType({LINE: "invoiceid", DETAIL: "msdyn_invoice"})


class ProjectOperations(Behaviour):
    """
    What Project Operations does on plain writes.

    *protects_actuals* False leaves actuals open to direct changes, as tenants
    before update release 55 were. *time_zone* is the calendar of user-local dates.
    With *rounds* numbers are rounded to the decimal places of their columns.
    """

    name = "project-operations"
    follows = frozenset({CONNECTION, LINE, DETAIL})

    def __init__(
        self, *, protects_actuals: bool = True, time_zone: str = "UTC", rounds: bool = False
    ) -> None:
        self.protects_actuals = protects_actuals
        self.rounds = rounds
        zone = ZoneInfo(time_zone)
        self.runs = InvoiceRuns(zone)
        self.actions = actions_in(zone)

    def creating(self, writer: Writer, table: Table, values: NewValues) -> None:
        """Refuse actuals and rows below confirmed invoices; fill in what the parent knows."""
        name = table.logical_name
        if self.rounds:
            round_numbers(table, values)
        if name == ACTUAL and self._protects(writer):
            raise refusals.actual_is_made_by_journal()
        if name == INVOICE:
            _complete_invoice(writer.tx, values)
        elif name == LINE:
            _complete_line(writer.tx, values)
        elif name == DETAIL:
            _complete_detail(writer.tx, values)
        if name in _PARENTS:
            _refuse_below_final(writer, values.get(_PARENTS[name]))

    def created(self, writer: Writer, row: StoredRow) -> None:
        """Claim sources and recompute amounts."""
        name, tx = row.table.logical_name, writer.tx
        if name == CONNECTION:
            claims.claim_by_connection(tx, row)
        elif name == LINE:
            claims.claim_by_line(tx, row)
            totals.recalculate_line(tx, row.id)
        elif name == DETAIL:
            claims.claim_by_detail(tx, row)
            _recalculate_above(tx, row)

    def updating(self, writer: Writer, row: StoredRow, values: NewValues) -> None:
        """Refuse changes of actuals and of confirmed invoices."""
        name = row.table.logical_name
        if self.rounds:
            round_numbers(row.table, values)
        if name == ACTUAL and self._protects(writer):
            _refuse_protected(row.table, values)
        if name == INVOICE and not writer.system:
            _refuse_confirming(row, values)
        _refuse_final(writer, row)

    def recalculated(self, tx: Transaction) -> None:
        """Compute the sums of every line and invoice again; their versions move."""
        for line in tx.find(tx.schema.table(LINE), {}):
            totals.recalculate_line(tx, line.id)

    def updated(self, writer: Writer, before: StoredRow, after: StoredRow) -> None:
        """Recompute amounts; also of the line that a detail was moved away from."""
        name, tx = after.table.logical_name, writer.tx
        if name == LINE:
            totals.recalculate_line(tx, after.id)
        elif name == DETAIL:
            _recalculate_above(tx, before)
            if before.values["msdyn_invoicelineid"] != after.values["msdyn_invoicelineid"]:
                _recalculate_above(tx, after)

    def deleting(self, writer: Writer, row: StoredRow) -> None:
        """Refuse actuals and confirmed invoices; take what hangs below along."""
        name = row.table.logical_name
        if name == ACTUAL and self._protects(writer):
            raise refusals.actual_stays()
        _refuse_final(writer, row)
        prepare = _BEFORE_DELETION.get(name)
        if prepare is not None:
            prepare(writer.tx, row)

    def deleted(self, writer: Writer, row: StoredRow) -> None:
        """Recompute amounts above."""
        if row.table.logical_name == DETAIL:
            _recalculate_above(writer.tx, row)
        elif row.table.logical_name == LINE:
            parent = row.values["invoiceid"]
            if isinstance(parent, Reference):
                totals.recalculate_invoice(writer.tx, parent.id)

    def _protects(self, writer: Writer) -> bool:
        return self.protects_actuals and not writer.system


def _refuse_protected(table: Table, values: RowValues) -> None:
    own = [name for name in values if not table.columns[name].custom]
    if own:
        raise refusals.actual_is_protected(", ".join(sorted(own)))


def _refuse_confirming(row: StoredRow, values: RowValues) -> None:
    status = values.get("msdyn_projectinvoicestatus")
    if status in _FINAL and row.values["msdyn_projectinvoicestatus"] not in _FINAL:
        raise refusals.confirming_is_an_action()


def _refuse_final(writer: Writer, row: StoredRow) -> None:
    """Refuse a write of a confirmed invoice or of something below one."""
    name = row.table.logical_name
    if writer.system:
        return
    if name == INVOICE and row.values["msdyn_projectinvoicestatus"] in _FINAL:
        raise refusals.invoice_is_final()
    if name in _PARENTS:
        _refuse_below_final(writer, row.values[_PARENTS[name]])


def _refuse_below_final(writer: Writer, invoice: Value) -> None:
    if not writer.system and _is_final(writer.tx, invoice):
        raise refusals.invoice_is_final()


def _is_final(tx: Transaction, invoice: Value) -> bool:
    found = _referred(tx, invoice, ("msdyn_projectinvoicestatus",))
    return found is not None and found.values["msdyn_projectinvoicestatus"] in _FINAL


def _referred(tx: Transaction, value: Value, names: tuple[str, ...]) -> StoredRow | None:
    """Some columns of the row that a lookup refers to; none of them is computed later."""
    if not isinstance(value, Reference):
        return None
    return tx.part(tx.schema.table(value.table), value.id, names)


def _fill(values: NewValues, name: str, value: Value) -> None:
    if values.get(name) is None and value is not None:
        values[name] = value


def _complete_invoice(tx: Transaction, values: NewValues) -> None:
    if "invoicenumber" in tx.schema.table("invoice").columns:
        _fill(values, "invoicenumber", f"INV-{tx.version + 1:08d}")
    _fill(values, "msdyn_projectinvoicestatus", int(InvoiceStatus.DRAFT))
    copied = ("transactioncurrencyid", "pricelevelid", "customerid")
    source = values.get("salesorderid")
    is_contract = isinstance(source, Reference) and source.table == CONTRACT
    contract = _referred(tx, source, ("msdyn_ordertype", *copied)) if is_contract else None
    if contract is not None:
        if contract.values["msdyn_ordertype"] == WORK_BASED:
            _fill(values, "msdyn_ordertype", WORK_BASED)
        for name in copied:
            _fill(values, name, contract.values[name])


def _complete_line(tx: Transaction, values: NewValues) -> None:
    invoice = _referred(tx, values.get("invoiceid"), ("transactioncurrencyid",))
    if invoice is not None:
        _fill(values, "transactioncurrencyid", invoice.values["transactioncurrencyid"])
    # A retainer belongs to the contract and not to one of its lines.
    belongs = values.get("salesorderdetailid") or values.get("msdyn_projectcontractretainer")
    if values.get("producttypecode") == PROJECT_SERVICE and not belongs:
        raise refusals.refused(message="A project-based invoice line needs its contract line.")
    if values.get("producttypecode") != PROJECT_SERVICE:
        _discount_volume(tx, values)


def _discount_volume(tx: Transaction, values: NewValues) -> None:
    """
    Give a product line the volume discount of the contract line that it bills whole.

    No client can write that column. Discount lists are not modelled; what they gave the
    contract line, they give to the same quantity on the invoice.
    """
    names = totals.present(tx.schema.table(CONTRACT_LINE), ("quantity", _VOLUME_DISCOUNT))
    line = _referred(tx, values.get("salesorderdetailid"), names)
    if line is not None and line.values["quantity"] == values.get("quantity"):
        _fill(values, _VOLUME_DISCOUNT, line.values.get(_VOLUME_DISCOUNT))


def _complete_detail(tx: Transaction, values: NewValues) -> None:
    if values.get("msdyn_transactionclassification") is None:
        raise refusals.refused(message="An invoice line detail needs its transaction class.")
    line = _referred(tx, values.get("msdyn_invoicelineid"), ("invoiceid", "transactioncurrencyid"))
    if line is not None:
        _fill(values, "msdyn_invoice", line.values["invoiceid"])
        _fill(values, "transactioncurrencyid", line.values["transactioncurrencyid"])
    _fill(values, "msdyn_transactiontypecode", int(TransactionType.BILLED_SALES))
    if "msdyn_extendedamount" not in tx.schema.table(DETAIL).columns:
        return
    amount, tax = values.get("msdyn_amount"), values.get("msdyn_tax")
    discount = values.get("msdyn_projectcontractlinediscountamount")
    fee = values.get("msdyn_projectcontractlinefeeamount")
    net = totals.money(amount) - totals.money(discount) + totals.money(fee)
    _fill(values, "msdyn_extendedamount", net + totals.money(tax))


def _recalculate_above(tx: Transaction, detail: StoredRow) -> None:
    line = detail.values["msdyn_invoicelineid"]
    if isinstance(line, Reference):
        totals.recalculate_line(tx, line.id)


def _delete_lines(tx: Transaction, invoice: StoredRow) -> None:
    for line in tx.find(tx.schema.table(LINE), {"invoiceid": invoice.id}):
        _release_line(tx, line)
        tx.delete(line.table, line.id)
    for detail in tx.find(tx.schema.table(DETAIL), {"msdyn_invoice": invoice.id}):
        claims.release_detail(tx, detail)
        tx.delete(detail.table, detail.id)


def _release_line(tx: Transaction, line: StoredRow) -> None:
    _delete_details(tx, line)
    claims.release_line(tx, line)


def _delete_details(tx: Transaction, line: StoredRow) -> None:
    for detail in tx.find(tx.schema.table(DETAIL), {"msdyn_invoicelineid": line.id}):
        claims.release_detail(tx, detail)
        tx.delete(detail.table, detail.id)


_BEFORE_DELETION: Final[Mapping[str, Callable[[Transaction, StoredRow], None]]] = MappingProxyType(
    {
        INVOICE: _delete_lines,
        LINE: _release_line,
        DETAIL: claims.release_detail,
        CONNECTION: claims.release_connection,
    }
)
