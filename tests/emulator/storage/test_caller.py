"""The caller of a transaction and what rows keep of it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Right
from connector.emulator.storage.caller import OWN_USER, Caller
from connector.emulator.storage.principals import USER

if TYPE_CHECKING:
    from connector.emulator.storage.store import Store

CLERK = Reference(table="systemuser", id=UUID("11111111-2222-3333-4444-555555555555"))


def test_rows_keep_who_wrote_them_and_on_whose_behalf(store: Store) -> None:
    table = store.schema.table("invoice")
    with store.transaction(Caller(user=CLERK, delegate=USER)) as tx:
        row_id = tx.insert(table, {"name": "I"})
        created = tx.get(table, row_id)
    with store.transaction(Caller(user=CLERK)) as tx:
        tx.update(table, row_id, {"name": "J"})
        changed = tx.get(table, row_id)

    assert created is not None
    assert changed is not None
    names = ("createdby", "createdonbehalfby", "modifiedby", "modifiedonbehalfby", "ownerid")
    assert [created.values[name] for name in names] == [CLERK, USER, CLERK, USER, CLERK]
    assert [changed.values[name] for name in names] == [CLERK, USER, CLERK, None, CLERK]


def test_without_access_nothing_is_asked(store: Store) -> None:
    table = store.schema.table("invoice")
    with store.transaction(OWN_USER) as tx:
        row = tx.get(table, tx.insert(table, {"name": "I"}))
        assert row is not None
        tx.demand(table, Right.DELETE)
        tx.demand_named("prvAnything")
        tx.check(row, Right.DELETE)
