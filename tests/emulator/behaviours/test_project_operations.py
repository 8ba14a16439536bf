from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, EmulatorOptions
from tests.emulator.project_tenant import (
    ACCOUNT,
    BASE,
    CHARGEABLE,
    COMPLIMENTARY,
    CONTRACT,
    CREATED,
    DOLLAR,
    FIXED,
    MILESTONE_CLASS,
    MILESTONE_CREATED,
    MILESTONE_READY,
    NON_CHARGEABLE,
    PRICES,
    PRODUCT,
    READY,
    TIME,
    WORK,
    actual,
    milestone,
    tenant_rows,
    uid,
)
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.web import Answer

SEED = tenant_rows(
    msdyn_actuals=[actual(1), actual(2)], msdyn_contractlinescheduleofvalues=[milestone(1)]
)


@pytest.fixture
def web(tenant: Emulator) -> Web:
    tenant.seed(SEED)
    return Web(InProcess(tenant.app))


def make_line(web: Web, **columns: object) -> tuple[str, str]:
    """Create a draft invoice with one line; returns both ids."""
    invoice = web.create(
        "invoices",
        name="I",
        **{
            "salesorderid@odata.bind": f"salesorders({CONTRACT})",
            "customerid_account@odata.bind": f"accounts({ACCOUNT})",
        },
    )
    values = {
        "invoiceid@odata.bind": f"invoices({invoice})",
        "SalesOrderDetailId@odata.bind": f"salesorderdetails({WORK})",
        "producttypecode": 5,
        "invoicedetailname": "Work",
    }
    return invoice, web.create("invoicedetails", **values | columns)


def make_detail(web: Web, line: str, **columns: object) -> str:
    values = {
        "msdyn_InvoiceLineId@odata.bind": f"invoicedetails({line})",
        "msdyn_transactionclassification": TIME,
        "msdyn_billingtype": CHARGEABLE,
        "msdyn_amount": 800,
    }
    return web.create("msdyn_invoicelinetransactions", **values | columns)


def connect(web: Web, detail: str, source: str, kind: str = "msdyn_actual") -> str:
    return web.create(
        "msdyn_transactionconnections",
        msdyn_transaction1=detail,
        msdyn_transaction1type="msdyn_invoicelinetransaction",
        msdyn_transaction1role="Billed Sales",
        msdyn_transaction2=source,
        msdyn_transaction2type=kind,
        msdyn_transaction2role="Unbilled Sales",
    )


def actual_row(web: Web, number: int = 1) -> Mapping[str, Any]:
    return web.row("msdyn_actuals", uid("e", number))


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


def test_actuals_cannot_be_made_changed_or_deleted_directly(web: Web) -> None:
    address = f"msdyn_actuals({uid('e', 1)})"
    plug_in = (400, "0x80040265")
    assert refusal(web("POST", "msdyn_actuals", {"msdyn_description": "x"})) == plug_in
    assert refusal(web("PATCH", address, {"msdyn_billingstatus": CREATED})) == plug_in
    assert refusal(web("PUT", f"{address}/msdyn_description", {"value": "x"})) == plug_in
    assert refusal(web("DELETE", address)) == plug_in
    assert actual_row(web)["msdyn_billingstatus"] == READY
    assert len(web.rows("msdyn_actuals")) == 2


def test_a_tenant_of_before_the_protection_takes_direct_changes() -> None:
    emulator = Emulator(seed=SEED, options=EmulatorOptions(protects_actuals=False))
    web = Web(InProcess(emulator.app))
    body = {"msdyn_billingstatus": CREATED}
    assert web("PATCH", f"msdyn_actuals({uid('e', 1)})", body).status == 204
    assert actual_row(web)["msdyn_billingstatus"] == CREATED


@pytest.mark.parametrize("ids", ["{0},{1}", '["{0}", "{1}"]', "{0}; {1}"])
def test_actuals_are_marked_ready_or_not_by_the_action(web: Web, ids: str) -> None:
    text = ids.format(uid("e", 1), uid("e", 2))
    for ready, status in ((False, None), (True, READY)):
        body = {"ActualIds": text, "ReadyToInvoice": ready}
        assert web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", body).status == 204
        assert [row["msdyn_billingstatus"] for row in web.rows("msdyn_actuals")] == [status] * 2


def test_an_actual_on_an_invoice_cannot_be_marked(web: Web) -> None:
    _, line = make_line(web)
    connect(web, make_detail(web, line), uid("e", 1))
    body = {"ActualIds": f"{uid('e', 2)},{uid('e', 1)}", "ReadyToInvoice": False}
    assert web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", body).status == 400
    assert actual_row(web, 2)["msdyn_billingstatus"] == READY
    for wrong in ({}, {"ActualIds": "x", "ReadyToInvoice": True}, {"ActualIds": uid("e", 2)}):
        answer = web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", wrong)
        assert refusal(answer) == (400, "0x80048d19")


