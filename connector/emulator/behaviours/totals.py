"""Amounts of invoice lines and invoices, recomputed from what lies below them."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
from connector.emulator.storage.principals import ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import NewValues, Value
    from connector.emulator.storage.store import StoredRow, Transaction

_ZERO: Final = Decimal(0)


def recalculate_line(tx: Transaction, line_id: UUID) -> None:
    """
    Have a line and its invoice recomputed, once for all writes before anyone looks.

    A project line's amount and tax are those of its chargeable details, after the
    discount and with the fee of each; amounts of the other billing types stand in
    columns of their own. A product line and the line of a retainer, which have no
    details, are quantity times price less discounts.
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


def present(table: Table, names: Sequence[str]) -> tuple[str, ...]:
    """Return those of *names* that *table* has; older tenants lack the younger ones."""
    return tuple(name for name in names if name in table.columns)


def _recompute_line(tx: Transaction, line_id: UUID) -> None:
    table = tx.schema.table(LINE)
    line = tx.part(table, line_id, present(table, _OF_LINES))
    if line is None:
        return
    is_project = line.values["producttypecode"] == PROJECT_SERVICE
    has_details = is_project and line.values.get("msdyn_projectcontractretainer") is None
    amounts = _project_amounts(tx, line) if has_details else _product_amounts(tx, line)
    tx.update(table, line_id, amounts)
    invoice = line.values["invoiceid"]
    if isinstance(invoice, Reference):
        recalculate_invoice(tx, invoice.id)


def _recompute_invoice(tx: Transaction, invoice_id: UUID) -> None:
    table = tx.schema.table(INVOICE)
    if not tx.exists(table, invoice_id):
        return
    manual = "manualdiscountamount"
    summed = f"SUM({manual})" if manual in tx.schema.table(LINE).columns else "0"
    rows = tx.select(
        f'SELECT SUM(extendedamount), SUM(tax), {summed} FROM "invoicedetail" '  # noqa: S608
        "WHERE invoiceid = ?",
        (str(invoice_id),),
    )
    extended, tax, discount = (money_of(int(value or 0)) for value in rows[0])
    amount = extended - tax
    totals: NewValues = {
        "totallineitemamount": amount,
        "totallineitemdiscountamount": discount,
        "totaldiscountamount": discount,
        "totalamountlessfreight": amount,
        "totaltax": tax,
        "totalamount": extended,
    }
    tx.update(table, invoice_id, totals)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The sums of a line's details of one billing type."""

    amount: Decimal = _ZERO
    tax: Decimal = _ZERO
    discount: Decimal = _ZERO
    fee: Decimal = _ZERO

    @property
    def net(self) -> Decimal:
        """What the customer pays before tax: less the discount, with the fee."""
        return self.amount - self.discount + self.fee


def _project_amounts(tx: Transaction, line: StoredRow) -> NewValues:
    sums = _by_billing_type(tx, line)
    nothing = _Sums()
    chargeable = sums.get(BillingType.CHARGEABLE, nothing)
    if "msdyn_tax" not in tx.schema.table(DETAIL).columns:  # older details have none: the line's
        chargeable = replace(chargeable, tax=money(line.values["tax"]))
    amounts: NewValues = {
        "msdyn_chargeableamount": chargeable.net,
        "msdyn_nonchargeableamount": sums.get(BillingType.NON_CHARGEABLE, nothing).net,
        "msdyn_complimentaryamount": sums.get(BillingType.COMPLIMENTARY, nothing).net,
        "msdyn_discountamount": chargeable.discount,
        "msdyn_feeamount": chargeable.fee,
        "quantity": Decimal(1),
        "priceperunit": chargeable.net,
        "baseamount": chargeable.net,
        "tax": chargeable.tax,
        "extendedamount": chargeable.net + chargeable.tax,
    }
    return {name: amounts[name] for name in present(line.table, tuple(amounts))}


def _by_billing_type(tx: Transaction, line: StoredRow) -> dict[int, _Sums]:
    known = set(present(tx.schema.table(DETAIL), _OF_DETAILS))
    sums = ", ".join(f"SUM({name})" if name in known else "0" for name in _OF_DETAILS)
    rows = tx.select(
        f'SELECT msdyn_billingtype, {sums} FROM "{DETAIL}" '  # noqa: S608  constants
        "WHERE msdyn_invoicelineid = ? GROUP BY msdyn_billingtype",
        (str(line.id),),
    )
    return {
        int(kind or 0): _Sums(*(money_of(int(units or 0)) for units in found))
        for kind, *found in rows
    }


def _product_amounts(tx: Transaction, line: StoredRow) -> NewValues:
    """
    Amount and extended amount as the column descriptions of invoice products have them.

    The volume discount is per unit; the manual discount is taken off the line, or off
    each unit where the organisation discounts so.
    """
    quantity = money(line.values["quantity"])
    price = money(line.values["priceperunit"]) - money(line.values.get("volumediscountamount"))
    manual = money(line.values.get("manualdiscountamount"))
    if manual and _discounts_each_unit(tx):
        manual *= quantity
    tax = money(line.values["tax"])
    return {"baseamount": quantity * price, "extendedamount": quantity * price - manual + tax}


def _discounts_each_unit(tx: Transaction) -> bool:
    table = tx.schema.tables.get(ORGANIZATION.table)
    row = tx.get(table, ORGANIZATION.id) if table is not None else None
    return row is not None and row.values.get("discountcalculationmethod") == _PER_UNIT


_PER_UNIT: Final = 1
"""`discountcalculationmethod` of an organisation that discounts each unit and not the line."""
_OF_DETAILS: Final = (
    "msdyn_amount",
    "msdyn_tax",
    "msdyn_projectcontractlinediscountamount",
    "msdyn_projectcontractlinefeeamount",
)
_OF_LINES: Final = (
    "producttypecode",
    "msdyn_projectcontractretainer",
    "invoiceid",
    "quantity",
    "priceperunit",
    "volumediscountamount",
    "manualdiscountamount",
    "tax",
)
