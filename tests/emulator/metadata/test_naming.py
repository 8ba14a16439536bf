"""Definitions by their names and ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.metadata.naming import (
    attributes_of,
    column_named,
    key_named,
    name_of_kind,
    named_row,
    table_named,
)
from connector.emulator.schema.file import extend
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.languages import Languages

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema


@pytest.mark.parametrize(
    "arguments",
    [
        "LogicalName='account'",
        " LogicalName = 'account' ",
        metadata_id("account"),
        metadata_id("account").upper(),
    ],
)
def test_a_table_is_named_by_its_logical_name_or_its_id(schema: Schema, arguments: str) -> None:
    assert table_named(schema, arguments).logical_name == "account"


@pytest.mark.parametrize(
    "arguments",
    ["LogicalName='Account'", "EntitySetName='accounts'", "account", "", metadata_id("nothing")],
)
def test_a_table_that_is_not_there_is_not_found(schema: Schema, arguments: str) -> None:
    with pytest.raises(DataverseFault) as caught:
        table_named(schema, arguments)
    assert (caught.value.status, caught.value.code) == (404, "0x80040217")


def test_a_column_is_named_by_name_or_id_and_one_that_shows_another_is_none(
    schema: Schema,
) -> None:
    account = schema.table("account")
    assert column_named(account, "LogicalName='name'").logical_name == "name"
    assert column_named(account, metadata_id("account", "name")).logical_name == "name"
    with pytest.raises(DataverseFault, match="belongs to another") as caught:
        column_named(account, "LogicalName='primarycontactidname'")
    assert caught.value.status == 400
    with pytest.raises(DataverseFault) as caught:
        column_named(account, "LogicalName='nothing'")
    assert caught.value.status == 404


def test_a_key_is_named_by_its_name(schema: Schema) -> None:
    keys = {"tables": {"account": {"columns": {}, "keys": {"ByNumber": ["accountnumber"]}}}}
    account = extend(schema, keys).table("account")
    assert key_named(account, "LogicalName='bynumber'").columns == ("accountnumber",)
    assert key_named(account, "SchemaName='ByNumber'").columns == ("accountnumber",)
    with pytest.raises(DataverseFault):
        key_named(account, "SchemaName='bynumber'")


def test_a_definition_of_a_kind_is_named_by_name_or_id() -> None:
    names = ("first", "second")
    assert name_of_kind("optionset", names, "Name='second'") == "second"
    assert name_of_kind("optionset", names, metadata_id("optionset", "first")) == "first"
    with pytest.raises(DataverseFault):
        name_of_kind("relationship", names, metadata_id("optionset", "first"))


def test_quotes_inside_a_name_are_doubled() -> None:
    rows: list[dict[str, object]] = [{"MetadataId": "x", "Name": "O'Hara"}]
    assert named_row(rows, "Name='O''Hara'", "Name", "a thing") is rows[0]


def test_option_sets_of_attributes_hide_behind_names_that_none_can_select(schema: Schema) -> None:
    rows = {row["LogicalName"]: row for row in attributes_of(schema.table("account"), Languages())}
    hidden = [name for name in rows["creditonhold"] if not name[0].isprintable()]
    assert hidden == ["\0OptionSet", "\0GlobalOptionSet"]
    assert "\0OptionSet" not in rows["name"]
