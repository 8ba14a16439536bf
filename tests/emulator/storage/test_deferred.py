"""Work that a transaction puts off: done once, before it shows, and undone with the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

if TYPE_CHECKING:
    from connector.emulator.storage.store import Store, Transaction

ID = UUID("11111111-2222-3333-4444-555555555555")


def put_off(tx: Transaction, store: Store, done: list[str], text: str = "done") -> None:
    """Put off a change of the account's name."""
    account = store.schema.table("account")

    def work() -> None:
        done.append(text)
        tx.update(account, ID, {"name": text})

    tx.defer(work, key=("account", ID), writes=frozenset({"account"}))


@pytest.fixture
def done(store: Store) -> list[str]:
    """A list of what was done to the one account of the store."""
    with store.transaction() as tx:
        tx.insert(store.schema.table("account"), {"accountid": ID, "name": "before"})
    return []


def name_of(store: Store) -> object:
    with store.reading() as tx:
        row = tx.get(store.schema.table("account"), ID)
        return row.values["name"] if row else None


def test_work_of_one_key_is_done_once_at_the_end(store: Store, done: list[str]) -> None:
    with store.transaction() as tx:
        put_off(tx, store, done, "first")
        put_off(tx, store, done, "second")
        assert done == []
    assert (done, name_of(store)) == (["second"], "second")


def test_work_is_done_before_a_row_that_it_writes_is_read(store: Store, done: list[str]) -> None:
    account, contact = store.schema.table("account"), store.schema.table("contact")
    with store.transaction() as tx:
        put_off(tx, store, done)
        assert tx.find(contact, {}) == []
        assert done == []
        row = tx.get(account, ID)
        assert row is not None
        assert row.values["name"] == "done"


@pytest.mark.parametrize("table", ["account", "contact"])
def test_work_is_done_before_any_query(store: Store, done: list[str], table: str) -> None:
    with store.transaction() as tx:
        put_off(tx, store, done)
        tx.select(f'SELECT * FROM "{table}"')  # noqa: S608 - a literal
        assert done == ["done"]


def test_columns_that_the_work_does_not_write_are_read_without_it(
    store: Store, done: list[str]
) -> None:
    with store.transaction() as tx:
        put_off(tx, store, done)
        row = tx.part(store.schema.table("account"), ID, ("telephone1",))
        assert row is not None
        assert dict(row.values) == {"telephone1": None}
        assert done == []


def put_off_and_fail(store: Store, done: list[str]) -> None:
    with store.transaction() as inner:
        put_off(inner, store, done, "inner")
        raise RuntimeError


def test_a_transaction_that_fails_forgets_what_it_put_off(store: Store, done: list[str]) -> None:
    with store.transaction() as outer:
        put_off(outer, store, done, "outer")
        with pytest.raises(RuntimeError):
            put_off_and_fail(store, done)
    assert (done, name_of(store)) == (["outer"], "outer")


def test_work_may_put_off_more(store: Store, done: list[str]) -> None:
    with store.transaction() as tx:
        tx.defer(
            lambda: put_off(tx, store, done),
            key=("contact", ID),
            writes=frozenset({"contact", "account"}),
        )
    assert name_of(store) == "done"
