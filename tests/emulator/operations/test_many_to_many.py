"""Many-to-many relationships over the wire: associate, read, filter, describe, create, delete."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from tests.emulator.web import Web

MEMBERS = "teammembership_association"
CRM = "Microsoft.Dynamics.CRM"
KIND = f"{CRM}.ManyToManyRelationshipMetadata"


def ids(rows: list[Any], column: str = "systemuserid") -> list[str]:
    return sorted(row[column] for row in rows)


@pytest.fixture
def team(web: Web) -> str:
    return web.create("teams", name="Blue")


@pytest.fixture
def users(web: Web) -> list[str]:
    return sorted(web.create("systemusers", firstname=name, lastname="X") for name in "ABC")


def join(web: Web, team: str, *members: str) -> None:
    for member in members:
        body = {"@odata.id": f"systemusers({member})"}
        assert web("POST", f"teams({team})/{MEMBERS}/$ref", body).status == 204


def test_rows_are_associated_from_either_side_and_seen_from_both(
    web: Web, team: str, users: list[str]
) -> None:
    join(web, team, users[0])
    body = {"@odata.id": f"teams({team})"}
    assert web("POST", f"systemusers({users[1]})/{MEMBERS}/$ref", body).status == 204
    assert ids(web.rows(f"teams({team})/{MEMBERS}")) == users[:2]
    assert ids(web.rows(f"systemusers({users[0]})/{MEMBERS}"), "teamid") == [team]
    assert web.rows(f"systemusers({users[2]})/{MEMBERS}") == []
    references = web("GET", f"teams({team})/{MEMBERS}/$ref").json()["value"]
    assert [one["@odata.id"].rpartition("/")[2] for one in references] == [
        f"systemusers({user})" for user in users[:2]
    ]
    assert web("GET", f"teams({team})/{MEMBERS}/$count").body.decode("utf-8-sig") == "2"


def test_a_pair_is_associated_once(web: Web, team: str, users: list[str]) -> None:
    join(web, team, users[0])
    body = {"@odata.id": f"systemusers({users[0]})"}
    answer = web("POST", f"teams({team})/{MEMBERS}/$ref", body)
    assert (answer.status, answer.code) == (412, "0x80040237")
    assert len(web.rows("teammemberships")) == 1


def test_rows_are_disassociated_by_key_and_by_address(
    web: Web, team: str, users: list[str]
) -> None:
    join(web, team, *users)
    assert web("DELETE", f"teams({team})/{MEMBERS}({users[0]})/$ref").status == 204
    assert web("DELETE", f"teams({team})/{MEMBERS}/$ref?$id=systemusers({users[1]})").status == 204
    assert ids(web.rows(f"teams({team})/{MEMBERS}")) == [users[2]]
    assert web("DELETE", f"teams({team})/{MEMBERS}({users[0]})/$ref").status == 204


def test_rows_come_expanded_with_their_own_options(web: Web, team: str, users: list[str]) -> None:
    join(web, team, *users)
    other = web.create("teams", name="Red")
    options = f"{MEMBERS}($select=fullname;$orderby=fullname desc;$top=2)"
    rows = {row["teamid"]: row for row in web.rows(f"teams?$select=name&$expand={options}")}
    assert [one["fullname"] for one in rows[team][MEMBERS]] == ["C X", "B X"]
    assert rows[other][MEMBERS] == []
    condition = quote("fullname eq 'A X'")
    row = web("GET", f"teams({team})?$expand={MEMBERS}($filter={condition})").json()
    assert [one["fullname"] for one in row[MEMBERS]] == ["A X"]


@pytest.mark.parametrize(
    "options",
    [
        "contacts?$expand=contactorders_association,parentcustomerid_account",
        "contacts?$expand=contactorders_association($expand=ownerid)",
        "accounts?$expand=primarycontactid($expand=contactorders_association)",
    ],
)
def test_they_are_expanded_alone(web: Web, options: str) -> None:
    answer = web("GET", options)
    assert answer.status == 400
    assert "many-to-many" in answer.message


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (f"{MEMBERS}/any()", ["Blue", "Red"]),
        (f"{MEMBERS}/any(u:u/firstname eq 'A')", ["Blue"]),
        (f"{MEMBERS}/all(u:u/firstname eq 'C')", ["Empty", "Red"]),
        (f"not {MEMBERS}/any()", ["Empty"]),
    ],
)
def test_any_and_all_look_through_the_table_between(
    web: Web, team: str, users: list[str], condition: str, expected: list[str]
) -> None:
    red = web.create("teams", name="Red")
    web.create("teams", name="Empty")
    join(web, team, users[0], users[1])
    join(web, red, users[2])
    rows = web.rows(f"teams?$select=name&$filter={condition}")
    assert sorted(row["name"] for row in rows) == expected


def test_fetchxml_joins_through_the_table_between(web: Web, team: str, users: list[str]) -> None:
    join(web, team, users[1])
    fetch = (
        "<fetch><entity name='systemuser'><attribute name='fullname'/>"
        "<link-entity name='teammembership' from='systemuserid' to='systemuserid' intersect='true'>"
        "<link-entity name='team' from='teamid' to='teamid'>"
        f"<filter><condition attribute='teamid' operator='eq' value='{team}'/></filter>"
        "</link-entity></link-entity></entity></fetch>"
    )
    assert ids(web.rows(f"systemusers?fetchXml={quote(fetch)}")) == [users[1]]


def test_rows_are_bound_and_created_into_a_new_row(web: Web, users: list[str]) -> None:
    bound = [f"/systemusers({user})" for user in users[:2]]
    blue = web.create("teams", name="Blue", **{f"{MEMBERS}@odata.bind": bound})
    assert ids(web.rows(f"teams({blue})/{MEMBERS}")) == users[:2]
    red = web.create("teams", name="Red", **{MEMBERS: [{"firstname": "D", "lastname": "X"}]})
    [made] = web.rows(f"teams({red})/{MEMBERS}")
    assert made["fullname"] == "D X"
    answer = web("POST", f"teams({red})/{MEMBERS}", {"firstname": "E", "lastname": "X"})
    assert answer.status == 204
    assert len(web.rows(f"teams({red})/{MEMBERS}")) == 2


def test_a_deleted_row_leaves_every_collection(web: Web, team: str, users: list[str]) -> None:
    join(web, team, *users)
    assert web("DELETE", f"systemusers({users[0]})").status == 204
    assert ids(web.rows(f"teams({team})/{MEMBERS}")) == users[1:]
    assert web("DELETE", f"teams({team})").status == 204
    assert web.rows("teammemberships") == []


def test_the_table_between_is_written_by_association_alone(
    web: Web, team: str, users: list[str]
) -> None:
    join(web, team, users[0])
    [pair] = web.rows("teammemberships")
    assert (pair["teamid"], pair["systemuserid"]) == (team, users[0])
    address = f"teammemberships({pair['teammembershipid']})"
    for answer in (
        web("POST", "teammemberships", {}),
        web("PATCH", address, {}),
        web("DELETE", address),
    ):
        assert (answer.status, answer.code) == (405, "0x80040800")
    assert web.rows("teammemberships") == [pair]


def test_a_wrong_row_is_not_associated(web: Web, team: str) -> None:
    account = web.create("accounts", name="A")
    body = {"@odata.id": f"accounts({account})"}
    assert web("POST", f"teams({team})/{MEMBERS}/$ref", body).status == 400
    missing = {"@odata.id": f"systemusers({account})"}
    assert web("POST", f"teams({team})/{MEMBERS}/$ref", missing).status == 404


def test_pairs_survive_dump_and_seed(
    plain: Emulator, web: Web, team: str, users: list[str]
) -> None:
    join(web, team, users[0])
    dump = plain.dump()
    plain.reset()
    plain.seed(dump)
    assert ids(web.rows(f"teams({team})/{MEMBERS}")) == [users[0]]


def test_definitions_describe_both_sides(web: Web) -> None:
    found = web("GET", f"RelationshipDefinitions(SchemaName='{MEMBERS}')").json()
    assert found["@odata.type"] == f"#{KIND}"
    assert found["RelationshipType"] == "ManyToManyRelationship"
    assert found["IntersectEntityName"] == "teammembership"
    assert {found["Entity1LogicalName"], found["Entity2LogicalName"]} == {"team", "systemuser"}
    below = web.rows("EntityDefinitions(LogicalName='team')/ManyToManyRelationships")
    assert MEMBERS in [one["SchemaName"] for one in below]
    cast = web.rows(f"RelationshipDefinitions/{KIND}?$select=SchemaName")
    assert MEMBERS in [one["SchemaName"] for one in cast]
    table = web("GET", "EntityDefinitions(LogicalName='teammembership')").json()
    assert (table["IsIntersect"], table["PrimaryNameAttribute"]) == (True, None)
    document = ET.fromstring(web("GET", "$metadata").body)  # noqa: S314  our own
    edm = "{http://docs.oasis-open.org/odata/ns/edm}"
    team = next(one for one in document.iter(f"{edm}EntityType") if one.get("Name") == "team")
    navigation = {one.get("Name"): one for one in team.iter(f"{edm}NavigationProperty")}[MEMBERS]
    assert navigation.get("Type") == "Collection(mscrm.systemuser)"
    assert navigation.get("Partner") == MEMBERS


def relationship(**more: object) -> dict[str, object]:
    return {
        "@odata.type": KIND,
        "SchemaName": "new_Account_Project",
        "IntersectEntityName": "new_account_project",
        "Entity1LogicalName": "account",
        "Entity2LogicalName": "msdyn_project",
        **more,
    }


def test_a_relationship_is_made_used_and_deleted(web: Web) -> None:
    answer = web("POST", "RelationshipDefinitions", relationship())
    assert answer.status == 204, answer.body
    found = web("GET", answer.row_address).json()
    assert (found["Entity1IntersectAttribute"], found["IsCustomRelationship"]) == (
        "accountid",
        True,
    )
    account = web.create("accounts", name="A")
    project = web.create("msdyn_projects", msdyn_subject="P")
    body = {"@odata.id": f"msdyn_projects({project})"}
    address = f"accounts({account})/new_Account_Project"
    assert web("POST", f"{address}/$ref", body).status == 204
    assert ids(web.rows(address), "msdyn_projectid") == [project]
    assert web("DELETE", answer.row_address).status == 204
    assert web("GET", address).status == 404
    assert web("GET", "new_account_projectset").status == 404


def test_a_table_is_related_to_itself_by_two_names(web: Web) -> None:
    body = relationship(
        Entity2LogicalName="account",
        Entity1NavigationPropertyName="new_partners",
        Entity2NavigationPropertyName="new_partner_of",
    )
    assert web("POST", "RelationshipDefinitions", body).status == 204
    first, second = web.create("accounts", name="A"), web.create("accounts", name="B")
    reference = {"@odata.id": f"accounts({second})"}
    assert web("POST", f"accounts({first})/new_partners/$ref", reference).status == 204
    assert ids(web.rows(f"accounts({first})/new_partners"), "accountid") == [second]
    assert ids(web.rows(f"accounts({second})/new_partner_of"), "accountid") == [first]
    assert web.rows(f"accounts({second})/new_partners") == []


@pytest.mark.parametrize(
    "more",
    [
        {"Entity1LogicalName": "nothing"},
        {"Entity1LogicalName": "teammembership"},
        {"IntersectEntityName": "account"},
        {"SchemaName": ""},
        {"SchemaName": MEMBERS},
        {"Entity1NavigationPropertyName": "primarycontactid"},
        {"Entity2LogicalName": "account"},
    ],
)
def test_a_relationship_that_cannot_be_is_refused(web: Web, more: dict[str, object]) -> None:
    answer = web("POST", "RelationshipDefinitions", relationship(**more))
    assert answer.status == 400, answer.body


def test_a_shipped_relationship_is_not_deleted(web: Web) -> None:
    answer = web("DELETE", f"RelationshipDefinitions(SchemaName='{MEMBERS}')")
    assert (answer.status, answer.code) == (400, "0x8004F032")


def test_a_relationship_outlives_a_snapshot_and_a_deleted_table_takes_it_along(
    plain: Emulator, web: Web
) -> None:
    assert web("POST", "RelationshipDefinitions", relationship()).status == 204
    snapshot = plain.snapshot()
    plain.reset()
    assert "new_account_project" not in plain.store.schema.tables
    plain.restore(snapshot)
    assert "new_Account_Project" in plain.store.schema.table("account").links
