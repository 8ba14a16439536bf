"""Amounts of invoice lines and invoices, recomputed from what lies below them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator.behaviours.choices import (
    DETAIL,
    INVOICE,
    LINE,
    PROJECT_SERVICE,
    BillingType,
)
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import money_of

if TYPE_CHECKING:
    from uuid import UUID

    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import StoredRow, Transaction

_ZERO: Final = Decimal(0)


def recalculate_line(tx: Transaction, line_id: UUID) -> None:
    """
    Have a line and its invoice recomputed, once for all writes before anyone looks.

    A project line's amount and tax are those of its chargeable details; amounts
    of the other billing types stand in columns of their own. A product line and
    the line of a retainer, which have no details, are quantity times price.
    """
    tx.defer(
        lambda: _recompute_line(tx, line_id), key=(LINE, line_id), writes=frozenset({LINE, INVOICE})
    )


def recalculate_invoice(tx: Transaction, invoice_id: UUID) -> None:
    """Have the totals of an invoice recomputed from its lines, once before anyone looks."""
    tx.defer(
        lambda: _recompute_invoice(tx, invoice_id),
        key=(INVOICE, invoice_id),
        writes=frozenset({INVOICE}),
    )


def money(value: Value) -> Decimal:
    """Return an amount, null as zero."""
    return value if isinstance(value, Decimal) else _ZERO


def _recompute_line(tx: Transaction, line_id: UUID) -> None:
    table = tx.schema.table(LINE)
    line = tx.part(table, line_id, _OF_LINES)
    if line is None:
        return
    is_project = line.values["producttypecode"] == PROJECT_SERVICE
    has_details = is_project and line.values["msdyn_projectcontractretainer"] is None
    amounts = _project_amounts(tx, line) if has_details else _product_amounts(line)
    tx.update(table, line_id, amounts)
    invoice = line.values["invoiceid"]
    if isinstance(invoice, Reference):
        recalculate_invoice(tx, invoice.id)


def _recompute_invoice(tx: Transaction, invoice_id: UUID) -> None:
    table = tx.schema.table(INVOICE)
    if not tx.exists(table, invoice_id):
        return
    rows = tx.select(
        'SELECT SUM(baseamount), SUM(tax) FROM "invoicedetail" WHERE invoiceid = ?',
        (str(invoice_id),),
    )
    amount, tax = (money_of(int(value or 0)) for value in rows[0])
    totals: dict[str, Value] = {
        "totallineitemamount": amount,
        "totalamountlessfreight": amount,
        "totaltax": tax,
        "totalamount": amount + tax,
    }
    tx.update(table, invoice_id, totals)


def _project_amounts(tx: Transaction, line: StoredRow) -> dict[str, Value]:
    amounts: dict[int, Decimal] = {}
    taxes: dict[int, Decimal] = {}
    for kind, amount_units, tax_units in tx.select(_BY_BILLING_TYPE, (str(line.id),)):
        amounts[int(kind or 0)] = money_of(int(amount_units or 0))
        taxes[int(kind or 0)] = money_of(int(tax_units or 0))
    chargeable = amounts.get(BillingType.CHARGEABLE, _ZERO)
    tax = taxes.get(BillingType.CHARGEABLE, _ZERO)
    return {
        "msdyn_chargeableamount": chargeable,
        "msdyn_nonchargeableamount": amounts.get(BillingType.NON_CHARGEABLE, _ZERO),
        "msdyn_complimentaryamount": amounts.get(BillingType.COMPLIMENTARY, _ZERO),
        "quantity": Decimal(1),
        "priceperunit": chargeable,
        "baseamount": chargeable,
        "tax": tax,
        "extendedamount": chargeable + tax,
    }


def _product_amounts(line: StoredRow) -> dict[str, Value]:
    amount = money(line.values["quantity"]) * money(line.values["priceperunit"])
    amount -= money(line.values["manualdiscountamount"])
    return {"baseamount": amount, "extendedamount": amount + money(line.values["tax"])}


_OF_LINES: Final = (
    "producttypecode",
    "msdyn_projectcontractretainer",
    "invoiceid",
    "quantity",
    "priceperunit",
    "manualdiscountamount",
    "tax",
)
_BY_BILLING_TYPE: Final = (
    f'SELECT msdyn_billingtype, SUM(msdyn_amount), SUM(msdyn_tax) FROM "{DETAIL}" '  # noqa: S608  a constant
    "WHERE msdyn_invoicelineid = ? GROUP BY msdyn_billingtype"
)
