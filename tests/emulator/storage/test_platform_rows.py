"""Rows that the platform keeps: time zones, and the settings of users."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.schema.file import read_schema
from connector.emulator.schema.languages import Languages
from connector.emulator.schema.model import Reference
from connector.emulator.storage.caller import Caller
from connector.emulator.storage.platform_rows import PLATFORM_TABLES
from connector.emulator.storage.principals import ORGANIZATION_ID, USER, USER_ID
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from connector.emulator.schema.model import Schema
    from connector.emulator.schema.values import Value

OTHER = UUID(int=7)


def settings(store: Store, user: UUID) -> dict[str, Value]:
    table = store.schema.table("usersettings")
    with store.reading() as tx:
        found = tx.get(table, user)
        assert found is not None
        return dict(found.values)


def test_a_store_begins_with_the_zones_and_keeps_them_when_it_is_cleared(store: Store) -> None:
    zones = store.schema.table("timezonedefinition")
    with store.reading() as tx:
        before = [row.values["timezonecode"] for row in tx.rows(zones)]
    assert {0, 85, 92, 190} <= set(before)
    store.clear()
    with store.reading() as tx:
        assert [row.values["timezonecode"] for row in tx.rows(zones)] == before


def test_a_store_in_a_file_has_each_zone_once_however_often_it_is_opened(
    schema: Schema, tmp_path: Path
) -> None:
    counts = []
    for _ in range(2):
        store = Store(schema, tmp_path / "store.sqlite")
        with store.reading() as tx:
            counts.append(len(tx.rows(schema.table("timezonedefinition"))))
        store.close()
    assert counts[0] == counts[1] > 90


def test_every_user_has_settings_from_the_beginning(store: Store) -> None:
    with store.transaction() as tx:
        values: dict[str, Value] = {"systemuserid": OTHER, "lastname": "Li"}
        tx.insert(store.schema.table("systemuser"), values)
    for user in (USER_ID, OTHER):
        found = settings(store, user)
        assert (found["timezonecode"], found["uilanguageid"], found["localeid"]) == (92, 1033, 1033)
        assert (found["paginglimit"], found["ignoreunsolicitedemail"]) == (50, False)


def test_a_user_who_is_written_again_keeps_the_settings(store: Store) -> None:
    table = store.schema.table("usersettings")
    with store.transaction() as tx:
        tx.update(table, USER_ID, {"timezonecode": 85})
        tx.update(store.schema.table("systemuser"), USER_ID, {"lastname": "Li"})
    assert settings(store, USER_ID)["timezonecode"] == 85


def test_the_organization_says_the_base_language(store: Store) -> None:
    organization = store.schema.table("organization")
    with store.transaction() as tx:
        assert tx.languages == Languages()
        tx.update(organization, ORGANIZATION_ID, {"languagecode": 1031})
        assert tx.languages == Languages(base=1031, installed=(1033,))


def test_settings_are_those_of_the_caller(store: Store) -> None:
    with store.transaction() as tx:
        tx.update(store.schema.table("usersettings"), USER_ID, {"uilanguageid": 1036})
    with store.reading(Caller(user=USER)) as tx:
        assert tx.user_settings() == (1036, 92)
    with store.reading(Caller(user=Reference(table="systemuser", id=OTHER))) as tx:
        assert tx.user_settings() == (None, None)


def test_a_schema_without_these_tables_does_without() -> None:
    columns = {"boxid": {"kind": "guid"}, "name": {"kind": "string"}}
    box = {"set": "boxes", "name": "name", "columns": columns}
    store = Store(read_schema({"format": "proforma-emulator-schema/1", "tables": {"box": box}}))
    with store.transaction() as tx:
        assert (tx.languages, tx.user_settings()) == (Languages(), (None, None))
    store.close()


@pytest.mark.parametrize("name", sorted(PLATFORM_TABLES))
def test_every_table_of_the_platform_is_shipped(schema: Schema, name: str) -> None:
    assert name in schema.tables