def test_a_product_line_is_marked_by_its_action(web: Web) -> None:
    body = {"ProductContractLineIds": PRODUCT, "ReadyToInvoice": False}
    action = "msdyn_MarkProductContractLineReadyToInvoiceOrNot"
    assert web("POST", action, body).status == 204
    assert web.row("salesorderdetails", PRODUCT)["msdyn_billingstatus"] is None
    assert web("POST", action, body | {"ProductContractLineIds": WORK}).status == 400


def test_a_detail_without_a_connection_claims_nothing(web: Web) -> None:
    _, line = make_line(web)
    make_detail(web, line)
    assert actual_row(web)["msdyn_billingstatus"] == READY


def test_a_connection_claims_the_actual_and_fills_its_links(web: Web) -> None:
    invoice, line = make_line(web)
    detail = make_detail(web, line)
    connect(web, detail, uid("e", 1))
    row = actual_row(web)
    assert row["msdyn_billingstatus"] == CREATED
    assert row["_msdyn_invoice_value"] == invoice
    assert row["_msdyn_invoicelinedetail_value"] == detail
    assert actual_row(web, 2)["msdyn_billingstatus"] == READY


def test_a_connection_by_lookups_claims_as_well(web: Web) -> None:
    _, line = make_line(web)
    detail = make_detail(web, line)
    ends = {
        "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction@odata.bind": (
            f"msdyn_invoicelinetransactions({detail})"
        ),
        "msdyn_Transaction2Lookup_msdyn_actual@odata.bind": f"msdyn_actuals({uid('e', 1)})",
    }
    web.create("msdyn_transactionconnections", **ends)
    assert actual_row(web)["msdyn_billingstatus"] == CREATED


def test_an_actual_that_is_claimed_keeps_its_first_invoice(web: Web) -> None:
    first, line = make_line(web)
    connect(web, make_detail(web, line), uid("e", 1))
    _, other = make_line(web)
    connect(web, make_detail(web, other), uid("e", 1))
    assert actual_row(web)["_msdyn_invoice_value"] == first


@pytest.mark.parametrize("by", ["source document", "connection"])
def test_a_milestone_on_a_draft_is_claimed_and_released(web: Web, by: str) -> None:
    source = uid("f", 1)
    _, line = make_line(web, **{"SalesOrderDetailId@odata.bind": f"salesorderdetails({FIXED})"})
    bind = "msdyn_SourceDocument_msdyn_contractlinescheduleofvalue@odata.bind"
    link = (
        {bind: f"msdyn_contractlinescheduleofvalues({source})"} if by == "source document" else {}
    )
    detail = make_detail(web, line, msdyn_transactionclassification=MILESTONE_CLASS, **link)
    if by == "connection":
        connect(web, detail, source, "msdyn_contractlinescheduleofvalue")
    status = "msdyn_invoicestatus"
    assert web.row("msdyn_contractlinescheduleofvalues", source)[status] == MILESTONE_CREATED
    web("DELETE", f"msdyn_invoicelinetransactions({detail})")
    assert web.row("msdyn_contractlinescheduleofvalues", source)[status] == MILESTONE_READY


def test_a_product_line_on_a_draft_is_claimed_priced_and_released(web: Web) -> None:
    invoice, line = make_line(
        web,
        **{"SalesOrderDetailId@odata.bind": f"salesorderdetails({PRODUCT})"},
        producttypecode=1,
        quantity=3,
        priceperunit=50,
        tax=15,
    )
    assert web.row("salesorderdetails", PRODUCT)["msdyn_billingstatus"] == CREATED
    assert web.row("invoicedetails", line)["extendedamount"] == 165
    assert web.row("invoices", invoice)["totalamount"] == 165
    web("DELETE", f"invoicedetails({line})")
    assert web.row("salesorderdetails", PRODUCT)["msdyn_billingstatus"] == READY
    assert web.row("invoices", invoice)["totalamount"] == 0


def test_totals_count_only_what_is_chargeable(web: Web) -> None:
    invoice, line = make_line(web)
    make_detail(web, line, msdyn_amount=1200, msdyn_tax=120)
    make_detail(web, line, msdyn_amount=400, msdyn_tax=40, msdyn_billingtype=NON_CHARGEABLE)
    make_detail(web, line, msdyn_amount=90, msdyn_billingtype=COMPLIMENTARY)
    row = web.row("invoicedetails", line)
    assert (row["baseamount"], row["tax"], row["extendedamount"]) == (1200, 120, 1320)
    assert row["msdyn_nonchargeableamount"] == 400
    assert row["msdyn_complimentaryamount"] == 90
    total = web.row("invoices", invoice)
    assert (total["totallineitemamount"], total["totaltax"], total["totalamount"]) == (
        1200,
        120,
        1320,
    )


