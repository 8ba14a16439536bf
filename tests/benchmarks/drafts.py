"""Draft invoices as a connector writes them: the rows they need, and a change set for each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.benchmarks.tenant_of_actuals import key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

API = "/api/data/v9.2"
INVOICE, LINE, DETAIL, CONNECTION = 21, 22, 23, 24
_ACCOUNT, _CURRENCY, _PROJECT, _UNIT, _SCHEDULE, _PRICES, _CATEGORY = range(31, 38)
_CONTRACT, _CONTRACT_LINE, _ACTUAL = 12, 11, 14


def seed(invoices: int, details: int) -> Mapping[str, Any]:
    """Contracts with a line and the transactions that are due on it."""
    numbers = range(invoices)
    return {
        "accounts": [{"accountid": key(_ACCOUNT, 1), "name": "Adatum Corporation"}],
        "transactioncurrencies": [
            {"transactioncurrencyid": key(_CURRENCY, 1), "currencyname": "US Dollar"}
        ],
        "msdyn_projects": [{"msdyn_projectid": key(_PROJECT, 1), "msdyn_subject": "Portal"}],
        "uoms": [{"uomid": key(_UNIT, 1), "name": "Hour"}],
        "uomschedules": [{"uomscheduleid": key(_SCHEDULE, 1), "name": "Time"}],
        "pricelevels": [{"pricelevelid": key(_PRICES, 1), "name": "Sales prices"}],
        "msdyn_transactioncategories": [
            {"msdyn_transactioncategoryid": key(_CATEGORY, 1), "msdyn_name": "Time"}
        ],
        "salesorders": [
            {"salesorderid": key(_CONTRACT, n), "name": f"C {n}", "msdyn_ordertype": 192350001}
            for n in numbers
        ],
        "salesorderdetails": [
            {
                "salesorderdetailid": key(_CONTRACT_LINE, n),
                "_salesorderid_value": key(_CONTRACT, n),
                "producttypecode": 5,
            }
            for n in numbers
        ],
        "msdyn_actuals": [
            {
                "msdyn_actualid": key(_ACTUAL, n * details + place),
                "msdyn_transactiontypecode": 192350005,
                "msdyn_transactionclassification": 192350000,
                "msdyn_billingtype": 192350001,
                "msdyn_billingstatus": 192350004,
                "msdyn_transactiondate": "2020-10-02",
                "msdyn_quantity": 8,
                "msdyn_price": 100,
                "msdyn_amount": 800,
                "_msdyn_salescontract_value": key(_CONTRACT, n),
                "_msdyn_salescontractlineid_value": key(_CONTRACT_LINE, n),
            }
            for n in numbers
            for place in range(details)
        ],
    }


def change_set(number: int, details: int) -> bytes:
    """The batch that writes one draft: header, line, and each detail with its connection."""
    rows = list(_rows(number, details))
    parts = [_part(place, *row) for place, row in enumerate(rows, 1)]
    inner = "".join(parts) + "--c--\r\n"
    return f"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n{inner}\r\n--b--\r\n".encode()


def rows_of(details: int) -> int:
    """How many rows a draft has."""
    return 2 + 2 * details


def _part(place: int, address: str, body: Mapping[str, Any]) -> str:
    return (
        f"--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
        f"Content-ID: {place}\r\n\r\nPATCH {API}/{address} HTTP/1.1\r\n"
        f"Content-Type: application/json\r\nIf-None-Match: *\r\n\r\n{json.dumps(body)}\r\n"
    )


def _rows(number: int, details: int) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield f"invoices({key(INVOICE, number)})", _invoice(number)
    yield f"invoicedetails({key(LINE, number)})", _line(number, details)
    for place in range(number * details, (number + 1) * details):
        yield f"msdyn_invoicelinetransactions({key(DETAIL, place)})", _detail(number, place)
        yield f"msdyn_transactionconnections({key(CONNECTION, place)})", _connection(place)


def _invoice(number: int) -> Mapping[str, Any]:
    return {
        "name": f"C {number}",
        "msdyn_ordertype": 192350001,
        "msdyn_projectinvoicestatus": 192350000,
        "salesorderid@odata.bind": f"/salesorders({key(_CONTRACT, number)})",
        "customerid_account@odata.bind": f"/accounts({key(_ACCOUNT, 1)})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({key(_CURRENCY, 1)})",
        "pricelevelid@odata.bind": f"/pricelevels({key(_PRICES, 1)})",
    }


def _line(number: int, details: int) -> Mapping[str, Any]:
    return {
        "invoicedetailname": "Implementation work",
        "invoiceid@odata.bind": f"/invoices({key(INVOICE, number)})",
        "SalesOrderDetailId@odata.bind": f"/salesorderdetails({key(_CONTRACT_LINE, number)})",
        "msdyn_Project@odata.bind": f"/msdyn_projects({key(_PROJECT, 1)})",
        "isproductoverridden": True,
        "productdescription": "Implementation work",
        "producttypecode": 5,
        "quantity": 1,
        "priceperunit": 800 * details,
        "msdyn_billingmethod": 192350000,
    }


def _detail(number: int, place: int) -> Mapping[str, Any]:
    return {
        "msdyn_transactiontypecode": 192350006,
        "msdyn_transactionclassification": 192350000,
        "msdyn_billingtype": 192350001,
        "msdyn_amountmethod": 192350000,
        "msdyn_quantity": 8,
        "msdyn_price": 100,
        "msdyn_amount": 800,
        "msdyn_tax": 0,
        "msdyn_description": f"Work {place}",
        "msdyn_Invoice@odata.bind": f"/invoices({key(INVOICE, number)})",
        "msdyn_InvoiceLineId@odata.bind": f"/invoicedetails({key(LINE, number)})",
        "msdyn_SalesContract@odata.bind": f"/salesorders({key(_CONTRACT, number)})",
        "msdyn_SalesContractLineId@odata.bind": (
            f"/salesorderdetails({key(_CONTRACT_LINE, number)})"
        ),
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({key(_CURRENCY, 1)})",
        "msdyn_transactiondate": "2020-10-02",
        "msdyn_documentdate": "2020-10-02T00:00:00Z",
        "msdyn_startdatetime": "2020-10-02T08:00:00Z",
        "msdyn_enddatetime": "2020-10-02T17:00:00Z",
        "msdyn_AccountCustomer@odata.bind": f"/accounts({key(_ACCOUNT, 1)})",
        "msdyn_Project@odata.bind": f"/msdyn_projects({key(_PROJECT, 1)})",
        "msdyn_TransactionCategory@odata.bind": (
            f"/msdyn_transactioncategories({key(_CATEGORY, 1)})"
        ),
        "msdyn_Unit@odata.bind": f"/uoms({key(_UNIT, 1)})",
        "msdyn_UnitSchedule@odata.bind": f"/uomschedules({key(_SCHEDULE, 1)})",
        "msdyn_PriceList@odata.bind": f"/pricelevels({key(_PRICES, 1)})",
    }


def _connection(place: int) -> Mapping[str, Any]:
    detail, actual = key(DETAIL, place), key(_ACTUAL, place)
    return {
        "msdyn_transaction1": detail,
        "msdyn_transaction1type": "msdyn_invoicelinetransaction",
        "msdyn_transaction1role": "Billed Sales",
        "msdyn_transaction2": actual,
        "msdyn_transaction2type": "msdyn_actual",
        "msdyn_transaction2role": "Unbilled Sales",
        "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction@odata.bind": (
            f"/msdyn_invoicelinetransactions({detail})"
        ),
        "msdyn_Transaction2Lookup_msdyn_actual@odata.bind": f"/msdyn_actuals({actual})",
    }
