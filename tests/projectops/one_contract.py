"""One contract as a tenant shows it: three lines, a due row, a milestone, an actual, customers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from connector.invoicing import ids
from tests.projectops.stored_rows import StoredRows


def uid(number: int) -> str:
    """The id that stands for *number*."""
    return str(UUID(int=number))


CONTRACT = ids.ContractId(UUID(int=7))
TARGET = "@Microsoft.Dynamics.CRM.lookuplogicalname"
LABEL = "@OData.Community.Display.V1.FormattedValue"
EURO = {"transactioncurrencyid": uid(3), "isocurrencycode": "EUR", "currencyprecision": 2}
OWNER = {"_salesorderid_value": uid(7), f"_salesorderid_value{LABEL}": "Adatum"}


def line_row(number: int, **columns: Any) -> dict[str, Any]:
    """A contract line of project work."""
    return {
        "salesorderdetailid": uid(number),
        "_salesorderid_value": uid(7),
        "salesorderdetailname": f"Line {number}",
        "producttypecode": 5,
        "msdyn_billingmethod": 192350000,
        **columns,
    }


def actual_row(number: int = 31, **columns: Any) -> dict[str, Any]:
    """An unbilled sale of 800 that is ready to be invoiced."""
    return {
        "msdyn_actualid": uid(number),
        "_msdyn_salescontract_value": uid(7),
        "_msdyn_salescontractlineid_value": uid(21),
        "_transactioncurrencyid_value": uid(3),
        "_msdyn_projectcontractsplitbillingrule_value": uid(12),
        "msdyn_transactiontypecode": 192350005,
        "msdyn_transactionclassification": 192350000,
        "msdyn_billingstatus": 192350004,
        "msdyn_billingtype": 192350001,
        "msdyn_transactiondate": "2020-10-02",
        "msdyn_quantity": 8,
        "msdyn_price": 100,
        "msdyn_amount": 800,
        "statecode": 0,
        **columns,
    }


def due_row(number: int = 61, line: int = 21, **columns: Any) -> dict[str, Any]:
    """A schedule row of 5 October 2020 in Berlin that had no run."""
    return {
        "msdyn_contractlineinvoicescheduleid": uid(number),
        "_msdyn_contractlineid_value": uid(line),
        "msdyn_ContractLineId": {"salesorderdetailid": uid(line), **OWNER},
        "msdyn_invoicerunstatus": 192350000,
        "msdyn_invoicerundate": "2020-10-04T22:00:00Z",
        "msdyn_transactioncutoffdate": "2020-10-03T22:00:00Z",
        "statecode": 0,
        **columns,
    }


def milestone_row(number: int = 32, line: int = 22, **columns: Any) -> dict[str, Any]:
    """A milestone of 1000 on 5 October 2020 that is ready to be invoiced."""
    return {
        "msdyn_contractlinescheduleofvalueid": uid(number),
        "_msdyn_contractlineid_value": uid(line),
        "msdyn_ContractLineId": {"salesorderdetailid": uid(line), **OWNER},
        "msdyn_name": "Acceptance",
        "msdyn_milestonedate": "2020-10-05T00:00:00Z",
        "msdyn_invoicestatus": 192350001,
        "msdyn_amount": 1000,
        "_transactioncurrencyid_value": uid(3),
        "statecode": 0,
        **columns,
    }


def contract_row(number: int = 7, **columns: Any) -> dict[str, Any]:
    """An active, confirmed contract of an account in euros."""
    return {
        "salesorderid": uid(number),
        "name": "Adatum",
        "msdyn_ordertype": 192350001,
        "msdyn_psastate": 192350002,
        "msdyn_psastatusreason": 192350003,
        "_transactioncurrencyid_value": uid(3),
        "_customerid_value": uid(9),
        f"_customerid_value{TARGET}": "account",
        **columns,
    }


def customer_row(**columns: Any) -> dict[str, Any]:
    """The account as the contract's only customer."""
    return {
        "msdyn_projectcontractsplitbillingruleid": uid(12),
        "_msdyn_projectcontractid_value": uid(7),
        "_msdyn_customerid_value": uid(9),
        f"_msdyn_customerid_value{TARGET}": "account",
        "msdyn_billingsplitpercent": 100,
        "msdyn_isprimarycustomer": True,
        "msdyn_paymentterms": None,
        "msdyn_billtoname": "Adatum Corporation",
        "statecode": 0,
        **columns,
    }


def tenant_with(**tables: Any) -> StoredRows:
    """The tenant with this one contract; *tables* replace the rows of their sets."""
    rows: dict[str, Any] = {
        "transactioncurrencies": [EURO],
        "salesorders": [contract_row()],
        "salesorderdetails": [
            line_row(21),
            line_row(22, msdyn_billingmethod=192350001),
            line_row(23, producttypecode=1, quantity=2, priceperunit=50, baseamount=100),
        ],
        "msdyn_contractlineinvoiceschedules": [due_row()],
        "msdyn_contractlinescheduleofvalues": [milestone_row()],
        "msdyn_projectcontractsplitbillingrules": [customer_row()],
        "msdyn_actuals": [actual_row()],
    }
    return StoredRows(**{**rows, **tables})
