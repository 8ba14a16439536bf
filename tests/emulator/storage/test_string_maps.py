"""`stringmaps`: the labels of choices as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterable

INDUSTRY = "objecttypecode eq 'account' and attributename eq 'industrycode'"
OWN = "f0000000-0000-0000-0000-000000000001"


def labels(emulator: Emulator, condition: str) -> Iterable[tuple[Any, ...]]:
    web = Web(InProcess(emulator.app))
    columns = ("attributevalue", "value", "displayorder", "langid")
    answer = web("GET", f"stringmaps?$select={','.join(columns)}&$filter={condition}")
    assert answer.status == 200, answer.body
    return [tuple(row[name] for name in columns) for row in answer.json()["value"]]


def test_choices_of_every_table_have_their_labels(plain: Emulator) -> None:
    found = sorted(labels(plain, INDUSTRY))
    assert found[0] == (1, "Accounting", 1, 1033)
    assert found[-1] == (33, "Wholesale", 33, 1033)
    states = "objecttypecode eq 'product' and attributename eq 'statecode'"
    assert {one[:2] for one in labels(plain, states)} == {
        (0, "Active"),
        (1, "Retired"),
        (2, "Draft"),
        (3, "Under Revision"),
    }


def test_labels_stand_there_in_every_language_of_the_tenant() -> None:
    columns = {"industrycode": {"options": {"1": "Buchhaltung"}}}
    document = {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "languages": {"base": 1033, "installed": [1031]},
        "translations": {"1031": {"tables": {"account": {"columns": columns}}}},
    }
    emulator = Emulator(read_schema(document), behaviour="plain")
    found = labels(emulator, f"{INDUSTRY} and attributevalue le 2")
    assert sorted(found) == [
        (1, "Accounting", 1, 1033),
        (1, "Buchhaltung", 1, 1031),
        (2, "Agriculture and Non-petrol Natural Resource Extraction", 2, 1033),
    ]
    emulator.close()


def test_an_export_of_labels_replaces_those_of_its_columns(plain: Emulator) -> None:
    labels(plain, INDUSTRY)
    row = {
        "stringmapid": OWN,
        "objecttypecode": "account",
        "attributename": "industrycode",
        "attributevalue": 1,
        "value": "Buchhaltung",
        "displayorder": 1,
        "langid": 1031,
    }
    plain.seed({"stringmaps": [row]})
    assert labels(plain, INDUSTRY) == [(1, "Buchhaltung", 1, 1031)]
    assert len(list(labels(plain, "objecttypecode eq 'lead' and attributename eq 'need'"))) == 4


def test_labels_are_in_no_dump_but_for_those_of_an_export(plain: Emulator) -> None:
    labels(plain, INDUSTRY)
    assert "stringmaps" not in plain.dump()
    plain.seed({"stringmaps": [{"stringmapid": OWN, "objecttypecode": "x", "attributename": "y"}]})
    assert [row["stringmapid"] for row in plain.dump()["stringmaps"]] == [OWN]


def test_labels_follow_definitions_that_are_made_and_undone(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    condition = "objecttypecode eq 'cr_box'"
    before = len(list(labels(plain, INDUSTRY)))
    name = {"LocalizedLabels": [{"Label": "Box", "LanguageCode": 1033}]}
    column = {
        "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
        "SchemaName": "cr_Name",
        "IsPrimaryName": True,
        "MaxLength": 100,
        "DisplayName": name,
        "RequiredLevel": {"Value": "None"},
    }
    table = {
        "SchemaName": "cr_Box",
        "DisplayName": name,
        "DisplayCollectionName": name,
        "OwnershipType": "UserOwned",
        "HasActivities": False,
        "HasNotes": False,
        "Attributes": [column],
    }
    assert web("POST", "EntityDefinitions", table).status == 204
    found = {one[:2] for one in labels(plain, condition)}
    assert {(0, "Active"), (1, "Inactive")} <= found
    plain.reset()
    assert labels(plain, condition) == []
    assert len(list(labels(plain, INDUSTRY))) == before


def test_labels_cannot_be_written(plain: Emulator) -> None:
    answer = Web(InProcess(plain.app))("POST", "stringmaps", {"value": "X"})
    assert (answer.status, answer.code) == (400, "0x80040800")
    assert answer.message.startswith(
        "The 'Create' method does not support entities of type 'stringmap'."
    )
