"""Lookups of an export: their targets, and what is kept of those that were not exported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, SeedError, SeedRules
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT = "a0000000-0000-0000-0000-000000000001"
ORDER = "d0000000-0000-0000-0000-000000000001"
QUOTE = "d1000000-0000-0000-0000-000000000001"
CHANCE = "d2000000-0000-0000-0000-000000000001"
USER = "e0000000-0000-0000-0000-000000000001"
TEAM = "e1000000-0000-0000-0000-000000000001"
TYPE = "@Microsoft.Dynamics.CRM.lookuplogicalname"
LABEL = "@OData.Community.Display.V1.FormattedValue"
EVERYTHING = {"Prefer": 'odata.include-annotations="*"'}
STRICT = SeedRules(strict=True)


def asked(emulator: Emulator, address: str) -> list[dict[str, Any]]:
    answer = Web(InProcess(emulator.app))("GET", address, headers=EVERYTHING)
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.json()["value"]
    return rows


def looked_up(name: str, row_id: str, table: str | None, label: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {name: row_id}
    if table is not None:
        found[f"{name}{TYPE}"] = table
    if label is not None:
        found[f"{name}{LABEL}"] = label
    return found


def won_contract() -> Mapping[str, Any]:
    """A contract as an export has it, without opportunity, quote and owner."""
    return {
        "salesorderid": ORDER,
        "name": "Contract",
        **looked_up("_opportunityid_value", CHANCE, "opportunity", "Big chance"),
        **looked_up("_quoteid_value", QUOTE, "quote", "Offer 2"),
        **looked_up("_ownerid_value", USER, "systemuser", "Kim Abercrombie"),
        **looked_up("_customerid_value", ACCOUNT, "account", "Adatum"),
    }


def test_a_contract_that_was_won_from_a_quote_is_loaded_and_shows_the_labels() -> None:
    emulator = Emulator()
    report = emulator.seed({"salesorders": [won_contract()]})

    assert report.kept_lookups == {"opportunity": 1, "quote": 1, "systemuser": 1, "account": 1}
    assert report.assumed_lookups == {}
    [row] = asked(emulator, "salesorders?$select=name,_quoteid_value,_customerid_value")
    assert row["_quoteid_value"] == QUOTE
    assert row[f"_quoteid_value{TYPE}"] == "quote"
    assert row[f"_quoteid_value{LABEL}"] == "Offer 2"
    assert row[f"_customerid_value{LABEL}"] == "Adatum"
    emulator.close()


def test_strict_seeds_name_each_lookup_that_leads_nowhere() -> None:
    emulator = Emulator()
    with pytest.raises(SeedError) as caught:
        emulator.seed({"salesorders": [won_contract()]}, rules=STRICT)
    assert caught.value.problems == (
        f"salesorders row 1: '_opportunityid_value': there is no opportunity with the id {CHANCE}",
        f"salesorders row 1: '_quoteid_value': there is no quote with the id {QUOTE}",
        f"salesorders row 1: '_ownerid_value': there is no systemuser with the id {USER}",
        f"salesorders row 1: '_customerid_value': there is no account with the id {ACCOUNT}",
    )
    assert emulator.rows("salesorders") == ()
    emulator.close()


def test_a_kept_label_goes_through_a_snapshot_and_a_dump() -> None:
    emulator = Emulator()
    emulator.seed({"salesorders": [won_contract()]})
    saved, dumped = emulator.snapshot(), emulator.dump()
    emulator.reset()
    assert asked(emulator, "salesorders") == []
    emulator.restore(saved)
    [restored] = asked(emulator, "salesorders")
    other = Emulator(seed=dumped)
    [seeded] = asked(other, "salesorders")
    assert restored[f"_quoteid_value{LABEL}"] == seeded[f"_quoteid_value{LABEL}"] == "Offer 2"
    emulator.close()
    other.close()


def test_a_row_that_comes_later_shows_its_own_name(plain: Emulator) -> None:
    plain.seed({"salesorders": [won_contract()]})
    plain.seed({"quotes": [{"quoteid": QUOTE, "name": "Offer 3"}]})
    [row] = asked(plain, "salesorders")
    assert row[f"_quoteid_value{LABEL}"] == "Offer 3"
    [dumped] = plain.dump()["salesorders"]
    assert f"_quoteid_value{LABEL}" not in dumped


def test_rows_are_ordered_by_kept_labels_too(plain: Emulator) -> None:
    def row(name: str, quote: str, label: str) -> dict[str, Any]:
        return {"name": name, **looked_up("_quoteid_value", quote, "quote", label)}

    plain.seed(
        {
            "quotes": [{"quoteid": QUOTE, "name": "M"}],
            "salesorders": [row("1", ORDER, "Z"), row("2", QUOTE, "-"), row("3", CHANCE, "A")],
        }
    )
    rows = asked(plain, "salesorders?$select=name&$orderby=_quoteid_value")
    assert [one["name"] for one in rows] == ["3", "2", "1"]


@pytest.mark.parametrize(
    ("beside", "table"),
    [
        ({"_owninguser_value": USER, "_owningteam_value": None}, "systemuser"),
        ({"_owninguser_value": None, "_owningteam_value": USER}, "team"),
    ],
)
def test_an_owner_without_a_type_is_what_the_columns_beside_it_say(
    plain: Emulator, beside: dict[str, Any], table: str
) -> None:
    report = plain.seed({"accounts": [{"_ownerid_value": USER, **beside}]})
    [row] = plain.rows("accounts")
    assert row[f"_ownerid_value{TYPE}"] == table
    assert report.assumed_lookups == {}


def test_a_lookup_that_told_no_table_is_counted_as_assumed(plain: Emulator) -> None:
    report = plain.seed({"salesorders": [{"_customerid_value": ACCOUNT}] * 2})
    assert report.kept_lookups == {"account": 2}
    assert report.assumed_lookups == {"salesorders._customerid_value": 2}
    assert report.remarks == (
        (
            "2 lookups lead to rows that are not there; they are kept with id, table and label "
            "(account 2)"
        ),
        (
            "2 of them did not say their table; the first possible one was taken "
            "(salesorders._customerid_value 2)"
        ),
    )


def test_the_type_decides_where_a_lookup_leads(plain: Emulator) -> None:
    same = {"accounts": [{"accountid": ACCOUNT}], "contacts": [{"contactid": ACCOUNT}]}
    order = looked_up("_customerid_value", ACCOUNT, "contact", None)
    plain.seed({**same, "salesorders": [order]}, rules=STRICT)
    [row] = plain.rows("salesorders")
    assert row[f"_customerid_value{TYPE}"] == "contact"


def test_activities_may_regard_tables_that_only_a_tenant_has(plain: Emulator) -> None:
    task = {"subject": "T", **looked_up("_regardingobjectid_value", TEAM, "cr_box", "Big box")}
    report = plain.seed({"tasks": [task]})
    assert report.kept_lookups == {"cr_box": 1}
    [row] = asked(plain, "tasks?$select=subject,_regardingobjectid_value")
    assert row[f"_regardingobjectid_value{TYPE}"] == "cr_box"
    assert row[f"_regardingobjectid_value{LABEL}"] == "Big box"


@pytest.mark.parametrize("table", ["lead", "no table", "Account"])
def test_a_customer_of_another_table_is_refused(plain: Emulator, table: str) -> None:
    with pytest.raises(SeedError) as caught:
        plain.seed({"salesorders": [looked_up("_customerid_value", ACCOUNT, table, None)]})
    [fault] = caught.value.problems
    assert fault == (
        f"salesorders row 1: '_customerid_value': it refers to '{table}', expected was account or "
        "contact"
    )
