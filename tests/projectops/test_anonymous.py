"""Rows without what names anybody: values kept, ids and names exchanged, the rest gone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from connector.projectops.anonymous import Disguise, anonymous
from connector.projectops.kept_columns import kept_tables
from tests.projectops.one_contract import TARGET, uid
from tests.projectops.small_tenant import MAPPING, small_tenant
from tests.projectops.test_kept_columns import ACTUAL, info

TENANT = small_tenant()
CONTRACT = info(
    "salesorder",
    salesorderid="Uniqueidentifier",
    name="String",
    customerid="Customer",
    transactioncurrencyid="Lookup",
)
CURRENCY = info(
    "transactioncurrency",
    transactioncurrencyid="Uniqueidentifier",
    isocurrencycode="String",
    currencyprecision="Integer",
)
CONNECTION = info(
    "msdyn_transactionconnection",
    msdyn_transactionconnectionid="Uniqueidentifier",
    msdyn_transaction1="String",
    msdyn_transaction1type="String",
    msdyn_transaction1role="String",
)
KEPT = kept_tables(
    MAPPING, {one.logical_name: one for one in (ACTUAL, CONTRACT, CURRENCY, CONNECTION)}
)


def seed_of(scale: str = "1", **world: dict[str, Any]) -> dict[str, Any]:
    rows: Any = {word: (row,) for word, row in world.items()}
    disguise = Disguise(secret="secret", scale=Decimal(scale))
    found = anonymous(TENANT, KEPT, rows, disguise)
    return {name: [dict(row) for row in rows] for name, rows in found.seed.items()}


def actual(**columns: Any) -> dict[str, Any]:
    return {"msdyn_actualid": uid(31), "_msdyn_salescontract_value": uid(7), **columns}


def test_values_stay_and_texts_go() -> None:
    [row] = seed_of(
        actual=actual(
            msdyn_billingstatus=192350004,
            msdyn_quantity=Decimal("1.50"),
            msdyn_documentdate="2020-10-01T22:00:00Z",
            msdyn_description="for Contoso",
            new_secrettext="Contoso",
        )
    )["msdyn_actuals"]

    assert set(row) == {
        "msdyn_actualid",
        "_msdyn_salescontract_value",
        "msdyn_billingstatus",
        "msdyn_quantity",
        "msdyn_documentdate",
    }
    assert (row["msdyn_billingstatus"], str(row["msdyn_quantity"])) == (192350004, "1.50")
    assert row["msdyn_documentdate"] == "2020-10-01T22:00:00Z"


def test_text_in_a_column_that_should_hold_a_value_goes() -> None:
    [row] = seed_of(actual=actual(msdyn_billingstatus="Contoso", msdyn_amount="Contoso"))[
        "msdyn_actuals"
    ]

    assert set(row) == {"msdyn_actualid", "_msdyn_salescontract_value"}


def test_an_id_is_the_same_wherever_it_stands() -> None:
    seed = seed_of(
        actual=actual(),
        contract={"salesorderid": uid(7), "name": "Contoso"},
        connection={
            "msdyn_transactionconnectionid": uid(80),
            "msdyn_transaction1": uid(31).upper(),
            "msdyn_transaction1type": "msdyn_actual",
            "msdyn_transaction1role": "the Contoso deal",
        },
    )

    [row], [contract] = seed["msdyn_actuals"], seed["salesorders"]
    [connection] = seed["msdyn_transactionconnections"]
    assert row["_msdyn_salescontract_value"] == contract["salesorderid"] != uid(7)
    assert connection["msdyn_transaction1"] == row["msdyn_actualid"] != uid(31)
    assert connection["msdyn_transaction1type"] == "msdyn_actual"
    assert "msdyn_transaction1role" not in connection
    assert contract["name"] == "contract 1"


def test_customers_are_made_up_for_the_ids_that_are_named() -> None:
    seed = seed_of(
        contract={
            "salesorderid": uid(7),
            "_customerid_value": uid(8),
            f"_customerid_value{TARGET}": "account",
            "_customerid_value@OData.Community.Display.V1.FormattedValue": "Contoso",
        }
    )

    [contract], [account] = seed["salesorders"], seed["accounts"]
    assert contract["_customerid_value"] == account["accountid"] != uid(8)
    assert contract[f"_customerid_value{TARGET}"] == "account"
    assert account["name"] == "account 1"
    assert "Contoso" not in str(seed)


def test_money_alone_is_scaled_and_keeps_its_decimals() -> None:
    [row] = seed_of("0.5", actual=actual(msdyn_amount=Decimal("10.01"), msdyn_quantity=8))[
        "msdyn_actuals"
    ]

    # Half of 10.01 is 5.005, of which the column's two decimals keep 5.00 (to even).
    assert (str(row["msdyn_amount"]), row["msdyn_quantity"]) == ("5.00", 8)


def test_codes_of_iso_4217_stay_and_others_are_numbered() -> None:
    def code(text: str) -> Any:
        row = {"transactioncurrencyid": uid(3), "isocurrencycode": text, "currencyprecision": 2}
        return seed_of(currency=row)["transactioncurrencies"][0]["isocurrencycode"]

    assert (code("SEK"), code("CONTO")) == ("SEK", "Q00")


def test_what_is_kept_is_told_and_the_ids_are_too() -> None:
    rows: Any = {"actual": (actual(),)}

    found = anonymous(TENANT, KEPT, rows, Disguise(secret="x"))

    [table] = found.tables
    assert (table.entity_set, table.rows, table.dropped) == ("msdyn_actuals", 1, 4)
    assert ("msdyn_amount", "scaled") in table.columns
    assert set(found.ids) == {UUID(int=31), UUID(int=7)}
