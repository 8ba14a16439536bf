"""A small table of every kind of column, its rows, and how the tests query it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from connector.emulator.query.annotations import NO_ANNOTATIONS
from connector.emulator.query.options import parse_options
from connector.emulator.query.run import Page, run_query
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.model import Reference
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from connector.emulator.query.annotations import Annotations

ROOT = "http://host/api/data/v9.2/"
NOW = datetime(2020, 10, 14, 15, 30, tzinfo=UTC)  # a Wednesday

SCHEMA = read_schema(
    {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "tables": {
            "thing": {
                "set": "things",
                "name": "name",
                "columns": {
                    "thingid": {"kind": "guid"},
                    "name": {"kind": "string", "length": 100},
                    "note": {"kind": "memo"},
                    "amount": {"kind": "money"},
                    "price": {"kind": "money"},
                    "quantity": {"kind": "decimal"},
                    "weight": {"kind": "double"},
                    "number": {"kind": "integer"},
                    "flag": {"kind": "boolean"},
                    "at": {"kind": "datetime"},
                    "day": {"kind": "date"},
                    "color": {"kind": "picklist", "options": {"1": "Red", "2": "Green"}},
                    "tags": {"kind": "multipicklist", "options": {"1": "A", "2": "B", "12": "L"}},
                    "parent": {
                        "kind": "lookup",
                        "targets": ["thing"],
                        "navigation": {"Parent": "thing"},
                    },
                    "customer": {
                        "kind": "customer",
                        "targets": ["account", "contact"],
                        "navigation": {
                            "customer_account": "account",
                            "customer_contact": "contact",
                        },
                    },
                    "transactioncurrencyid": {
                        "kind": "lookup",
                        "targets": ["transactioncurrency"],
                        "navigation": {"transactioncurrencyid": "transactioncurrency"},
                    },
                },
                "collections": {"children": ["thing", "parent"]},
            },
            "account": {"collections": {"account_things": ["thing", "customer"]}},
        },
    }
)
THING = SCHEMA.table("thing")


def thing_id(number: int) -> UUID:
    return UUID(int=number)


def new_store() -> Store:
    return Store(SCHEMA, clock=lambda: NOW)


def add_thing(store: Store, number: int, /, **values: object) -> UUID:
    with store.transaction() as tx:
        return tx.insert(THING, {"thingid": thing_id(number), **values})  # type: ignore[dict-item]


def query(
    store: Store,
    options: str,
    *,
    page_size: int | None = None,
    annotations: Annotations = NO_ANNOTATIONS,
    entity_set: str = "things",
) -> Page:
    table = SCHEMA.by_entity_set(entity_set)
    with store.reading() as tx:
        return run_query(
            tx,
            SCHEMA,
            table,
            parse_options(options),
            page_size=page_size,
            base_url=f"{ROOT}{entity_set}",
            annotations=annotations,
        )


def numbers(store: Store, condition: str) -> list[int]:
    """The rows that meet a `$filter`, by the numbers in their ids."""
    page = query(store, f"$select=thingid&$filter={quote(condition)}")
    return [UUID(str(row["thingid"])).int for row in page.rows]


def filled_store() -> Store:
    store = new_store()
    add_thing(
        store,
        1,
        name="Adatum Corp",
        amount=Decimal("10.0001"),
        price=Decimal("10.0001"),
        quantity=Decimal("8.5"),
        weight=1.5,
        number=5,
        flag=True,
        at=datetime(2020, 10, 14, 8, tzinfo=UTC),
        day=date(2020, 10, 14),
        color=1,
        tags="1,12",
    )
    add_thing(
        store,
        2,
        name="O'Brian 100%",
        amount=Decimal(-3),
        price=Decimal(4),
        quantity=Decimal("-0.0000000001"),
        weight=-2.25,
        number=-7,
        flag=False,
        at=datetime(2020, 10, 13, 23, 59, 59, tzinfo=UTC),
        day=date(2020, 10, 13),
        color=2,
        tags="2",
        parent=Reference(table="thing", id=thing_id(1)),
    )
    add_thing(store, 3, name="Über_straße", parent=Reference(table="thing", id=thing_id(2)))
    add_thing(store, 4)
    return store
