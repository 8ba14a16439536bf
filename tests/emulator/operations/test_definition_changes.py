from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from tests.emulator.web import Answer, Web


def named(
    name: str, operator: str = "Equals", property_name: str = "LogicalName"
) -> dict[str, Any]:
    condition = {
        "PropertyName": property_name,
        "ConditionOperator": operator,
        "Value": {"Type": "System.String", "Value": name},
    }
    return {"Conditions": [condition]}


def ask(web: Web, query: dict[str, Any], more: str = "") -> Answer:
    text = quote(json.dumps(query))
    return web("GET", f"RetrieveMetadataChanges(Query=@p1{more})?@p1={text}")


def properties(*names: str) -> dict[str, Any]:
    return {"PropertyNames": list(names)}


def test_one_table_is_answered_with_the_properties_that_were_named(web: Web) -> None:
    query = {"Criteria": named("account"), "Properties": properties("EntitySetName")}
    [found] = ask(web, query).json()["EntityMetadata"]
    assert set(found) == {"MetadataId", "LogicalName", "HasChanged", "EntitySetName"}
    assert found["EntitySetName"] == "accounts"


def test_columns_are_answered_with_what_their_kinds_have_of_the_named_properties(web: Web) -> None:
    query = {
        "Criteria": named("account"),
        "Properties": properties("Attributes"),
        "AttributeQuery": {"Properties": properties("MaxLength", "Precision", "OptionSet")},
    }
    [table] = ask(web, query).json()["EntityMetadata"]
    columns = {one["LogicalName"]: one for one in table["Attributes"]}
    assert columns["name"]["MaxLength"] == 160
    assert "MaxLength" not in columns["creditlimit"]
    assert columns["creditlimit"]["@odata.type"].endswith("MoneyAttributeMetadata")
    assert columns["customertypecode"]["OptionSet"]["Options"][2]["Value"] == 3


def test_columns_are_left_out_unless_they_are_asked_for(web: Web) -> None:
    query = {"Criteria": named("account"), "Properties": properties("SchemaName")}
    assert "Attributes" not in ask(web, query).json()["EntityMetadata"][0]


def test_columns_are_chosen_by_criteria_of_their_own(web: Web) -> None:
    query = {
        "Criteria": named("account"),
        "Properties": properties("Attributes"),
        "AttributeQuery": {
            "Properties": properties(),
            "Criteria": named("Money", property_name="AttributeType"),
        },
    }
    [table] = ask(web, query).json()["EntityMetadata"]
    amounts = {
        "aging30",
        "aging60",
        "aging90",
        "creditlimit",
        "marketcap",
        "openrevenue",
        "revenue",
    }
    in_base_currency = {f"{name}_base" for name in amounts}
    found = {one["LogicalName"] for one in table["Attributes"]}
    assert found == amounts | in_base_currency


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (
            {
                "FilterOperator": "Or",
                "Filters": [named("account"), named("contact")],
            },
            {"account", "contact"},
        ),
        (
            {
                "Conditions": named("contact", "NotEquals")["Conditions"],
                "Filters": [
                    {"FilterOperator": "Or", "Filters": [named("account"), named("contact")]}
                ],
            },
            {"account"},
        ),
        (named("nothing"), set()),
    ],
)
def test_criteria_of_a_query_are_combined(
    web: Web, criteria: dict[str, Any], expected: set[str]
) -> None:
    answer = ask(web, {"Criteria": criteria, "Properties": properties()})
    assert {one["LogicalName"] for one in answer.json()["EntityMetadata"]} == expected


def test_a_table_made_a_moment_ago_is_among_them(web: Web) -> None:
    label = {"LocalizedLabels": [{"Label": "x", "LanguageCode": 1033}]}
    name = {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        "SchemaName": "new_Name",
        "IsPrimaryName": True,
        "MaxLength": 7,
    }
    body = {"SchemaName": "new_Thing", "DisplayName": label, "Attributes": [name]}
    assert web("POST", "EntityDefinitions", body).status == 204
    query = {"Criteria": named("new_thing"), "Properties": properties("Attributes")}
    [table] = ask(web, query).json()["EntityMetadata"]
    columns = {one["LogicalName"]: one for one in table["Attributes"]}
    assert columns["new_name"]["MaxLength"] == 7


@pytest.mark.parametrize(
    ("query", "more", "words"),
    [
        ({}, ",ClientVersionStamp='1'", "the parameter 'ClientVersionStamp'"),
        ({"KeyQuery": {}}, "", "'KeyQuery'"),
        ({"Properties": properties("Keys")}, "", "the property 'Keys'"),
        ({"Criteria": named("a", "GreaterThan")}, "", "the operator 'GreaterThan'"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(
    web: Web, query: dict[str, Any], more: str, words: str
) -> None:
    answer = ask(web, query, more)
    assert answer.status == 501
    assert words in answer.message


@pytest.mark.parametrize("text", ["", "[]", "{", '{"Criteria": 1}', '{"Properties": "x"}'])
def test_a_query_that_is_no_expression_is_refused(web: Web, text: str) -> None:
    answer = web("GET", f"RetrieveMetadataChanges(Query=@p1)?@p1={quote(text)}")
    assert answer.status == 400
