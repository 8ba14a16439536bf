"""Privileges and the administrators' role, written when something first reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.schema.privileges import all_privileges
from connector.emulator.storage.principals import ROLE_ID, USER_ID
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from connector.emulator.schema.model import Schema

OWN = UUID("99999999-0000-4000-8000-000000000001")
COUNTS = {"privilege": None, "roleprivileges": None, "role": 1, "systemuserroles": 1}


def counted(store: Store) -> dict[str, int]:
    with store.reading() as tx:
        return {name: len(tx.rows(store.schema.table(name))) for name in COUNTS}


def test_rows_are_there_for_whoever_reads_them_first(store: Store) -> None:
    known = len(all_privileges(store.schema))
    with store.reading() as tx:
        (row,) = tx.select('SELECT count(*) FROM "roleprivileges"')

    assert row == (known,)
    assert counted(store) == {
        "privilege": known,
        "roleprivileges": known,
        "role": 1,
        "systemuserroles": 1,
    }


def test_they_take_no_row_version_and_no_id(store: Store) -> None:
    before = store.version
    counted(store)
    with store.reading() as tx:
        versions = {row.version for row in tx.rows(store.schema.table("privilege"))}

    assert versions == {0}
    assert store.version == before


def test_they_come_again_when_what_wrote_them_is_undone(store: Store) -> None:
    def fail() -> None:
        with store.transaction() as tx:
            tx.rows(store.schema.table("privilege"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert counted(store)["role"] == 1


def test_a_role_that_was_taken_does_not_come_back(schema: Schema, tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    store = Store(schema, path)
    table = schema.table("systemuserroles")
    with store.transaction() as tx:
        (link,) = tx.find(table, {"systemuserid": USER_ID, "roleid": ROLE_ID})
        tx.delete(table, link.id)
    store.close()
    again = Store(schema, path)

    assert counted(again)["systemuserroles"] == 0
    again.clear()
    assert counted(again)["systemuserroles"] == 1
    again.close()


def test_a_written_privilege_takes_the_place_of_its_namesake(store: Store) -> None:
    table = store.schema.table("privilege")
    before = counted(store)
    with store.transaction() as tx:
        tx.insert(table, {"privilegeid": OWN, "name": "prvReadInvoice"})
        found = tx.find(table, {"name": "prvReadInvoice"})
        held = tx.find(store.schema.table("roleprivileges"), {"privilegeid": OWN})

    assert [row.id for row in found] == [OWN]
    assert len(held) == 1
    assert counted(store) == before


def test_a_new_table_brings_its_privileges(store: Store, schema: Schema) -> None:
    counted(store)
    account = schema.table("account")
    with store.transaction() as tx:
        kept = {name: one for name, one in schema.tables.items() if name != "account"}
        tx.define(type(schema)(name="less", tables=kept, option_sets=schema.option_sets))
        without = tx.find(schema.table("privilege"), {"name": "prvReadAccount"})
        tx.define(schema)
        again = tx.find(schema.table("privilege"), {"name": "prvReadAccount"})

    assert account is schema.tables["account"]
    assert (len(without), len(again)) == (0, 1)
