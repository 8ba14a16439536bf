"""Rows of the sample tenant, collected in the emulator's seed format under readable keys."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from uuid import NAMESPACE_URL, uuid5

_NAMESPACE: Final = uuid5(NAMESPACE_URL, "urn:proforma-connector:sample-tenant")
_TARGET: Final = "@Microsoft.Dynamics.CRM.lookuplogicalname"

#: Primary key of each entity set that has rows here.
_ID_COLUMN: Final = {
    "accounts": "accountid",
    "bookableresourcecategories": "bookableresourcecategoryid",
    "bookableresources": "bookableresourceid",
    "contacts": "contactid",
    "msdyn_actuals": "msdyn_actualid",
    "msdyn_batchjobs": "msdyn_batchjobid",
    "msdyn_contractlineinvoiceschedules": "msdyn_contractlineinvoicescheduleid",
    "msdyn_contractlinescheduleofvalues": "msdyn_contractlinescheduleofvalueid",
    "msdyn_invoicefrequencies": "msdyn_invoicefrequencyid",
    "msdyn_invoicefrequencydetails": "msdyn_invoicefrequencydetailid",
    "msdyn_organizationalunits": "msdyn_organizationalunitid",
    "msdyn_projectcontractlinemilestones": "msdyn_projectcontractlinemilestoneid",
    "msdyn_projectcontractlinesplitbillingrules": "msdyn_projectcontractlinesplitbillingruleid",
    "msdyn_projectcontractsplitbillingrules": "msdyn_projectcontractsplitbillingruleid",
    "msdyn_projects": "msdyn_projectid",
    "msdyn_transactioncategories": "msdyn_transactioncategoryid",
    "pricelevels": "pricelevelid",
    "products": "productid",
    "salesorderdetails": "salesorderdetailid",
    "salesorders": "salesorderid",
    "transactioncurrencies": "transactioncurrencyid",
    "uoms": "uomid",
    "uomschedules": "uomscheduleid",
}

Value = str | int | float | bool | Decimal | None


def row_id(entity_set: str, key: str) -> str:
    """The id of the row that is known as *key* among the sample rows of *entity_set*."""
    return str(uuid5(_NAMESPACE, f"{entity_set}/{key}"))


def midnight(day: str) -> str:
    """The UTC instant of the midnight that begins *day*, as a user-local date column shows it."""
    return f"{day}T00:00:00Z"


def customer(column: str, table: str, customer_id: str) -> dict[str, Value]:
    """A lookup that can point to more than one table."""
    value = f"_{column}_value"
    return {value: customer_id, f"{value}{_TARGET}": table}


class Rows:
    """The rows of all entity sets, in the order in which they were added."""

    def __init__(self) -> None:
        """Begin with none."""
        self._sets: dict[str, list[dict[str, Value]]] = {}

    def add(self, entity_set: str, key: str, **columns: Value) -> str:
        """Add a row, its empty columns left out; returns its id. A key is used once."""
        rows = self._sets.setdefault(entity_set, [])
        identity = row_id(entity_set, key)
        if any(row[_ID_COLUMN[entity_set]] == identity for row in rows):
            message = f"{entity_set} has a row {key!r} already"
            raise ValueError(message)
        filled = {name: value for name, value in columns.items() if value is not None}
        rows.append({_ID_COLUMN[entity_set]: identity, **filled})
        return identity

    def sets(self) -> dict[str, list[dict[str, Value]]]:
        """Everything that was added, entity sets by name."""
        return dict(sorted(self._sets.items()))
