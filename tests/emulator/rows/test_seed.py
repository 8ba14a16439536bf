from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, EmulatorOptions, SeedError, SeedRules
from connector.emulator.schema.file import read_schema

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNT = "a0000000-0000-0000-0000-000000000001"
CONTACT = "c0000000-0000-0000-0000-000000000001"
ORDER = "d0000000-0000-0000-0000-000000000001"
ACTUAL = "e0000000-0000-0000-0000-000000000001"
STRICT = SeedRules(strict=True)
LOGICAL_NAME = "@Microsoft.Dynamics.CRM.lookuplogicalname"

TENANT: dict[str, Any] = {
    "salesorders": [
        {
            "@odata.etag": 'W/"5"',
            "salesorderid": ORDER,
            "name": "Contract",
            "_customerid_value": ACCOUNT,
            f"_customerid_value{LOGICAL_NAME}": "account",
            "totalamount": Decimal("1234.5678"),
        }
    ],
    "accounts": [{"accountid": ACCOUNT, "name": "Adatum", "createdon": "2019-01-02T03:04:05Z"}],
    "msdyn_actuals": [{"msdyn_actualid": ACTUAL, "msdyn_billingstatus": 192350004}],
}


def test_a_seed_is_loaded_behind_every_rule_and_in_any_order(tenant: Emulator) -> None:
    assert tenant.seed(TENANT).rows == 3
    (order,) = tenant.rows("salesorders")
    assert order["_customerid_value"] == ACCOUNT
    assert order[f"_customerid_value{LOGICAL_NAME}"] == "account"
    assert order["totalamount"] == Decimal("1234.5678")
    assert tenant.rows("accounts")[0]["createdon"] == "2019-01-02T03:04:05Z"
    assert tenant.rows("msdyn_actuals")[0]["msdyn_billingstatus"] == 192350004


def test_a_dump_seeds_an_equal_emulator(tenant: Emulator) -> None:
    tenant.seed(TENANT)
    other = Emulator(seed=tenant.dump())
    volatile = {"@odata.etag", "versionnumber"}
    for entity_set, rows in tenant.dump().items():
        kept = [{k: v for k, v in row.items() if k not in volatile} for row in rows]
        again = [
            {k: v for k, v in row.items() if k not in volatile} for row in other.rows(entity_set)
        ]
        assert kept == again


def test_a_lookup_that_names_no_table_finds_the_one_that_has_the_row(plain: Emulator) -> None:
    orders = [{"salesorderid": ORDER, "_customerid_value": CONTACT}]
    plain.seed({"salesorders": orders, "contacts": [{"contactid": CONTACT}]})
    (order,) = plain.rows("salesorders")
    assert order[f"_customerid_value{LOGICAL_NAME}"] == "contact"


def test_a_row_that_exists_gets_the_values_of_the_seed(plain: Emulator) -> None:
    plain.seed({"accounts": [{"accountid": ACCOUNT, "name": "Old", "telephone1": "1"}]})
    plain.seed({"accounts": [{"accountid": ACCOUNT, "name": "New"}]})
    (row,) = plain.rows("accounts")
    assert (row["name"], row["telephone1"]) == ("New", "1")


@pytest.mark.parametrize(
    ("seed", "problem"),
    [
        ({"nosuch": []}, "nosuch: the schema has no such entity set"),
        ({"accounts": {}}, "accounts: a list of rows was expected"),
        ({"accounts": [1]}, "accounts row 1: an object was expected"),
        ({"accounts": [{}, {"Name": 1}]}, "accounts row 2: 'Name' is no property of account"),
        (
            {"accounts": [{"name": 1}]},
            "accounts row 1: 'name': 1 is not accepted; expected: a text of at most 160 characters",
        ),
        (
            {"accounts": [{"_primarycontactid_value": "x"}]},
            "accounts row 1: '_primarycontactid_value': 'x' is not accepted; expected: the id of",
        ),
        (
            {
                "salesorders": [
                    {"_customerid_value": CONTACT, f"_customerid_value{LOGICAL_NAME}": "x"}
                ]
            },
            "it refers to 'x', expected was account or contact",
        ),
        (
            {"invoices": [{"statecode": 0, "statuscode": 100001}]},
            (
                "invoices row 1: 'statuscode': 100001 Complete belongs to statecode 2 Paid, the "
                "row has 0 Active; expected: 1 New, 2 Partially Shipped, 4 Billed, 5 Booked"
            ),
        ),
        (
            {"accounts": [{"customertypecode": 13}]},
            (
                "accounts row 1: 'customertypecode': 13 is not accepted; expected: the number of "
                "a choice: 1 Competitor, 2 Consultant, 3 Customer"
            ),
        ),
    ],
)
def test_a_faulty_seed_is_refused_naming_set_row_and_property(
    plain: Emulator, seed: dict[str, Any], problem: str
) -> None:
    before = plain.dump()
    with pytest.raises(SeedError) as caught:
        plain.seed({"contacts": [{"lastname": "fine"}], **seed})
    assert problem in str(caught.value)
    assert plain.dump() == before


