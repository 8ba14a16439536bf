"""Which privileges tables have, by the developer guide's list of privileges by table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from connector.emulator.schema.privileges import (
    all_privileges,
    governing_table,
    privilege_for,
    privileges_of,
)
from connector.emulator.schema.rights import Depth, Right

if TYPE_CHECKING:
    from connector.emulator.schema.model import Schema

_VERBS = ["Create", "Read", "Write", "Delete", "Assign", "Share", "Append", "AppendTo"]


def names(schema: Schema, table: str) -> list[str]:
    return [one.name for one in privileges_of(schema.table(table))]


def test_a_table_of_users_has_eight_privileges_to_every_depth(schema: Schema) -> None:
    assert names(schema, "account") == [f"prv{verb}Account" for verb in _VERBS]
    for one in privileges_of(schema.table("account")):
        assert all(one.can_be(depth) for depth in Depth)


def test_a_table_of_the_organisation_can_be_neither_assigned_nor_shared(schema: Schema) -> None:
    expected = [f"prv{verb}msdyn_batchjob" for verb in _VERBS if verb not in ("Assign", "Share")]

    assert names(schema, "msdyn_batchjob") == expected
    for one in privileges_of(schema.table("msdyn_batchjob")):
        assert [depth for depth in Depth if one.can_be(depth)] == [Depth.GLOBAL]


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("msdyn_actual", "prvReadmsdyn_actual"),
        ("invoice", "prvReadInvoice"),
        ("salesorder", "prvReadOrder"),
        ("pricelevel", "prvReadProduct"),
        ("product", "prvReadProduct"),
        ("systemuser", "prvReadUser"),
        ("transactioncurrency", "prvReadTransactionCurrency"),
        ("businessunit", "prvReadBusinessUnit"),
    ],
)
def test_privileges_have_the_documented_names(schema: Schema, table: str, name: str) -> None:
    found = privilege_for(schema, schema.table(table), Right.READ)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("table", "parent", "name"),
    [
        ("invoicedetail", "invoice", "prvWriteInvoice"),
        ("salesorderdetail", "salesorder", "prvWriteOrder"),
        ("productpricelevel", "pricelevel", "prvWriteProduct"),
        ("uom", "uomschedule", "prvWriteProduct"),
    ],
)
def test_a_child_table_has_no_privileges_but_those_of_its_parent(
    schema: Schema, table: str, parent: str, name: str
) -> None:
    found = privilege_for(schema, schema.table(table), Right.WRITE)

    assert names(schema, table) == []
    assert governing_table(schema, schema.table(table)).logical_name == parent
    assert found is not None
    assert found.name == name


def test_a_custom_table_is_named_by_its_schema_name(schema: Schema) -> None:
    table = replace(schema.table("account"), logical_name="new_site", schema_name="new_Site")

    assert privileges_of(table)[1].name == "prvReadnew_Site"


def test_every_privilege_has_one_name_and_one_id(schema: Schema) -> None:
    privileges = all_privileges(schema)

    assert len({one.id for one in privileges.values()}) == len(privileges)
    assert {"prvActOnBehalfOfAnotherUser", "prvAssignRole", "prvCreateEntity"} <= set(privileges)
    assert privileges["prvActOnBehalfOfAnotherUser"].kind == "None"
