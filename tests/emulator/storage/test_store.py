"""Rows in SQLite: transactions, versions, defaults, keys, snapshots."""

from __future__ import annotations

import gc
import sqlite3
import threading
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.schema.file import read_schema
from connector.emulator.schema.load import load_schema
from connector.emulator.schema.model import AlternateKey, Reference, Schema, Table
from connector.emulator.storage.principals import BUSINESS_UNIT, USER, USER_ID
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from connector.emulator.schema.values import Value
    from connector.emulator.storage.store import Transaction

ID = UUID("11111111-2222-3333-4444-555555555555")


def add_account(store: Store, name: str = "A") -> UUID:
    with store.transaction() as tx:
        return tx.insert(store.schema.table("account"), {"name": name})


def add_and_fail(store: Store, name: str) -> None:
    with store.transaction() as tx:
        tx.insert(store.schema.table("account"), {"name": name})
        raise RuntimeError


def names(store: Store) -> list[str]:
    with store.reading() as tx:
        return sorted(str(row.values["name"]) for row in tx.rows(store.schema.table("account")))


def test_a_row_comes_back_as_it_was_written(store: Store) -> None:
    actual = store.schema.table("msdyn_actual")
    customer = Reference(table="account", id=add_account(store))
    values: dict[str, Value | None] = {
        "msdyn_amount": Decimal("1234567890123.4567"),
        "msdyn_quantity": Decimal("-8.0000000001"),
        "msdyn_accountcustomer": customer,
        "msdyn_documentdate": datetime(2020, 10, 2, 22, tzinfo=UTC),
        "msdyn_billingstatus": 192350004,
        "msdyn_revise": False,
        "msdyn_description": "Grüße %_[]'\"",
    }
    with store.transaction() as tx:
        row = tx.get(actual, tx.insert(actual, values))
    assert row is not None
    assert {name: row.values[name] for name in values} == values
    assert row.values["msdyn_invoice"] is None


def test_a_polymorphic_lookup_remembers_its_table(store: Store) -> None:
    order = store.schema.table("salesorder")
    customer = Reference(table="contact", id=ID)
    with store.transaction() as tx:
        row = tx.get(order, tx.insert(order, {"name": "O", "customerid": customer}))
    assert row is not None
    assert row.values["customerid"] == customer


def test_creation_stamps_owner_state_and_status_are_filled_in() -> None:
    store = Store(load_schema(), clock=lambda: datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC))
    table = store.schema.table("msdyn_actual")
    with store.transaction() as tx:
        row = tx.get(table, tx.insert(table, {"msdyn_description": "A"}))
    assert row is not None
    assert row.values["createdon"] == datetime(2021, 5, 6, 7, 8, 9, tzinfo=UTC)
    assert row.values["ownerid"] == USER
    assert row.values["owningbusinessunit"] == BUSINESS_UNIT
    assert (row.values["statecode"], row.values["statuscode"]) == (0, 1)


def test_a_new_state_brings_its_default_status_and_a_foreign_status_is_refused(
    store: Store,
) -> None:
    invoice = store.schema.table("invoice")
    with store.transaction() as tx:
        row_id = tx.insert(invoice, {"name": "I"})
        tx.update(invoice, row_id, {"statecode": 2})
        row = tx.get(invoice, row_id)
        assert row is not None
        assert row.values["statuscode"] == 100001
        with pytest.raises(DataverseFault) as caught:
            tx.update(invoice, row_id, {"statuscode": 1})
    assert caught.value.code == "0x80048408"


def test_every_write_raises_the_version_of_its_row(store: Store) -> None:
    table = store.schema.table("account")
    row_id = add_account(store)
    with store.transaction() as tx:
        before = tx.version_of(table, row_id)
        tx.update(table, row_id, {"name": "B"})
        after = tx.version_of(table, row_id)
        row = tx.get(table, row_id)
    assert before is not None
    assert after is not None
    assert after > before
    assert row is not None
    assert row.etag == f'W/"{after}"'
    assert row.values["versionnumber"] == after


