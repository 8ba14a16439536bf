from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator, load_schema
from connector.emulator.provenance.protocol import PROTOCOL_FEATURES
from connector.emulator.schema.file import read_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.web import Answer

CRM = "Microsoft.Dynamics.CRM."


def many(web: Web, action: str, *targets: Mapping[str, object], kind: str = "account") -> Answer:
    typed = [{"@odata.type": f"{CRM}{kind}", **target} for target in targets]
    return web("POST", f"{kind}s/{CRM}{action}", {"Targets": typed})


def test_many_rows_are_created_and_answered_in_order(web: Web) -> None:
    answer = many(web, "CreateMultiple", {"name": "a"}, {"name": "b"})
    assert answer.status == 200
    assert [web.row("accounts", row_id)["name"] for row_id in answer.json()["Ids"]] == ["a", "b"]


def test_one_bad_target_writes_nothing(web: Web) -> None:
    assert many(web, "CreateMultiple", {"name": "a"}, {"name": "x" * 500}).status == 400
    assert many(web, "CreateMultiple", {"name": "a"}, kind="contact").status == 400
    assert web("POST", f"accounts/{CRM}CreateMultiple", {"Targets": [{"name": "a"}]}).status == 400
    assert web("POST", f"accounts/{CRM}CreateMultiple", {}).status == 400
    assert web.rows("accounts") == []


def test_many_rows_are_updated_all_or_none(web: Web) -> None:
    ids = [web.create("accounts", name=name) for name in "ab"]
    changed = [{"accountid": row_id, "telephone1": "1"} for row_id in ids]
    assert many(web, "UpdateMultiple", *changed).status == 204
    missing = {"accountid": "66666666-6666-6666-6666-666666666666", "telephone1": "2"}
    answer = many(web, "UpdateMultiple", {**changed[0], "telephone1": "2"}, missing)
    assert (answer.status, answer.code) == (404, "0x80040217")
    assert many(web, "UpdateMultiple", {"telephone1": "2"}).status == 400
    assert {row["telephone1"] for row in web.rows("accounts")} == {"1"}


def test_many_rows_are_upserted_by_primary_key_or_address(web: Web) -> None:
    first, second = (f"{digit * 8}-0000-0000-0000-000000000000" for digit in "12")
    web.create("accounts", accountid=first, name="old")
    answer = many(
        web,
        "UpsertMultiple",
        {"accountid": first, "name": "new"},
        {"@odata.id": f"accounts({second})", "name": "made"},
        {"name": "without key"},
    )
    assert (answer.status, answer.body) == (204, b"")
    names = {row["accountid"]: row["name"] for row in web.rows("accounts?$select=name")}
    assert (names[first], names[second], len(names)) == ("new", "made", 3)


def keyed() -> Web:
    """An emulator whose accounts have the alternate key `accountnumber`."""
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "tables": {"account": {"keys": {"number": ["accountnumber"]}}},
        }
    )
    return Web(InProcess(Emulator(schema, behaviour="plain").app))


def test_an_upsert_by_alternate_key_echoes_the_key_and_copies_its_values() -> None:
    web = keyed()
    address = "accounts(accountnumber='O''Brian')"
    answer = web("PATCH", address, {"name": "first"})
    assert (answer.status, answer.row_address) == (204, address)
    assert web("GET", address).json()["accountnumber"] == "O'Brian"
    assert web("PATCH", address, {"name": "second", "accountnumber": "dropped"}).status == 204
    (row,) = web.rows("accounts")
    assert (row["name"], row["accountnumber"]) == ("second", "O'Brian")
    assert web("DELETE", address).status == 204
    answer = web("GET", address)
    assert (answer.status, answer.code) == (404, "0x80060891")


def test_on_creation_the_key_values_of_the_body_win() -> None:
    web = keyed()
    web("PATCH", "accounts(accountnumber='url')", {"accountnumber": "body"})
    assert [row["accountnumber"] for row in web.rows("accounts")] == ["body"]


def test_a_lookup_is_bound_by_alternate_key_and_a_second_row_of_the_key_refused() -> None:
    web = keyed()
    account = web.create("accounts", accountnumber="1", name="A")
    body = {"parentcustomerid_account@odata.bind": "/accounts(accountnumber='1')"}
    contact = web.create("contacts", **body)
    assert web.row("contacts", contact)["_parentcustomerid_value"] == account
    answer = web("POST", "accounts", {"accountnumber": "1"})
    assert (answer.status, answer.code) == (412, "0x80060892")


