"""
A tenant of any size, as a seed: contracts like the documented one, open work, and a history.

`python -m tests.benchmarks.large_tenant FILE --contracts 2000 --open 500 --billed 500` writes it.
"""

from __future__ import annotations

import argparse
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from connector.emulator import Emulator
from connector.emulator.protocol.json_text import dumps
from connector.invoicing import keys
from connector.invoicing.choices import SourceTable
from connector.invoicing.ids import OrganizationId
from connector.invoicing.model import Source
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Row = Mapping[str, Any]

#: The date on which every contract is due.
RUN_DATE = "2020-10-05"
#: Details on one earlier invoice.
DETAILS = 100
_SEED = UUID("5b1f0c7e-0000-4000-8000-0000000f00aa")
_CONTRACT_TABLES = (
    "salesorders",
    "salesorderdetails",
    "msdyn_contractlineinvoiceschedules",
    "msdyn_projectcontractsplitbillingrules",
)
_BILLED, _POSTED, _CONFIRMED = 192350006, 192350002, 192350002


class Model:
    """The rows of the documented contract that the others are made after."""

    def __init__(self) -> None:
        emulator = Emulator(seed=sample_seed())
        tables = {name: list(rows) for name, rows in emulator.dump().items()}
        emulator.close()
        self.contract = _first(tables["salesorders"], name="Adatum shop floor portal")
        own = self.contract["salesorderid"]
        actuals = [r for r in tables["msdyn_actuals"] if r["_msdyn_salescontract_value"] == own]
        due = next(row for row in actuals if _is_due(row))
        self.actual = {name: value for name, value in due.items() if _is_worth_a_place(name, value)}
        line = self.actual["_msdyn_salescontractlineid_value"]
        self.line = _first(tables["salesorderdetails"], salesorderdetailid=line)
        rows = tables["msdyn_contractlineinvoiceschedules"]
        self.row = next(
            row
            for row in rows
            if row["_msdyn_contractlineid_value"] == line
            and row["msdyn_invoicerundate"].startswith(RUN_DATE)
        )
        rules = tables["msdyn_projectcontractsplitbillingrules"]
        self.rule = _first(rules, _msdyn_projectcontractid_value=own)
        moved = {*_CONTRACT_TABLES, "msdyn_actuals", "msdyn_contractlinescheduleofvalues"}
        moved |= {"msdyn_projectcontractlinesplitbillingrules", "msdyn_projectcontractretainers"}
        moved |= {"msdyn_projectcontractlinemilestones", "invoices", "invoicedetails"}
        moved |= {"msdyn_invoicelinetransactions", "msdyn_transactionconnections"}
        self.others = {name: rows for name, rows in tables.items() if name not in moved}


