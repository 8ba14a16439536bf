"""What an invoice job has made of a tenant, in words that both jobs can be compared by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Rows = Mapping[str, tuple[Row, ...]]

_SUMS = (
    "baseamount",
    "tax",
    "extendedamount",
    "msdyn_discountamount",
    "msdyn_feeamount",
    "volumediscountamount",
    "msdyn_nonchargeableamount",
    "msdyn_complimentaryamount",
)
_STATUSES = {
    "msdyn_actuals": ("msdyn_actualid", "msdyn_billingstatus"),
    "msdyn_contractlinescheduleofvalues": (
        "msdyn_contractlinescheduleofvalueid",
        "msdyn_invoicestatus",
    ),
    "salesorderdetails": ("salesorderdetailid", "msdyn_billingstatus"),
    "msdyn_contractlineinvoiceschedules": (
        "msdyn_contractlineinvoicescheduleid",
        "msdyn_invoicerunstatus",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One billed source: on which contract line, as what, and at what price."""

    source: str
    contract_line: str
    transaction_class: int | None
    billing_type: int | None
    quantity: Decimal | None
    price: Decimal | None
    amount: Decimal
    discount: Decimal
    fee: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """One draft: its items, and the sums that the platform shows of it."""

    items: frozenset[Item]
    sums: Mapping[str, tuple[Decimal, ...]]
    total: Decimal

    def written_by(self, write: Callable[[Item], Item]) -> Bill:
        """The same draft with each item written in another way."""
        return replace(self, items=frozenset(map(write, self.items)))


Bills = Mapping[tuple[str, str], Bill]


def bills_of(rows: Rows, before: Rows) -> Bills:
    """The drafts that *rows* have and *before* had not, by contract and customer."""
    known = {row["invoiceid"] for row in before.get("invoices", ())}
    made = [row for row in rows.get("invoices", ()) if row["invoiceid"] not in known]
    found = {_key(row): _bill(row, rows) for row in made}
    assert len(found) == len(made), "two invoices for one contract and customer"
    return found


def statuses_of(rows: Rows) -> Mapping[str, int | None]:
    """The status of every source and schedule row, by id."""
    return {
        row[key]: row[status]
        for name, (key, status) in _STATUSES.items()
        for row in rows.get(name, ())
    }


def invoices_named_by_rows(rows: Rows) -> Mapping[str, object]:
    """
    The invoice that each schedule row names, by contract and customer.

    Where several drafts bill the row's line, that it names one of them is all that counts.
    """
    invoices = {row["invoiceid"]: row for row in rows.get("invoices", ())}
    found: dict[str, object] = {}
    for row in rows.get("msdyn_contractlineinvoiceschedules", ()):
        named, line = row["_msdyn_invoice_value"], row["_msdyn_contractlineid_value"]
        billing = {
            detail["_invoiceid_value"]
            for detail in rows.get("invoicedetails", ())
            if detail["_salesorderdetailid_value"] == line
        }
        assert named is None or named in billing, "a schedule row names an invoice of another line"
        several = named is not None and len(billing) > 1
        found[row["msdyn_contractlineinvoicescheduleid"]] = (
            "one of several" if several else named and _key(invoices[named])
        )
    return found


def _key(invoice: Row) -> tuple[str, str]:
    return invoice["_salesorderid_value"], invoice["_customerid_value"]


def _bill(invoice: Row, rows: Rows) -> Bill:
    lines = [
        row for row in rows["invoicedetails"] if row["_invoiceid_value"] == invoice["invoiceid"]
    ]
    sums = {
        row["_salesorderdetailid_value"]: tuple(money(row[name]) for name in _SUMS) for row in lines
    }
    assert len(sums) == len(lines), "two lines for one contract line"
    items = [item for line in lines for item in _items(line, rows)]
    return Bill(items=frozenset(items), sums=sums, total=money(invoice["totalamount"]))


def _items(line: Row, rows: Rows) -> list[Item]:
    contract_line = line["_salesorderdetailid_value"]
    if line["producttypecode"] != 5:
        return [_product(line, contract_line)]
    return [
        _item(row, contract_line, rows)
        for row in rows.get("msdyn_invoicelinetransactions", ())
        if row["_msdyn_invoicelineid_value"] == line["invoicedetailid"]
    ]


def _product(line: Row, contract_line: str) -> Item:
    return Item(
        source=contract_line,
        contract_line=contract_line,
        transaction_class=None,
        billing_type=None,
        quantity=line["quantity"],
        price=line["priceperunit"],
        amount=money(line["extendedamount"]) - money(line["tax"]),
        discount=money(line["manualdiscountamount"]),
        fee=Decimal(0),
        tax=money(line["tax"]),
    )


def _item(detail: Row, contract_line: str, rows: Rows) -> Item:
    key = detail["msdyn_invoicelinetransactionid"]
    connected = {
        row["msdyn_transaction2"]
        for row in rows.get("msdyn_transactionconnections", ())
        if row["msdyn_transaction1"] == key
    }
    source = connected.pop() if connected else detail["_msdyn_sourcedocument_value"]
    assert not connected, "a detail with two sources"
    return Item(
        source=source,
        contract_line=contract_line,
        transaction_class=detail["msdyn_transactionclassification"],
        billing_type=detail["msdyn_billingtype"],
        quantity=detail["msdyn_quantity"],
        price=detail["msdyn_price"],
        amount=money(detail["msdyn_amount"]),
        discount=money(detail["msdyn_projectcontractlinediscountamount"]),
        fee=money(detail["msdyn_projectcontractlinefeeamount"]),
        tax=money(detail["msdyn_tax"]),
    )


def money(value: object) -> Decimal:
    """An amount, none as zero."""
    return Decimal(0) if value is None else Decimal(str(value))