def test_every_fault_of_a_seed_is_reported_at_once(plain: Emulator) -> None:
    with pytest.raises(SeedError) as caught:
        plain.seed({"accounts": [{"name": 1}, {"creditlimit": "x"}] * 15})
    assert len(caught.value.problems) == 30
    assert "accounts row 20: 'creditlimit'" in str(caught.value)
    assert "accounts row 21:" not in str(caught.value)
    assert "and 10 more" in str(caught.value)


def test_a_column_that_a_table_lacks_is_one_fault_however_many_rows_have_it(
    plain: Emulator,
) -> None:
    with pytest.raises(SeedError) as caught:
        plain.seed({"accounts": [{}] + [{"telefone1": "1"}] * 15})
    [problem] = caught.value.problems
    assert problem == (
        "accounts row 2: 'telefone1' is no property of account; the nearest is 'telephone1' "
        "(and in 14 more rows)"
    )


def test_faults_that_only_the_store_finds_are_told_with_the_others() -> None:
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "tables": {"account": {"keys": {"number": ["accountnumber"]}}},
        }
    )
    emulator = Emulator(schema)
    same = {"accountnumber": "A-1"}
    with pytest.raises(SeedError) as caught:
        emulator.seed({"accounts": [same, same, {"nosuch": 1}]})
    assert [one[:16] for one in caught.value.problems] == ["accounts row 2: ", "accounts row 3: "]
    assert emulator.rows("accounts") == ()


def test_a_lookup_that_names_no_table_waits_for_its_row(plain: Emulator, tmp_path: Path) -> None:
    """The row comes later in the file, and in the second of the tables that it may be in."""
    orders = [{"name": "O", "_customerid_value": CONTACT}] * 2
    file = tmp_path / "seed.json"
    file.write_text(
        json.dumps({"salesorders": orders, "contacts": [{"contactid": CONTACT}]}), encoding="utf-8"
    )
    assert plain.seed(file).rows == 3
    targets = [order[f"_customerid_value{LOGICAL_NAME}"] for order in plain.rows("salesorders")]
    assert targets == ["contact", "contact"]


def test_dangling_lookups_are_told_in_the_order_of_the_rows(plain: Emulator) -> None:
    missing = {"_primarycontactid_value": CONTACT, "_parentaccountid_value": ORDER}
    other = {"_primarycontactid_value": ACTUAL}
    with pytest.raises(SeedError) as caught:
        plain.seed({"accounts": [missing, other, {"name": "A"}, missing]}, rules=STRICT)
    told = [text.partition(":")[0] for text in caught.value.problems]
    assert told == ["accounts row 1", "accounts row 1", "accounts row 2", *["accounts row 4"] * 2]


def test_a_row_that_is_given_twice_is_changed_and_not_added(plain: Emulator) -> None:
    rows = [{"accountid": ACCOUNT, "name": "A", "telephone1": "1"}, {"accountid": ACCOUNT}]
    assert plain.seed({"accounts": [*rows, {"accountid": ACCOUNT, "name": "B"}]}).rows == 3
    assert [(row["name"], row["telephone1"]) for row in plain.rows("accounts")] == [("B", "1")]


def test_strict_seeds_refuse_each_lookup_to_a_row_that_is_not_there() -> None:
    emulator = Emulator(behaviour="plain", options=EmulatorOptions(seeds=STRICT))
    with pytest.raises(SeedError) as caught:
        emulator.seed({"accounts": [{"_primarycontactid_value": CONTACT}, {"name": "fine"}]})
    [problem] = caught.value.problems
    assert problem == (
        f"accounts row 1: '_primarycontactid_value': there is no contact with the id {CONTACT}"
    )
    assert emulator.rows("accounts") == ()


def test_a_seed_file_is_read_and_a_faulty_one_is_named(plain: Emulator, tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_text(
        json.dumps({"accounts": [{"name": "A", "creditlimit": 1.25}]}), encoding="utf-8"
    )
    plain.seed(file)
    assert plain.rows("accounts")[0]["creditlimit"] == Decimal("1.25")
    for broken in ("{", '{"accounts": [{"name": "B"}, {"name": '):
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(SeedError, match=r"seed\.json"):
            plain.seed(file)
    assert len(plain.rows("accounts")) == 1
    with pytest.raises(SeedError, match=r"nosuch\.json"):
        plain.seed(tmp_path / "nosuch.json")


def test_a_snapshot_brings_everything_back(tenant: Emulator) -> None:
    tenant.seed(TENANT)
    saved, before = tenant.snapshot(), tenant.dump()
    tenant.reset()
    assert tenant.rows("accounts") == ()
    tenant.restore(saved)
    assert tenant.dump() == before


def test_a_file_keeps_the_rows(tmp_path: Path) -> None:
    first = Emulator(seed=TENANT, store_path=tmp_path / "tenant.db")
    before = first.dump()
    first.close()
    second = Emulator(store_path=tmp_path / "tenant.db")
    assert second.dump() == before
    second.close()


def test_an_unknown_behaviour_is_refused_naming_the_known_ones() -> None:
    with pytest.raises(ValueError, match="plain, project-operations"):
        Emulator(behaviour="nosuch")