def seed_tables(contracts: int, open_each: int, billed_each: int) -> Iterator[tuple[str, Any]]:
    """Each entity set with its rows; the rows of large ones are made as they are asked for."""
    model = Model()
    yield from model.others.items()
    for table in _CONTRACT_TABLES:
        yield table, (_of_contract(model, number)[table] for number in range(contracts))
    numbers = range(contracts)
    yield (
        "msdyn_actuals",
        chain.from_iterable(_actuals(model, n, open_each, billed_each) for n in numbers),
    )
    if billed_each:
        places = [(n, k) for n in numbers for k in range(-(-billed_each // DETAILS))]
        yield "invoices", (_invoice(model, n, k) for n, k in places)
        yield "invoicedetails", (_invoice_line(model, n, k) for n, k in places)
        yield (
            "msdyn_invoicelinetransactions",
            chain.from_iterable(_details(model, n, billed_each) for n in numbers),
        )


def write_seed(path: Path, contracts: int, open_each: int, billed_each: int) -> None:
    """The seed as a file, written row by row."""
    with path.open("w", encoding="utf-8") as file:
        file.write("{")
        for place, (table, rows) in enumerate(seed_tables(contracts, open_each, billed_each)):
            file.write(f'{"," if place else ""}\n"{table}": [')
            for number, row in enumerate(rows):
                file.write(("," if number else "") + "\n" + dumps(row).decode())
            file.write("]")
        file.write("}\n")


def _first(rows: Sequence[Row], **wanted: object) -> Row:
    return next(row for row in rows if all(row[name] == value for name, value in wanted.items()))


def _is_worth_a_place(name: str, value: object) -> bool:
    """Whether a column tells something that loading would not know by itself."""
    return value is not None and "@" not in name and not name.startswith("_owning")


def _is_due(row: Row) -> bool:
    ready = row["msdyn_billingstatus"] == 192350004 and row["msdyn_adjustmentstatus"] is None
    return bool(ready and row["msdyn_transactiondate"] <= "2020-10-04")


def _key(*words: object) -> str:
    return str(uuid5(_SEED, " ".join(map(str, words))))


def _of_contract(model: Model, number: int) -> Mapping[str, Row]:
    contract, line = _key(number, "c"), _key(number, "l")
    return {
        "salesorders": {**model.contract, "salesorderid": contract, "name": f"Contract {number}"},
        "salesorderdetails": {
            **model.line,
            "salesorderdetailid": line,
            "_salesorderid_value": contract,
        },
        "msdyn_contractlineinvoiceschedules": {
            **model.row,
            "msdyn_contractlineinvoicescheduleid": _key(number, "s"),
            "_msdyn_contractlineid_value": line,
        },
        "msdyn_projectcontractsplitbillingrules": {
            **model.rule,
            "msdyn_projectcontractsplitbillingruleid": _key(number, "r"),
            "_msdyn_projectcontractid_value": contract,
        },
    }


def _actuals(model: Model, number: int, open_each: int, billed_each: int) -> Iterator[Row]:
    own = {
        "_msdyn_salescontract_value": _key(number, "c"),
        "_msdyn_salescontractlineid_value": _key(number, "l"),
        "_msdyn_projectcontractsplitbillingrule_value": _key(number, "r"),
        "_msdyn_projectcontractlinesplitbillingrule_value": None,
    }
    for place in range(open_each):
        yield {**model.actual, **own, "msdyn_actualid": _key(number, "a", place)}
    for place in range(billed_each):
        billed = {"msdyn_actualid": _key(number, "b", place), "msdyn_billingstatus": _POSTED}
        yield {**model.actual, **own, **billed}


def _invoice(model: Model, number: int, place: int) -> Row:
    return {
        "invoiceid": _key(number, "i", place),
        "name": f"Earlier invoice {place} of contract {number}",
        "msdyn_ordertype": 192350001,
        "msdyn_projectinvoicestatus": _CONFIRMED,
        "_salesorderid_value": _key(number, "c"),
        "_customerid_value": model.contract["_customerid_value"],
        "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account",
        "_transactioncurrencyid_value": model.contract["_transactioncurrencyid_value"],
        "_pricelevelid_value": model.contract["_pricelevelid_value"],
    }


def _invoice_line(_model: Model, number: int, place: int) -> Row:
    return {
        "invoicedetailid": _key(number, "il", place),
        "invoicedetailname": "Earlier work",
        "producttypecode": 5,
        "quantity": 1,
        "priceperunit": 100,
        "_invoiceid_value": _key(number, "i", place),
        "_salesorderdetailid_value": _key(number, "l"),
    }


def _details(model: Model, number: int, billed_each: int) -> Iterator[Row]:
    organization = OrganizationId(UUID("0a6e0000-0000-4000-8000-000000000001"))
    for place in range(billed_each):
        source = Source(table=SourceTable.ACTUAL, id=UUID(_key(number, "b", place)))
        yield {
            "msdyn_invoicelinetransactionid": str(keys.detail_id(organization, source)),
            "msdyn_transactiontypecode": _BILLED,
            "msdyn_transactionclassification": model.actual["msdyn_transactionclassification"],
            "msdyn_billingtype": model.actual["msdyn_billingtype"],
            "msdyn_quantity": model.actual["msdyn_quantity"],
            "msdyn_price": model.actual["msdyn_price"],
            "msdyn_amount": model.actual["msdyn_amount"],
            "_msdyn_invoice_value": _key(number, "i", place // DETAILS),
            "_msdyn_invoicelineid_value": _key(number, "il", place // DETAILS),
            "_msdyn_salescontract_value": _key(number, "c"),
            "_msdyn_salescontractlineid_value": _key(number, "l"),
        }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--contracts", type=int, default=100)
    parser.add_argument("--open", type=int, default=100)
    parser.add_argument("--billed", type=int, default=0)
    asked = parser.parse_args()
    write_seed(asked.file, asked.contracts, asked.open, asked.billed)