def test_totals_follow_every_change_to_the_last_digit(web: Web) -> None:
    invoice, line = make_line(web)
    ids = [make_detail(web, line, msdyn_amount=0.1) for _ in range(3)]
    assert web.row("invoices", invoice)["totalamount"] == Decimal("0.3")
    web("PATCH", f"msdyn_invoicelinetransactions({ids[0]})", {"msdyn_amount": 5})
    assert web.row("invoices", invoice)["totalamount"] == Decimal("5.2")
    web("DELETE", f"msdyn_invoicelinetransactions({ids[1]})")
    assert web.row("invoices", invoice)["totalamount"] == Decimal("5.1")
    other = web.create(
        "invoicedetails",
        **{"invoiceid@odata.bind": f"invoices({invoice})", "producttypecode": 5},
        **{"SalesOrderDetailId@odata.bind": f"salesorderdetails({FIXED})"},
    )
    body = {"msdyn_InvoiceLineId@odata.bind": f"invoicedetails({other})"}
    web("PATCH", f"msdyn_invoicelinetransactions({ids[2]})", body)
    assert web.row("invoicedetails", line)["baseamount"] == 5
    assert web.row("invoicedetails", other)["baseamount"] == Decimal("0.1")


def test_deleting_a_draft_releases_everything_on_it(web: Web, tenant: Emulator) -> None:
    before = [actual_row(web, number) for number in (1, 2)]
    invoice, line = make_line(web)
    for number in (1, 2):
        connect(web, make_detail(web, line), uid("e", number))
    assert web("DELETE", f"invoices({invoice})").status == 204
    for entity_set in (
        "invoices",
        "invoicedetails",
        "msdyn_invoicelinetransactions",
        "msdyn_transactionconnections",
    ):
        assert tenant.rows(entity_set) == ()
    columns = ("msdyn_billingstatus", "_msdyn_invoice_value", "_msdyn_invoicelinedetail_value")
    after = [actual_row(web, number) for number in (1, 2)]
    assert [[row[c] for c in columns] for row in after] == [
        [row[c] for c in columns] for row in before
    ]


def test_deleting_a_connection_releases_its_actual(web: Web) -> None:
    _, line = make_line(web)
    connection = connect(web, make_detail(web, line), uid("e", 1))
    web("DELETE", f"msdyn_transactionconnections({connection})")
    assert actual_row(web)["msdyn_billingstatus"] == READY


def test_a_draft_takes_number_status_currency_and_prices_from_its_contract(web: Web) -> None:
    invoice, line = make_line(web)
    other, _ = make_line(web)
    row = web.row("invoices", invoice)
    assert row["msdyn_projectinvoicestatus"] == BASE
    assert (row["_transactioncurrencyid_value"], row["_pricelevelid_value"]) == (DOLLAR, PRICES)
    assert row["msdyn_ordertype"] == BASE + 1
    assert row["invoicenumber"] != web.row("invoices", other)["invoicenumber"]
    assert web.row("invoicedetails", line)["_transactioncurrencyid_value"] == DOLLAR


def test_a_detail_without_class_and_a_project_line_without_contract_line_are_refused(
    web: Web,
) -> None:
    invoice, line = make_line(web)
    body: dict[str, object] = {"msdyn_InvoiceLineId@odata.bind": f"invoicedetails({line})"}
    assert refusal(web("POST", "msdyn_invoicelinetransactions", body)) == (400, "0x80040265")
    body = {"invoiceid@odata.bind": f"invoices({invoice})", "producttypecode": 5}
    assert refusal(web("POST", "invoicedetails", body)) == (400, "0x80040265")


def test_an_invoice_is_not_confirmed_by_a_plain_update(web: Web) -> None:
    invoice, _ = make_line(web)
    answer = web("PATCH", f"invoices({invoice})", {"msdyn_projectinvoicestatus": BASE + 2})
    assert refusal(answer) == (400, "0x80040265")
    assert (
        web("PATCH", f"invoices({invoice})", {"msdyn_projectinvoicestatus": BASE + 1}).status == 204
    )


def test_a_failing_change_set_claims_nothing(web: Web) -> None:
    _, line = make_line(web)
    detail = uid("9", 1)
    parts = "".join(
        f"--c\r\nContent-Type: application/http\r\nContent-ID: {number}\r\n\r\n"
        f"{method} /api/data/v9.2/{address} HTTP/1.1\r\n\r\n{body}\r\n"
        for number, (method, address, body) in enumerate(
            [
                (
                    "POST",
                    "msdyn_invoicelinetransactions",
                    (
                        f'{{"msdyn_invoicelinetransactionid":"{detail}",'
                        f'"msdyn_transactionclassification":{TIME},'
                        f'"msdyn_InvoiceLineId@odata.bind":"invoicedetails({line})"}}'
                    ),
                ),
                (
                    "POST",
                    "msdyn_transactionconnections",
                    (
                        f'{{"msdyn_transaction1":"{detail}",'
                        '"msdyn_transaction1type":"msdyn_invoicelinetransaction",'
                        f'"msdyn_transaction2":"{uid("e", 1)}",'
                        '"msdyn_transaction2type":"msdyn_actual"}'
                    ),
                ),
                ("PATCH", f"accounts({uid('9', 9)})", '{"name":1}'),
            ]
        )
    )
    body = f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{parts}--c--\r\n--b--\r\n"
    head = {"Content-Type": "multipart/mixed; boundary=b"}
    assert web("POST", "$batch", body.encode(), head).status == 400
    assert actual_row(web)["msdyn_billingstatus"] == READY
    assert web.rows("msdyn_invoicelinetransactions") == []
