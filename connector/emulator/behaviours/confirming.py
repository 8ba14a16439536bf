"""
Confirming an invoice: `msdyn_PostInvoice`.

For each detail the unbilled actual is posted and reversed and a billed sales
actual made. A detail without an actual behind it, legal when added by hand, gets
an unbilled actual of its own first: an actual that was billed without its
connection is then billed twice, here as on the platform (domain L5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.behaviours import refusals
from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONNECTION,
    CONTRACT_LINE,
    DETAIL,
    LINE,
    MILESTONE,
    PROJECT_SERVICE,
    AdjustmentStatus,
    BillingStatus,
    BillingType,
    InvoiceStatus,
    MilestoneStatus,
    TransactionClass,
    TransactionType,
)
from connector.emulator.behaviours.claims import sources_of
from connector.emulator.behaviours.drafting import connection
from connector.emulator.behaviours.totals import money
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from connector.emulator.rows.hooks import Call
    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow

_OWN: Final = frozenset(
    {"createdon", "createdby", "modifiedon", "modifiedby", "versionnumber", "msdyn_actualid"}
)
_REVERSED: Final = (
    "msdyn_quantity",
    "msdyn_amount",
    "msdyn_projectcontractlinediscountamount",
    "msdyn_projectcontractlinefeeamount",
    "msdyn_tax",
    "msdyn_extendedamount",
)
_EDITABLE: Final = ("msdyn_quantity", "msdyn_amount", "msdyn_billingtype")


def post_invoice(call: Call) -> None:
    """
    Confirm the invoice that the action is bound to.

    Refuses an invoice that is not a draft or in review. A detail that was edited
    since it was made is not supported: its documented splitting is not emulated.
    """
    invoice, writer = call.target, call.writer.as_system()
    if invoice is None:
        raise faults.bad_request(message=f"{call.name} is bound to an invoice.")
    if invoice.values["msdyn_projectinvoicestatus"] not in (
        InvoiceStatus.DRAFT,
        InvoiceStatus.IN_REVIEW,
    ):
        raise refusals.invoice_is_final()
    tx = writer.tx
    for detail in tx.find(writer.schema.table(DETAIL), {"msdyn_invoice": invoice.id}):
        _post_detail(writer, detail)
    for line in tx.find(writer.schema.table(LINE), {"invoiceid": invoice.id}):
        if line.values["producttypecode"] != PROJECT_SERVICE:
            _post_product(writer, line)
    confirmed: NewValues = {"msdyn_projectinvoicestatus": int(InvoiceStatus.CONFIRMED)}
    tx.update(invoice.table, invoice.id, confirmed)


def _post_detail(writer: Writer, detail: StoredRow) -> None:
    sources = list(sources_of(writer.tx, detail))
    if not sources:
        sources = [_unbilled_of(writer, detail)]
    for source in sources:
        if source.table.logical_name == MILESTONE:
            posted: NewValues = {
                "msdyn_invoicestatus": int(MilestoneStatus.CUSTOMER_INVOICE_POSTED)
            }
            writer.tx.update(source.table, source.id, posted)
            _insert(writer, _billed_values(detail))
        elif source.table.logical_name == ACTUAL:
            _post_actual(writer, detail, source)


def _post_actual(writer: Writer, detail: StoredRow, actual: StoredRow) -> None:
    if any(detail.values[name] != actual.values[name] for name in _EDITABLE):
        raise faults.unsupported(feature="confirming a detail that differs from its actual")
    posted: NewValues = {
        "msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_POSTED),
        "msdyn_invoice": detail.values["msdyn_invoice"],
        "msdyn_invoicelinedetail": reference_to(detail),
    }
    writer.tx.update(actual.table, actual.id, posted)
    reversal = _insert(writer, _reversal_values(actual))
    billed = _insert(writer, _billed_values(detail))
    _connect(writer, reversal, actual, ("Reversing", "Original"))
    _connect(writer, billed, actual, ("Billed Sales", "Unbilled Sales"))


def _connect(writer: Writer, first: StoredRow, second: StoredRow, roles: tuple[str, str]) -> None:
    writer.insert(writer.schema.table(CONNECTION), connection(first, second, roles))


def _insert(writer: Writer, values: NewValues) -> StoredRow:
    return writer.insert(writer.schema.table(ACTUAL), values)


def _unbilled_of(writer: Writer, detail: StoredRow) -> StoredRow:
    values = _copied(detail)
    values["msdyn_transactiontypecode"] = int(TransactionType.UNBILLED_SALES)
    return _insert(writer, values)


def _reversal_values(actual: StoredRow) -> NewValues:
    values = {name: value for name, value in actual.values.items() if name not in _OWN}
    for name in _REVERSED:
        if values.get(name) is not None:
            values[name] = -money(values[name])
    return values | {
        "msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_POSTED),
        "msdyn_adjustmentstatus": int(AdjustmentStatus.UNADJUSTABLE),
    }


def _billed_values(detail: StoredRow) -> NewValues:
    values = _copied(detail)
    return values | {
        "msdyn_transactiontypecode": int(TransactionType.BILLED_SALES),
        "msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_POSTED),
        "msdyn_invoicelinedetail": reference_to(detail),
    }


def _copied(detail: StoredRow) -> NewValues:
    """Return the columns that a detail shares with an actual."""
    return {name: value for name, value in detail.values.items() if name in _SHARED}


_SHARED: Final = frozenset(
    f"msdyn_{name}"
    for name in [
        "accountcustomer",
        "accountingdate",
        "amount",
        "amountmethod",
        "billingtype",
        "bookableresource",
        "contactcustomer",
        "customertype",
        "description",
        "documentdate",
        "enddatetime",
        "extendedamount",
        "externaldescription",
        "invoice",
        "percent",
        "price",
        "pricelist",
        "product",
        "project",
        "projectcontractlinediscountamount",
        "projectcontractlinediscountpercentage",
        "projectcontractlinefeeamount",
        "projectcontractlinefeepercentage",
        "projectcontractlinesplitbillingrule",
        "projectcontractsplitbillingrule",
        "quantity",
        "resourcecategory",
        "salescontract",
        "salescontractlineid",
        "startdatetime",
        "task",
        "tax",
        "transactioncategory",
        "transactionclassification",
        "transactiondate",
        "unit",
        "unitschedule",
    ]
) | {"transactioncurrencyid"}


def _post_product(writer: Writer, line: StoredRow) -> None:
    contract_line = line.values["salesorderdetailid"]
    if not isinstance(contract_line, Reference):
        return
    posted: NewValues = {"msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_POSTED)}
    writer.tx.update(writer.schema.table(CONTRACT_LINE), contract_line.id, posted)
    _insert(
        writer,
        {
            "msdyn_description": line.values["productdescription"],
            "msdyn_transactiontypecode": int(TransactionType.BILLED_SALES),
            "msdyn_transactionclassification": int(TransactionClass.MATERIAL),
            "msdyn_billingtype": int(BillingType.CHARGEABLE),
            "msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_POSTED),
            "msdyn_quantity": line.values["quantity"],
            "msdyn_price": line.values["priceperunit"],
            "msdyn_amount": money(line.values["extendedamount"]) - money(line.values["tax"]),
            "msdyn_tax": line.values["tax"],
            "msdyn_invoice": line.values["invoiceid"],
            "msdyn_salescontractlineid": contract_line,
            "transactioncurrencyid": line.values["transactioncurrencyid"],
        },
    )
