"""A tenant's rows as an emulator takes them, with rows for what they point to."""

from __future__ import annotations

from typing import Any

from connector.projectops.emulator_rows import rows_of_tenant, rows_pointed_to
from tests.projectops.one_contract import LABEL, TARGET, uid
from tests.projectops.small_tenant import small_tenant

TENANT = small_tenant()
COLUMNS = {
    "salesorder": {
        "salesorderid": frozenset[str](),
        "name": frozenset[str](),
        "_customerid_value": frozenset({"account", "contact"}),
        "_ownerid_value": frozenset({"systemuser", "team"}),
        "_transactioncurrencyid_value": frozenset({"transactioncurrency"}),
    }
}
ROW: dict[str, Any] = {
    "@odata.etag": 'W/"1"',
    "salesorderid": uid(7),
    "name": "Adatum",
    "new_unknown": 1,
    "description": None,
    "_customerid_value": uid(8).upper(),
    f"_customerid_value{TARGET}": "account",
    f"_customerid_value{LABEL}": "Adatum Corp",
    "_ownerid_value": uid(9),
    f"_ownerid_value{TARGET}": "systemuser",
    "_transactioncurrencyid_value": uid(3),
    f"_transactioncurrencyid_value{TARGET}": "transactioncurrency",
}
TABLES: dict[str, tuple[str, str, str | None]] = {
    "account": ("accounts", "accountid", "name"),
    "systemuser": ("systemusers", "systemuserid", "fullname"),
    "transactioncurrency": ("transactioncurrencies", "transactioncurrencyid", "currencyname"),
}


def test_columns_that_the_emulator_has_stay_with_where_they_lead() -> None:
    [row] = rows_of_tenant(TENANT, {"contract": (ROW,)}, COLUMNS)["salesorders"]

    assert row == {
        "salesorderid": uid(7),
        "name": "Adatum",
        "_customerid_value": uid(8).upper(),
        f"_customerid_value{TARGET}": "account",
        f"_customerid_value{LABEL}": "Adatum Corp",
        "_transactioncurrencyid_value": uid(3),
        f"_transactioncurrencyid_value{TARGET}": "transactioncurrency",
    }


def test_what_is_pointed_to_and_not_there_is_made_with_its_label() -> None:
    seed = rows_of_tenant(TENANT, {"contract": (ROW, {**ROW, "salesorderid": uid(6)})}, COLUMNS)

    found = rows_pointed_to(seed, TABLES)

    assert found == {"accounts": [{"accountid": uid(8), "name": "Adatum Corp"}]}


def test_what_is_there_is_left_alone() -> None:
    seed = rows_of_tenant(TENANT, {"contract": (ROW,)}, COLUMNS)
    held: Any = {**seed, "accounts": [{"accountid": uid(8), "name": "Adatum Corp"}]}

    assert rows_pointed_to(held, TABLES) == {}