def test_repeating_key_columns_in_an_upsert_of_many_is_refused() -> None:
    web = keyed()
    target = {"@odata.id": "accounts(accountnumber='1')", "accountnumber": "1"}
    assert many(web, "UpsertMultiple", target).status == 400
    assert many(web, "UpsertMultiple", {"@odata.id": target["@odata.id"]}).status == 204
    assert [row["accountnumber"] for row in web.rows("accounts")] == ["1"]


TRACK = {"Prefer": "odata.track-changes,odata.maxpagesize=2"}


def relative(link: str) -> str:
    return link[link.index("/api/") :]


def walk(web: Web, target: str) -> tuple[list[str], str]:
    """Follow a tracked read to its end; returns the names seen and the delta link."""
    seen = []
    while True:
        document = web("GET", target, headers=TRACK).json()
        seen += [row.get("name", f"deleted {row.get('id')}") for row in document["value"]]
        if "@odata.deltaLink" in document:
            return seen, relative(document["@odata.deltaLink"])
        web.create("accounts", name=f"made at {len(seen)}")
        target = relative(document["@odata.nextLink"])


def test_a_delta_link_answers_what_changed_since_the_first_page(web: Web) -> None:
    ids = [web.create("accounts", name=name) for name in "abc"]
    seen, link = walk(web, "/api/data/v9.2/accounts?$select=name")
    assert set("abc") <= set(seen)
    changed, link = walk(web, link)
    assert changed == ["made at 2", *(["made at 4"] if len(seen) > 4 else [])]
    web("PATCH", f"accounts({ids[0]})", {"name": "A"})
    web("DELETE", f"accounts({ids[1]})")
    assert walk(web, link)[0] == ["A", f"deleted {ids[1]}"]
    count = web("GET", link.replace("accounts?", "accounts/$count?"))
    assert count.body == b"\xef\xbb\xbf2"


@pytest.mark.parametrize("option", ["$filter=name eq 'a'", "$top=1", "$orderby=name"])
def test_change_tracking_excludes_other_options(web: Web, option: str) -> None:
    answer = web("GET", f"accounts?{option}", headers=TRACK)
    assert answer.status == 400
    assert f'The "{option.partition("=")[0]}" query parameter' in answer.message


def test_a_delta_token_expires_and_must_be_readable(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    _, link = walk(web, "/api/data/v9.2/accounts")
    plain.clock.advance(7 * 86_400)
    assert web("GET", link).status == 200
    plain.clock.advance(1)
    assert web("GET", link).status == 400
    assert web("GET", "accounts?$deltatoken=x").status == 400
    assert web("GET", "accounts?$deltatoken=1!99/99/2020 00:00:00").status == 400


def test_definitions_and_the_csdl_are_served(web: Web) -> None:
    address = "EntityDefinitions(LogicalName='account')?$select=EntitySetName"
    assert web("GET", address).json()["EntitySetName"] == "accounts"
    answer = web("GET", "$metadata")
    assert answer.headers["content-type"] == "application/xml"
    assert b'<EntitySet Name="accounts"' in answer.body
    assert web("PATCH", "EntityDefinitions", {}).status == 501


def test_every_table_can_be_read_and_counted() -> None:
    web = Web(InProcess(Emulator(behaviour="plain").app))
    for table in load_schema().tables.values():
        # The service gives calendar rules with their calendar only; by themselves they are refused.
        expected = 501 if table.entity_set == "calendarrules" else 200
        assert web("GET", f"{table.entity_set}?$top=1").status == expected
        assert web("GET", f"{table.entity_set}/$count").status == expected


def test_every_feature_is_named_once() -> None:
    names = [(feature.area, feature.name) for feature in PROTOCOL_FEATURES]
    assert len(names) == len(set(names)) > 50


def test_the_csdl_marks_what_clients_cannot_write_when_asked_for(web: Web) -> None:
    plain, annotated = web("GET", "$metadata"), web("GET", "$metadata?annotations=true")
    preferred = web("GET", "$metadata", Prefer='odata.include-annotations="*"')
    computed = b'<Annotation Term="Org.OData.Core.V1.Computed" Bool="true"/>'
    assert computed not in plain.body
    assert b'<Property Name="createdon" Type="Edm.DateTimeOffset">' + computed in annotated.body
    assert b'<Property Name="_ownerid_value" Type="Edm.Guid">' + computed in annotated.body
    assert b'<Property Name="telephone1" Type="Edm.String" Unicode="false"/>' in annotated.body
    assert preferred.body == annotated.body


def test_other_options_of_the_csdl_are_refused_by_name(web: Web) -> None:
    answer = web("GET", "$metadata?$format=json")
    assert answer.status == 501
    assert "'$format'" in answer.message
