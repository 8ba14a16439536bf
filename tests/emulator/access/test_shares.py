"""Shares as rows of principalobjectaccess."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connector.emulator.access.shares import set_share, shares_of
from connector.emulator.schema.model import Reference
from tests.emulator.organisation import named

if TYPE_CHECKING:
    from connector.emulator import Emulator

CLERK = Reference(table="systemuser", id=UUID(named("clerk")))
TEAM = Reference(table="team", id=UUID(named("team")))


def test_a_share_is_set_changed_and_taken_away(plain: Emulator) -> None:
    table = plain.store.schema.table("account")
    with plain.store.transaction() as tx:
        row = tx.get(table, tx.insert(table, {"name": "A"}))
        assert row is not None
        set_share(tx, row, CLERK, 1)
        set_share(tx, row, TEAM, 2)
        set_share(tx, row, CLERK, 3)
        both = {one.principal: one.mask for one in shares_of(tx, row)}
        set_share(tx, row, CLERK, 0)
        set_share(tx, row, CLERK, 0)
        left = [one.principal for one in shares_of(tx, row)]

    assert both == {CLERK: 3, TEAM: 2}
    assert left == [TEAM]
    (stored,) = plain.rows("principalobjectaccessset")
    assert (stored["objecttypecode"], stored["principaltypecode"]) == ("account", "team")


def test_what_was_inherited_counts_with_what_was_given(plain: Emulator) -> None:
    table = plain.store.schema.table("account")
    with plain.store.transaction() as tx:
        row = tx.get(table, tx.insert(table, {"name": "A"}))
        assert row is not None
        set_share(tx, row, CLERK, 1)
        shares = tx.schema.table("principalobjectaccess")
        tx.update(shares, shares_of(tx, row)[0].id, {"inheritedaccessrightsmask": 4})

        assert [one.mask for one in shares_of(tx, row)] == [5]
