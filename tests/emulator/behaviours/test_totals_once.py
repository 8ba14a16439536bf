"""Totals are computed once for all writes of a change set, and before anyone can see them."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.emulator.project_tenant import (
    ACCOUNT,
    CHARGEABLE,
    CONTRACT,
    TIME,
    WORK,
    tenant_rows,
    uid,
)
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from tests.emulator.web import Answer

INVOICE, LINE, OTHER_LINE = uid("f", 1), uid("f", 2), uid("f", 3)


@pytest.fixture
def web(tenant: Emulator) -> Web:
    """A client of a tenant with a draft of two empty lines."""
    tenant.seed(tenant_rows())
    web = Web(InProcess(tenant.app))
    bind = {
        "salesorderid@odata.bind": f"salesorders({CONTRACT})",
        "customerid_account@odata.bind": f"accounts({ACCOUNT})",
    }
    web.create("invoices", invoiceid=INVOICE, **bind)
    for line in (LINE, OTHER_LINE):
        columns = {
            "invoiceid@odata.bind": f"invoices({INVOICE})",
            "SalesOrderDetailId@odata.bind": f"salesorderdetails({WORK})",
        }
        web.create("invoicedetails", invoicedetailid=line, producttypecode=5, **columns)
    return web


def detail(amount: int, line: str = LINE, **columns: object) -> tuple[str, str, dict[str, Any]]:
    """The operation that adds a detail."""
    body = {
        "msdyn_InvoiceLineId@odata.bind": f"invoicedetails({line})",
        "msdyn_transactionclassification": TIME,
        "msdyn_billingtype": CHARGEABLE,
        "msdyn_amount": amount,
        **columns,
    }
    return "POST", "msdyn_invoicelinetransactions", body


def send(web: Web, *operations: tuple[str, str, dict[str, Any]], prefer: str = "") -> Answer:
    """Send one change set."""
    parts = [
        f"--c\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
        f"{method} /api/data/v9.2/{address} HTTP/1.1\r\nContent-Type: application/json\r\n"
        f"{prefer}\r\n{json.dumps(body)}\r\n"
        for number, (method, address, body) in enumerate(operations, 1)
    ]
    head = "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    text = f"{head}{''.join(parts)}--c--\r\n--b--\r\n"
    return web("POST", "$batch", text.encode(), {"Content-Type": "multipart/mixed; boundary=b"})


def amounts(web: Web) -> tuple[Decimal, Decimal, Decimal]:
    """What the two lines and the invoice come to."""
    return (
        web.row("invoicedetails", LINE)["extendedamount"],
        web.row("invoicedetails", OTHER_LINE)["extendedamount"],
        web.row("invoices", INVOICE)["totalamount"],
    )


def test_a_change_set_of_many_details_changes_line_and_invoice_once(web: Web) -> None:
    version = int(web.row("invoices", INVOICE)["versionnumber"])
    operations = [detail(100 * number) for number in range(1, 4)] + [detail(7, OTHER_LINE)]
    assert send(web, *operations).status == 200
    assert amounts(web) == (Decimal(600), Decimal(7), Decimal(607))
    # four details, then each of the two lines and the invoice once
    assert int(web.row("invoices", INVOICE)["versionnumber"]) == version + 4 + 2 + 1


def test_an_answer_within_the_change_set_has_the_totals_of_what_stands_before_it(web: Web) -> None:
    touched = ("PATCH", f"invoices({INVOICE})", {"name": "N"})
    operations = (detail(100), touched, detail(20), touched)
    answer = send(web, *operations, prefer="Prefer: return=representation\r\n")
    shown = [
        json.loads(text, parse_float=Decimal)
        for text in answer.body.decode().split("\r\n")
        if text.startswith("{") and '"totalamount"' in text
    ]
    assert [row["totalamount"] for row in shown] == [Decimal(100), Decimal(120)]


def test_what_is_written_to_a_total_after_the_details_stays(web: Web) -> None:
    assert send(web, detail(100), ("PATCH", f"invoices({INVOICE})", {"description": "D"})).status
    answer = send(web, detail(20), ("PATCH", f"invoicedetails({LINE})", {"description": "D"}))
    assert answer.status == 200
    assert amounts(web)[2] == Decimal(120)
    assert web.row("invoicedetails", LINE)["description"] == "D"


def test_a_change_set_that_fails_leaves_no_total_behind(web: Web) -> None:
    send(web, detail(100))
    wrong = detail(5, msdyn_billingtype="x")
    assert send(web, detail(50), wrong).status == 400
    assert amounts(web) == (Decimal(100), Decimal(0), Decimal(100))
    version = web.row("invoices", INVOICE)["versionnumber"]
    web.create("accounts", name="Another transaction")
    assert web.row("invoices", INVOICE)["versionnumber"] == version
