"""
A tenant as a services firm has it: 300 contracts in three currencies with 30,000 actuals.

It is made of copies of the sample tenant. Two thirds of the contracts bill on 2 November 2020; the
others are coming, in draft, or have faults. Names are long, short, and in several scripts.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, uuid5

from tests.end_to_end.copies import copies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Row = dict[str, Any]

RUN_DATE = date(2020, 11, 2)
#: The run of a month before, with which the page compares.
EARLIER = date(2020, 10, 5)

_CUSTOMERS = (
    *("Adatum", "Alpine Ski House", "Bellows College", "Coho Vineyard", "Contoso Pharma"),
    *("Fabrikam Residences", "Fourth Coffee", "Graphic Design Institute", "Humongous Insurance"),
    *("Lamna Healthcare", "Litware", "Margie's Travel", "Munson's Pickles", "Nod Publishers"),
    *("Northwind Traders", "Proseware", "Relecloud", "School of Fine Art", "Southridge Video"),
    *("Tailwind Toys", "Trey Research", "VanArsdel", "Wide World Importers", "Woodgrove Bank"),
    *("Świętokrzyskie Zakłady", "บริษัท ปากน้ำ จำกัด", "田中茶屋", "شركة النور", "Öresund Verkstad"),
)
_WORK = (
    *("ERP rollout", "shop floor portal", "warehouse app", "data platform", "service desk"),
    *("field service pilot", "payroll interface", "web shop", "quality records", "CRM migration"),
)
_TASKS = (
    *("Requirements workshop", "Order list", "Interface to payroll", "Test run with the customer"),
    *("Data migration, second pass", "Training of key users", "Bug fixing", "Go-live support"),
)
_PEOPLE = (
    *("Bo Li", "Anna Lindqvist", "Siti Rahmah binti Abdullah", "Somchai Jaidee", "Greta Keller"),
    *("Budi Santoso", "María-José Fernández de Córdoba y Álvarez", "Ted Baker", "Kim Akers"),
)
_LONG = (
    "Framework agreement 2019-2024 for the renewal of the production planning, warehouse and"
    " maintenance systems of all plants in the Nordic countries, lot 3 (amendment of June 2020)"
)
_RUNS = {
    **dict.fromkeys(("2020-10-31", "2020-11-06", "2020-11-07", "2020-10-30"), RUN_DATE),
    **dict.fromkeys(("2020-10-07", "2020-10-09"), EARLIER),
}


def portfolio(count: int = 60, actuals: int = 30_000) -> dict[str, list[Row]]:
    """*count* times five contracts, with so many *actuals* in all."""
    seed = copies(count)
    for number, row in enumerate(seed["accounts"]):
        row["name"] = f"{_CUSTOMERS[number % len(_CUSTOMERS)]}{_suffix(number)}"
    names = {row["accountid"]: row["name"] for row in seed["accounts"]}
    for row in seed["msdyn_projectcontractsplitbillingrules"]:
        customer = row["_msdyn_customerid_value"]
        row["msdyn_billtoname"] = names.get(customer, row["msdyn_billtoname"])
    for number, row in enumerate(seed["bookableresources"]):
        row["name"] = _PEOPLE[number % len(_PEOPLE)]
    for number, row in enumerate(seed["salesorders"]):
        row["name"] = _contract_name(number)
        row["ordernumber"] = f"SO-{10_000 + number * 7}"
    for row in seed["msdyn_contractlineinvoiceschedules"]:
        _move(row)
    seed["msdyn_actuals"] = [*_many(seed["msdyn_actuals"], actuals)]
    return {name: rows for name, rows in seed.items() if name != "msdyn_batchjobs"}


def _suffix(number: int) -> str:
    turn = number // len(_CUSTOMERS)
    return f" {('North', 'South', 'Group', 'Logistics')[turn % 4]} {turn // 4 + 1}" if turn else ""


def _contract_name(number: int) -> str:
    if number == 0:
        return _LONG
    if number == 1:
        return 'Tea <house> & "garden"\u202e'
    customer = _CUSTOMERS[number * 7 % len(_CUSTOMERS)]
    return f"{customer} {_WORK[number % len(_WORK)]} {number // 50 + 1}"


def _move(row: Row) -> None:
    """Put several runs of the sample tenant on the two days that are looked at."""
    day = _RUNS.get(row["msdyn_invoicerundate"][:10])
    if day is not None:
        row["msdyn_invoicerundate"] = f"{day}T00:00:00Z"
        row["msdyn_transactioncutoffdate"] = f"{day - timedelta(days=1)}T00:00:00Z"


def _many(rows: list[Row], wanted: int) -> Iterator[Row]:
    """The rows, and others like them on other days, until there are so many."""
    yield from rows
    for number in range(max(0, wanted - len(rows))):
        yield _another(rows[number % len(rows)], number)


def _another(row: Mapping[str, Any], number: int) -> Row:
    day = date.fromisoformat(row["msdyn_transactiondate"]) - timedelta(days=number * 13 % 40)
    quantity = number % 8 + 1
    price = row["msdyn_price"] or 0
    return {
        **row,
        "msdyn_actualid": str(uuid5(NAMESPACE_OID, f"{row['msdyn_actualid']}/{number}")),
        "msdyn_description": _TASKS[number % len(_TASKS)],
        "msdyn_quantity": quantity,
        "msdyn_amount": quantity * price,
        "msdyn_extendedamount": quantity * price + (row["msdyn_tax"] or 0),
        "msdyn_transactiondate": day.isoformat(),
        "msdyn_documentdate": f"{day}T00:00:00Z",
        "msdyn_billingtype": 192350000 if number % 29 == 0 else row["msdyn_billingtype"],
    }
