"""The rights to one row, told apart by roles and shares."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.access.reach import reach_of
from connector.emulator.access.row_rights import rights_by_role, rights_by_share
from connector.emulator.access.shares import set_share
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Right, access_text
from tests.emulator.organisation import BASIC, GLOBAL, Organisation, named

if TYPE_CHECKING:
    from connector.emulator import Emulator

CLERK = Reference(table="systemuser", id=UUID(named("clerk")))


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    office = Organisation(plain)
    held = {"prvReadAccount": BASIC, "prvWriteAccount": BASIC, "prvAppendToAccount": GLOBAL}
    clerk = office.user("clerk", office.role("clerk", held | {"prvReadProduct": GLOBAL}))
    office.row("accounts", "own", clerk)
    office.row("accounts", "theirs", office.user("other"))
    office.row("products", "P")
    office.load()
    return office


def rights(office: Organisation, table: str, name: str, shared: int = 0) -> tuple[str, str]:
    with office.emulator.store.transaction() as tx:
        row = tx.get(tx.schema.table(table), UUID(named(name)))
        assert row is not None
        if shared:
            set_share(tx, row, CLERK, shared)
        reach = reach_of(tx, CLERK)
        masks = (rights_by_role(tx, reach, row), rights_by_share(tx, reach, row))
    return access_text(masks[0]), access_text(masks[1])


def test_roles_give_rights_as_far_as_they_reach(office: Organisation) -> None:
    assert rights(office, "account", "own") == (
        "ReadAccess, WriteAccess, AppendToAccess",
        "None",
    )
    assert rights(office, "account", "theirs") == ("AppendToAccess", "None")
    assert rights(office, "product", "P") == ("ReadAccess", "None")


def test_shares_give_rights_for_which_the_privilege_is_held(office: Organisation) -> None:
    mask = Right.READ.mask | Right.DELETE.mask

    assert rights(office, "account", "theirs", mask) == ("AppendToAccess", "ReadAccess")
