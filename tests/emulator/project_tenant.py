"""A small Project Operations tenant, as a seed: one contract with what can be billed on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

BASE = 192350000
UNBILLED, BILLED = BASE + 5, BASE + 6
CREATED, POSTED, READY = BASE + 1, BASE + 2, BASE + 4
NON_CHARGEABLE, CHARGEABLE, COMPLIMENTARY = BASE, BASE + 1, BASE + 2
MILESTONE_READY, MILESTONE_CREATED, MILESTONE_POSTED = BASE + 1, BASE + 2, BASE + 3
TIME, MILESTONE_CLASS = BASE, BASE + 3

LOGICAL_NAME = "@Microsoft.Dynamics.CRM.lookuplogicalname"


def uid(kind: str, number: int) -> str:
    """Return an id that tells its kind, such as `c0000000-...-1`."""
    return f"{kind[0]}0000000-0000-0000-0000-{number:012d}"


ACCOUNT, OTHER = uid("a", 1), uid("a", 2)
DOLLAR, PRICES = uid("d", 1), uid("d", 2)
CONTRACT = uid("c", 1)
WORK, FIXED, PRODUCT = uid("b", 1), uid("b", 2), uid("b", 3)


def contract(number: int = 1, **columns: object) -> dict[str, Any]:
    return {
        "salesorderid": uid("c", number),
        "name": f"Contract {number}",
        "msdyn_ordertype": BASE + 1,
        "msdyn_psastate": BASE + 2,
        "msdyn_psastatusreason": BASE + 3,
        "_customerid_value": ACCOUNT,
        f"_customerid_value{LOGICAL_NAME}": "account",
        "_transactioncurrencyid_value": DOLLAR,
        "_pricelevelid_value": PRICES,
        **columns,
    }


def line(line_id: str, **columns: object) -> dict[str, Any]:
    return {
        "salesorderdetailid": line_id,
        "salesorderdetailname": f"Line {line_id[-1]}",
        "_salesorderid_value": CONTRACT,
        "producttypecode": 5,
        "msdyn_billingmethod": BASE,
        "_transactioncurrencyid_value": DOLLAR,
        **columns,
    }


def actual(number: int, **columns: object) -> dict[str, Any]:
    return {
        "msdyn_actualid": uid("e", number),
        "msdyn_description": f"Work {number}",
        "msdyn_transactiontypecode": UNBILLED,
        "msdyn_transactionclassification": TIME,
        "msdyn_billingtype": CHARGEABLE,
        "msdyn_billingstatus": READY,
        "msdyn_transactiondate": "2020-10-02",
        "msdyn_documentdate": "2020-10-02T00:00:00Z",
        "msdyn_quantity": Decimal(8),
        "msdyn_price": Decimal(100),
        "msdyn_amount": Decimal(800),
        "_msdyn_salescontract_value": CONTRACT,
        "_msdyn_salescontractlineid_value": WORK,
        "_msdyn_accountcustomer_value": ACCOUNT,
        "_transactioncurrencyid_value": DOLLAR,
        **columns,
    }


def milestone(number: int, **columns: object) -> dict[str, Any]:
    return {
        "msdyn_contractlinescheduleofvalueid": uid("f", number),
        "msdyn_name": f"Milestone {number}",
        "msdyn_invoicestatus": MILESTONE_READY,
        "msdyn_amount": Decimal(5000),
        "msdyn_milestonedate": "2020-10-05T00:00:00Z",
        "_msdyn_contract_value": CONTRACT,
        "_msdyn_contractlineid_value": FIXED,
        "_transactioncurrencyid_value": DOLLAR,
        **columns,
    }


def schedule_row(
    number: int, run_date: str, cut_off: str | None, **columns: object
) -> dict[str, Any]:
    return {
        "msdyn_contractlineinvoicescheduleid": uid("8", number),
        "msdyn_name": f"Run {run_date}",
        "msdyn_invoicerundate": f"{run_date}T00:00:00Z",
        "msdyn_transactioncutoffdate": cut_off and f"{cut_off}T00:00:00Z",
        "msdyn_invoicerunstatus": BASE,
        "_msdyn_contractlineid_value": WORK,
        **columns,
    }


def tenant_rows(**sets: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The seed; *sets* are added to it or replace a set of the same name."""
    return {
        "transactioncurrencies": [
            {"transactioncurrencyid": DOLLAR, "isocurrencycode": "USD", "currencyprecision": 2}
        ],
        "pricelevels": [{"pricelevelid": PRICES, "name": "Sales"}],
        "accounts": [
            {"accountid": ACCOUNT, "name": "Adatum"},
            {"accountid": OTHER, "name": "Contoso"},
        ],
        "salesorders": [contract()],
        "salesorderdetails": [
            line(WORK),
            line(FIXED, msdyn_billingmethod=BASE + 1),
            line(
                PRODUCT,
                producttypecode=1,
                msdyn_billingmethod=None,
                msdyn_billingstatus=READY,
                quantity=Decimal(3),
                priceperunit=Decimal(50),
                tax=Decimal(15),
                productdescription="Sensor",
            ),
        ],
        **sets,
    }
