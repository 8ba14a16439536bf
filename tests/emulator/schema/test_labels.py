"""Labels in several languages in schema files, written and read back."""

from __future__ import annotations

from typing import Any

import pytest

from connector.emulator.schema.document import option_set_document, table_document
from connector.emulator.schema.file import extend, read_schema
from connector.emulator.schema.malformed import SchemaError
from connector.emulator.schema.model import Schema

FORMAT = "proforma-emulator-schema/1"
GERMAN = 1031
NOT_TO_EXCEED = {"1": "Zugesagt"}


def document(**more: Any) -> dict[str, Any]:
    return {"format": FORMAT, "extends": "project-operations", **more}


def thing(**column: Any) -> dict[str, Any]:
    columns = {"thingid": {"kind": "guid"}, "level": {"kind": "picklist", **column}}
    return {"thing": {"columns": columns, "labels": {"1031": "Ding"}, "label": "Thing"}}


def test_an_option_has_a_label_for_each_language() -> None:
    options = {"1": {"labels": {"1031": "Zugesagt", "1033": "Committed"}}, "2": "Failed"}
    column = read_schema(document(tables=thing(options=options))).table("thing").column("level")
    assert column.options == {1: "Committed", 2: "Failed"}
    assert column.option_labels == {1: {1031: "Zugesagt", 1033: "Committed"}}


def test_the_first_language_stands_for_all_where_there_is_no_english() -> None:
    options = {"1": {"labels": {"1031": "Zugesagt"}}}
    column = read_schema(document(tables=thing(options=options))).table("thing").column("level")
    assert column.options == {1: "Zugesagt"}


def test_a_translation_adds_labels_to_shipped_tables_columns_and_shared_options() -> None:
    schema = read_schema(
        document(
            translations={
                "1031": {
                    "option_sets": {"msdyn_billingmethod": {"192350001": "Festpreis"}},
                    "tables": {
                        "account": {
                            "label": "Firma",
                            "collection_label": "Firmen",
                            "columns": {
                                "name": {"label": "Firmenname"},
                                "statecode": {"options": {"0": "Aktiv"}},
                            },
                        }
                    },
                }
            }
        )
    )
    account = schema.table("account")
    assert (account.label, account.labels) == ("Account", {GERMAN: "Firma"})
    assert account.collection_labels == {GERMAN: "Firmen"}
    assert account.column("name").labels == {GERMAN: "Firmenname"}
    assert account.column("statecode").option_labels == {0: {GERMAN: "Aktiv"}}
    line = schema.table("salesorderdetail").column("msdyn_billingmethod")
    assert line.option_labels == {192350001: {GERMAN: "Festpreis"}}
    assert schema.languages.all == (1033, GERMAN)


def test_an_option_set_given_anew_is_followed_by_the_columns_that_share_it() -> None:
    sets = {"msdyn_billingmethod": {"7": "Pauschal"}}
    schema = read_schema(document(option_sets=sets, languages={"base": 1031}))
    assert schema.table("salesorderdetail").column("msdyn_billingmethod").options == {7: "Pauschal"}
    assert schema.languages.all == (1031,)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"translations": {"German": {}}}, "'German' is no language"),
        ({"translations": {"1031": {"table": {}}}}, "unknown key 'table'"),
        ({"translations": {"1031": {"tables": {"x": {}}}}}, "no table 'x'"),
        ({"translations": {"1031": {"option_sets": {"x": {}}}}}, "option set 'x'"),
        (
            {"translations": {"1031": {"option_sets": {"msdyn_billingmethod": {"5": "Neu"}}}}},
            "there is no option 5",
        ),
        (
            {"translations": {"1031": {"tables": {"account": {"columns": {"x": {}}}}}}},
            "no column 'x'",
        ),
        (
            {"translations": {"1031": {"tables": {"account": {"label": 5}}}}},
            "the text of language 1031 is no text",
        ),
        (
            {
                "translations": {
                    "1031": {
                        "tables": {
                            "salesorderdetail": {
                                "columns": {"msdyn_billingmethod": {"options": {"192350000": "X"}}}
                            }
                        }
                    }
                }
            },
            "its options are those of 'msdyn_billingmethod'",
        ),
        ({"languages": {"main": 1}}, "unknown key 'main'"),
        ({"languages": {"base": 0}}, "'0' is no language"),
        ({"tables": thing(options={"1": {"label": "x"}})}, "option 1 of 'thing.level'"),
        ({"tables": thing(options={"1": {"labels": {}}})}, "option 1 of 'thing.level'"),
        ({"tables": thing(labels=[])}, "labels of 'thing.level'"),
    ],
)
def test_what_is_wrong_with_labels_is_said_with_its_place(more: dict[str, Any], place: str) -> None:
    with pytest.raises(SchemaError, match=place):
        read_schema(document(**more))


def test_labels_of_every_language_are_written_and_read_back() -> None:
    options = {"1": {"labels": {"1031": "Zugesagt", "1033": "Committed"}}}
    schema = read_schema(
        document(
            option_sets={"level": options},
            tables=thing(
                options="@level", labels={"1031": "Stufe"}, descriptions={"1031": "Wie hoch"}
            ),
        )
    )
    written = {
        "tables": {"thing": table_document(schema.table("thing"))},
        "option_sets": {"level": option_set_document(schema)["level"]},
    }
    found = extend(Schema(name="x", tables={}), written)
    assert found.table("thing").columns == schema.table("thing").columns
    assert found.table("thing").labels == {GERMAN: "Ding"}
    assert found.option_set_labels == schema.option_set_labels
