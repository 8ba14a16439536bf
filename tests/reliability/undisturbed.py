"""What a run leaves in a tenant, without what differs between two honest ways to get there."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.end_to_end.tenant import TestTenant

#: Stamps and numbers that follow the order of writing, not its content.
STAMPS = frozenset({"@odata.etag", "versionnumber", "createdon", "modifiedon", "invoicenumber"})


def content(tenant: TestTenant) -> Mapping[str, list[dict[str, Any]]]:
    """Every row of the tenant, stamps left out."""
    return {
        name: [{key: row[key] for key in row if key not in STAMPS} for row in rows]
        for name, rows in tenant.emulator.dump().items()
    }


def violations(tenant: TestTenant) -> list[str]:
    """
    What must never be true, in either behaviour pack; read from the tables themselves.

    No source has two details, every detail its one connection, lines and details hang on the
    invoice that they name, lines add up their details, and schedule rows that ran name an
    invoice that exists.
    """
    invoices = {row["invoiceid"] for row in tenant.rows("invoices")}
    lines = {row["invoicedetailid"]: row for row in tenant.rows("invoicedetails")}
    details = {
        row["msdyn_invoicelinetransactionid"]: row
        for row in tenant.rows("msdyn_invoicelinetransactions")
    }
    connections = tenant.rows("msdyn_transactionconnections")
    firsts = Counter(row["msdyn_transaction1"] for row in connections)
    seconds = Counter(row["msdyn_transaction2"] for row in connections)
    found = [f"source {key} has {n} details" for key, n in seconds.items() if n > 1]
    found += [f"detail {key} has {firsts[key]} connections" for key in details if firsts[key] != 1]
    found += [f"connection to a detail {key} that is not there" for key in firsts - details.keys()]
    found += [f"line {k} on no invoice" for k, r in lines.items() if _invoice(r) not in invoices]
    for key, row in details.items():
        line = lines.get(row["_msdyn_invoicelineid_value"])
        if line is None or _invoice(line) != row["_msdyn_invoice_value"]:
            found.append(f"detail {key} is not on a line of its invoice")
    for key, line in lines.items():
        own = [row for row in details.values() if row["_msdyn_invoicelineid_value"] == key]
        total = sum((_net(row) for row in own if _counts(row)), Decimal(0))
        if own and total != line["msdyn_chargeableamount"]:
            found.append(f"line {key} says {line['msdyn_chargeableamount']}, its details {total}")
    for row in tenant.rows("msdyn_contractlineinvoiceschedules"):
        named = row["_msdyn_invoice_value"]
        if named is not None and named not in invoices:
            found.append(f"a schedule row names the invoice {named}, which is not there")
    return found


def _invoice(line: Mapping[str, Any]) -> object:
    return line["_invoiceid_value"]


def _counts(detail: Mapping[str, Any]) -> bool:
    return bool(detail["msdyn_billingtype"] == 192350001)


def _net(detail: Mapping[str, Any]) -> Decimal:
    """The amount of a detail less its discount, with its fee."""
    discount = detail["msdyn_projectcontractlinediscountamount"] or 0
    fee = detail["msdyn_projectcontractlinefeeamount"] or 0
    return Decimal(detail["msdyn_amount"] - discount + fee)
