"""Labels of definitions: all installed languages, and the reader's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

ACTUAL = "EntityDefinitions(LogicalName='msdyn_actual')"
CHOICE = "Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
STATUS = f"{ACTUAL}/Attributes(LogicalName='msdyn_nottoexceedstatus')/{CHOICE}/OptionSet"
USER = "0a6e0000-0000-4000-8000-000000000003"
OTHER = "00000000-0000-0000-0000-00000000000a"
FAILED = 192350001
GERMAN = {
    "1031": {
        "tables": {
            "msdyn_actual": {
                "label": "Istwert",
                "columns": {
                    "msdyn_nottoexceedstatus": {
                        "label": "Status der Obergrenze",
                        "options": {"192350000": "Zugesagt", "192350001": "Fehler"},
                    }
                },
            }
        }
    }
}


def tenant(**more: Any) -> Emulator:
    document = {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "translations": GERMAN,
        **more,
    }
    return Emulator(read_schema(document), behaviour="plain")


@pytest.fixture
def web() -> Iterator[Web]:
    """A client of a tenant in English that has German installed."""
    emulator = tenant()
    yield Web(InProcess(emulator.app))
    emulator.close()


def texts(label: Any) -> dict[int, str]:
    return {one["LanguageCode"]: one["Label"] for one in label["LocalizedLabels"]}


def option(web: Web, value: int, **headers: Any) -> Any:
    options = web("GET", STATUS, **headers).json()["Options"]
    return next(one["Label"] for one in options if one["Value"] == value)


def test_labels_come_in_every_installed_language(web: Web) -> None:
    assert texts(option(web, FAILED)) == {1033: "Failed", 1031: "Fehler"}
    name = web("GET", f"{ACTUAL}?$select=DisplayName").json()["DisplayName"]
    assert texts(name) == {1033: "Actual", 1031: "Istwert"}
    assert name["UserLocalizedLabel"]["Label"] == "Actual"


def test_a_label_without_a_translation_has_only_the_base_language(web: Web) -> None:
    assert texts(option(web, 192350002)) == {1033: "Not Applicable"}


def test_a_user_reads_in_the_language_of_the_own_settings(web: Web) -> None:
    settings = f"usersettingscollection({USER})"
    assert web("PATCH", settings, {"uilanguageid": 1031}).status == 204
    shown = option(web, FAILED)["UserLocalizedLabel"]
    assert (shown["Label"], shown["LanguageCode"]) == ("Fehler", 1031)
    assert option(web, 192350002)["UserLocalizedLabel"]["Label"] == "Not Applicable"


def test_an_impersonated_user_reads_in_the_own_language_too(web: Web) -> None:
    body = {"systemuserid": OTHER, "firstname": "Eva", "lastname": "Kern"}
    assert web("POST", "systemusers", body).status == 204
    assert web("PATCH", f"usersettingscollection({OTHER})", {"uilanguageid": 1031}).status == 204
    assert option(web, FAILED)["UserLocalizedLabel"]["Label"] == "Failed"
    mine = option(web, FAILED, MSCRMCallerID=OTHER)["UserLocalizedLabel"]
    assert mine["Label"] == "Fehler"


def test_a_german_tenant_has_german_as_its_base_language() -> None:
    emulator = tenant(languages={"base": 1031, "installed": [1031]})
    german = Web(InProcess(emulator.app))
    assert texts(option(german, FAILED)) == {1031: "Fehler"}
    assert option(german, FAILED)["UserLocalizedLabel"]["Label"] == "Fehler"
    (organization,) = german.rows("organizations?$select=languagecode")
    assert organization["languagecode"] == 1031
    provisioned = german("GET", "RetrieveProvisionedLanguages").json()
    assert provisioned["RetrieveProvisionedLanguages"] == [1031]
    emulator.close()


def test_formatted_values_are_in_the_users_language(web: Web) -> None:
    row = web.create("msdyn_actuals", msdyn_nottoexceedstatus=FAILED)
    address = f"msdyn_actuals({row})?$select=msdyn_nottoexceedstatus"
    note = "msdyn_nottoexceedstatus@OData.Community.Display.V1.FormattedValue"
    prefer = {"Prefer": 'odata.include-annotations="*"'}
    assert web("GET", address, headers=prefer).json()[note] == "Failed"
    web("PATCH", f"usersettingscollection({USER})", {"uilanguageid": 1031})
    assert web("GET", address, headers=prefer).json()[note] == "Fehler"


def test_fetchxml_orders_choices_by_the_label_that_the_user_reads(web: Web) -> None:
    ids = {
        value: web.create("msdyn_actuals", msdyn_nottoexceedstatus=value)
        for value in (192350000, FAILED)
    }
    fetch = (
        "<fetch><entity name='msdyn_actual'><attribute name='msdyn_actualid'/>"
        "<order attribute='msdyn_nottoexceedstatus'/></entity></fetch>"
    )
    in_english = [row["msdyn_actualid"] for row in web.rows(f"msdyn_actuals?fetchXml={fetch}")]
    assert in_english == [ids[192350000], ids[FAILED]]  # Committed, Failed
    web("PATCH", f"usersettingscollection({USER})", {"uilanguageid": 1031})
    in_german = [row["msdyn_actualid"] for row in web.rows(f"msdyn_actuals?fetchXml={fetch}")]
    assert in_german == [ids[FAILED], ids[192350000]]  # Fehler, Zugesagt


def test_a_column_keeps_the_labels_that_it_was_created_with(web: Web) -> None:
    labels = [{"Label": "Color", "LanguageCode": 1033}, {"Label": "Farbe", "LanguageCode": 1031}]
    option_labels = [
        {"Label": "Red", "LanguageCode": 1033},
        {"Label": "Rot", "LanguageCode": 1031},
    ]
    body = {
        "@odata.type": f"#{CHOICE}",
        "SchemaName": "new_Color",
        "DisplayName": {"LocalizedLabels": labels},
        "OptionSet": {
            "IsGlobal": False,
            "Options": [{"Value": 1, "Label": {"LocalizedLabels": option_labels}}],
        },
    }
    account = "EntityDefinitions(LogicalName='account')/Attributes"
    made = web("POST", account, body)
    assert made.status == 204, made.body
    column = web("GET", f"{account}(LogicalName='new_color')").json()
    assert texts(column["DisplayName"]) == {1033: "Color", 1031: "Farbe"}
    choice = web("GET", f"{account}(LogicalName='new_color')/{CHOICE}/OptionSet").json()
    assert texts(choice["Options"][0]["Label"]) == {1033: "Red", 1031: "Rot"}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"MSCRM.MergeLabels": "true"}, {1033: "Firm", 1031: "Firma"}),
        ({"MSCRM.MergeLabels": "false"}, {1033: "Firm"}),
        ({}, {1033: "Firm"}),
    ],
)
def test_a_put_keeps_other_languages_only_when_it_merges_labels(
    web: Web, headers: dict[str, str], expected: dict[int, str]
) -> None:
    account = "EntityDefinitions(LogicalName='account')"

    def display(*labels: tuple[str, int]) -> dict[str, Any]:
        found = [{"Label": text, "LanguageCode": code} for text, code in labels]
        return {"DisplayName": {"LocalizedLabels": found}}

    both = display(("Company", 1033), ("Firma", 1031))
    assert web("PUT", account, both).status == 204
    assert web("PUT", account, display(("Firm", 1033)), headers=headers).status == 204
    name = web("GET", f"{account}?$select=DisplayName").json()["DisplayName"]
    assert texts(name) == expected