def test_a_transaction_that_fails_leaves_no_trace(store: Store) -> None:
    version = store.version
    with pytest.raises(RuntimeError):
        add_and_fail(store, "lost")
    assert names(store) == []
    assert store.version == version


def test_an_inner_transaction_rolls_back_alone(store: Store) -> None:
    table = store.schema.table("account")

    with store.transaction() as tx:
        tx.insert(table, {"name": "outer"})
        with pytest.raises(RuntimeError):
            add_and_fail(store, "inner")
        tx.insert(table, {"name": "after"})
    assert names(store) == ["after", "outer"]


def test_a_second_row_with_the_same_primary_key_is_a_duplicate(store: Store) -> None:
    table = store.schema.table("account")
    with store.transaction() as tx:
        tx.insert(table, {"accountid": ID, "name": "A"})
    with pytest.raises(DataverseFault) as caught, store.transaction() as tx:
        tx.insert(table, {"accountid": ID, "name": "B"})
    assert (caught.value.status, caught.value.code) == (412, "0x80040237")
    assert names(store) == ["A"]


def keyed_schema() -> Schema:
    document = {
        "format": "proforma-emulator-schema/1",
        "extends": "project-operations",
        "tables": {
            "account": {
                "columns": {"new_code": {"kind": "string"}},
                "keys": {"new_key": ["new_code"]},
            }
        },
    }
    return read_schema(document)


def test_an_alternate_key_is_unique_without_case_and_null_does_not_count() -> None:
    store = Store(keyed_schema())
    table = store.schema.table("account")
    with store.transaction() as tx:
        tx.insert(table, {"new_code": None})
        tx.insert(table, {"new_code": None})
        tx.insert(table, {"new_code": "x1"})
    with pytest.raises(DataverseFault) as caught, store.transaction() as tx:
        tx.insert(table, {"new_code": "X1"})
    assert (caught.value.status, caught.value.code) == (412, "0x80060892")


def test_a_store_takes_a_schema_with_more_columns_and_keeps_its_rows(store: Store) -> None:
    row_id = add_account(store)
    store.adopt(keyed_schema())
    table: Table = store.schema.table("account")
    assert table.keys == (AlternateKey(name="new_key", columns=("new_code",)),)
    with store.transaction() as tx:
        tx.update(table, row_id, {"new_code": "k"})
        assert [row.id for row in tx.find(table, {"new_code": "K"})] == [row_id]


@pytest.mark.parametrize(
    "write", [lambda tx, t: tx.update(t, ID, {}), lambda tx, t: tx.delete(t, ID)]
)
def test_writing_a_row_that_does_not_exist_is_not_found(
    store: Store, write: Callable[[Transaction, Table], None]
) -> None:
    with pytest.raises(DataverseFault) as caught, store.transaction() as tx:
        write(tx, store.schema.table("account"))
    assert (caught.value.status, caught.value.code) == (404, "0x80040217")


def test_deleted_rows_are_remembered_for_change_tracking(store: Store) -> None:
    table = store.schema.table("account")
    first, second = add_account(store, "A"), add_account(store, "B")
    since = store.version
    with store.transaction() as tx:
        tx.delete(table, first)
        tx.update(table, second, {"name": "C"})
    with store.reading() as tx:
        assert [gone.id for gone in tx.deleted_since(table, since)] == [first]
        assert [row.id for row in tx.changed_since(table, since)] == [second]
        assert tx.deleted_since(table, store.version) == []


def test_rows_that_refer_to_a_row_are_found_through_any_lookup(store: Store) -> None:
    account, order = store.schema.table("account"), store.schema.table("salesorder")
    target = add_account(store)
    with store.transaction() as tx:
        mine = tx.insert(order, {"customerid": Reference(table="account", id=target)})
        tx.insert(order, {"customerid": Reference(table="contact", id=target)})
        found = [
            (t.logical_name, c.logical_name, ids) for t, c, ids in tx.referencing(account, target)
        ]
    assert found == [("salesorder", column, [mine]) for column in ("accountid", "customerid")]


