"""Option sets: of columns, of states, of yes and no, and those that columns share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from connector.emulator.metadata.option_set_rows import global_option_set_row, option_set_row
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.languages import Languages

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

ENGLISH = Languages()


def row_of(schema: Schema, table: str, column: str) -> dict[str, Any]:
    found = schema.table(table)
    return option_set_row(found, found.columns[column], ENGLISH)


def words(label: dict[str, Any]) -> str:
    return str(label["UserLocalizedLabel"]["Label"])


def test_a_choice_lists_its_numbers_with_their_labels(schema: Schema) -> None:
    found = row_of(schema, "account", "accountcategorycode")
    listed = {one["Value"]: words(one["Label"]) for one in found["Options"]}
    assert listed == {1: "Preferred Customer", 2: "Standard"}
    assert (found["Name"], found["OptionSetType"]) == ("account_accountcategorycode", "Picklist")
    assert (found["IsGlobal"], found["IsCustomOptionSet"]) == (False, False)


def test_a_shared_choice_has_its_own_name_and_is_global(schema: Schema) -> None:
    found = row_of(schema, "msdyn_actual", "msdyn_billingtype")
    assert (found["Name"], found["IsGlobal"]) == ("msdyn_billingtype", True)
    assert found["MetadataId"] == metadata_id("optionset", "msdyn_billingtype")


def test_a_state_names_its_default_reason_and_a_reason_its_state(schema: Schema) -> None:
    states = row_of(schema, "quote", "statecode")
    told = [(one["Value"], one["DefaultStatus"], one["InvariantName"]) for one in states["Options"]]
    assert told[0] == (0, 1, "Draft")
    assert states["OptionSetType"] == "State"
    reasons = row_of(schema, "quote", "statuscode")
    assert {one["Value"]: one["State"] for one in reasons["Options"]}[4] == 2
    assert reasons["OptionSetType"] == "Status"


def test_yes_and_no_are_two_options_beside_each_other(schema: Schema) -> None:
    found = row_of(schema, "account", "creditonhold")
    assert (found["TrueOption"]["Value"], found["FalseOption"]["Value"]) == (1, 0)
    assert words(found["TrueOption"]["Label"]) == "Yes"
    assert "Options" not in found
    assert found["OptionSetType"] == "Boolean"


def test_yes_and_no_have_labels_in_several_languages(schema: Schema) -> None:
    table = schema.table("account")
    column = replace(
        table.columns["creditonhold"], option_labels={0: {1031: "Nein"}, 1: {1031: "Ja"}}
    )
    found = option_set_row(table, column, Languages(installed=(1031,), user=1031))
    shown = [found["TrueOption"], found["FalseOption"]]
    assert [words(cast("dict[str, Any]", one)["Label"]) for one in shown] == ["Ja", "Nein"]


def test_a_global_choice_has_labels_in_several_languages() -> None:
    languages = Languages(installed=(1031,), user=1031)
    options, labels = {1: "High", 2: "Low"}, {1: {1031: "Hoch"}}
    found = global_option_set_row("contoso_level", options, labels, languages)
    high, low = cast("list[dict[str, Any]]", found["Options"])
    localized = {one["LanguageCode"]: one["Label"] for one in high["Label"]["LocalizedLabels"]}
    assert localized == {1033: "High", 1031: "Hoch"}
    assert (words(high["Label"]), words(low["Label"])) == ("Hoch", "Low")