def test_a_snapshot_brings_rows_versions_and_the_sequence_of_ids_back(store: Store) -> None:
    add_account(store, "kept")
    snapshot, version = store.snapshot(), store.version
    first = add_account(store, "dropped")
    store.restore(snapshot)
    assert names(store) == ["kept"]
    assert store.version == version
    assert add_account(store, "again") == first


def test_clearing_begins_anew_with_the_same_ids(schema: Schema) -> None:
    store = Store(schema)
    first = add_account(store)
    store.clear()
    assert names(store) == []
    assert add_account(store) == first
    with store.reading() as tx:
        assert tx.exists(schema.table("systemuser"), USER_ID)


def test_a_file_keeps_its_rows_and_continues_its_versions(schema: Schema, tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    store = Store(schema, path)
    add_account(store, "kept")
    version = store.version
    store.close()
    again = Store(schema, path)
    assert names(again) == ["kept"]
    assert again.version == version
    again.close()


def test_threads_take_turns_and_lose_nothing(store: Store) -> None:
    workers = [
        threading.Thread(target=lambda: [add_account(store) for _ in range(50)]) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(names(store)) == 200


def indices_of(store: Store, table: str) -> set[str]:
    with store.reading() as tx:
        sql = "SELECT name FROM sqlite_master WHERE tbl_name = ? AND type = 'index'"
        return {str(row[0]) for row in tx.select(sql, (table,)) if "#" in str(row[0])}


def test_lookups_are_indexed_before_the_first_row_of_their_table(store: Store) -> None:
    """A tenant has ten thousands of lookups: indexing all of them at once takes long."""
    account = store.schema.table("account")
    assert indices_of(store, "account") == set()
    with pytest.raises(DataverseFault), store.transaction() as tx:
        tx.insert(account, {"accountid": 1})
    assert indices_of(store, "account") == set()
    with store.transaction() as tx:
        tx.insert(account, {"name": "Adatum"})
    assert "account#primarycontactid" in indices_of(store, "account")
    assert indices_of(store, "contact") == set()


def test_a_store_that_nobody_closes_leaves_no_open_connection(tmp_path: Path) -> None:
    store = Store(load_schema(), tmp_path / "rows.sqlite")
    connection = store._database.connection
    del store
    gc.collect()

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def plan_of_search(store: Store, table: Table, wanted: Mapping[str, Value]) -> str:
    """How SQLite goes about the search that `find` makes."""
    asked: list[str] = []
    with store.reading() as tx:
        store._database.connection.set_trace_callback(asked.append)
        tx.find(table, wanted)
        store._database.connection.set_trace_callback(None)
        return str(tx.select(f"EXPLAIN QUERY PLAN {asked[-1]}")[0][3])


def test_rows_are_found_by_the_index_of_their_lookup(store: Store) -> None:
    account, order = store.schema.table("account"), store.schema.table("salesorder")
    with store.transaction() as tx:
        tx.insert(order, {"name": "O", "customerid": Reference(table="account", id=ID)})
    assert "salesorder#customerid" in plan_of_search(store, order, {"customerid": ID})
    assert plan_of_search(store, order, {"customerid": None}).startswith("SCAN")
    assert "autoindex" in plan_of_search(store, account, {"accountid": ID})


def test_a_search_by_a_text_is_indexed_once_its_table_has_many_rows(store: Store) -> None:
    account = store.schema.table("account")
    wanted = {"accountnumber": "17", "telephone1": "1"}
    add_account(store)
    assert plan_of_search(store, account, wanted).startswith("SCAN")
    with store.transaction() as tx:
        for number in range(1_001):
            tx.insert(account, {"accountnumber": f"{number}", "telephone1": "1"})
    assert "account#accountnumber" in plan_of_search(store, account, wanted)
    with store.reading() as tx:
        assert [row.values["accountnumber"] for row in tx.find(account, wanted)] == ["17"]
