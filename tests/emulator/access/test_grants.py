"""What users and teams hold by their roles, and from when on that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.access.grants import (
    depth_of,
    grants_of,
    role_privileges,
    roles_are_used,
    unit_of,
)
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Depth
from connector.emulator.storage.principals import BUSINESS_UNIT_ID, ROLE_ID, USER
from tests.emulator.organisation import BASIC, DEEP, GLOBAL, LOCAL, Organisation, named

if TYPE_CHECKING:
    from connector.emulator import Emulator

CLERK = Reference(table="systemuser", id=UUID(named("clerk")))


@pytest.fixture
def office(plain: Emulator) -> Organisation:
    office = Organisation(plain)
    north = office.unit("north")
    roles = (
        office.role("shallow", {"prvReadAccount": BASIC}, unit=north),
        office.role("deep", {"prvReadAccount": DEEP, "prvReadInvoice": LOCAL}, unit=north),
    )
    clerk = office.user("clerk", *roles, unit=north)
    office.team("team", office.role("of team", {"prvReadAccount": GLOBAL}), members=(clerk,))
    office.load()
    return office


def test_the_deepest_of_all_roles_counts(office: Organisation) -> None:
    with office.emulator.store.reading() as tx:
        grants = grants_of(tx, CLERK)

    assert grants.own("prvReadAccount") is Depth.DEEP
    assert grants.effective("prvReadAccount") is Depth.GLOBAL
    assert grants.effective("prvReadInvoice") is Depth.LOCAL
    assert grants.effective("prvWriteInvoice") is None
    assert grants.holds("prvReadInvoice")
    assert not grants.holds("prvWriteInvoice")
    assert (grants.unit, grants.teams) == (UUID(named("north")), (UUID(named("team")),))
    assert len(grants.roles) == 3


def test_each_privilege_is_counted_from_the_unit_of_its_role(office: Organisation) -> None:
    with office.emulator.store.reading() as tx:
        held = grants_of(tx, CLERK).held["prvReadAccount"]

    assert {(one.depth, one.unit, one.holder.table) for one in held} == {
        (Depth.BASIC, UUID(named("north")), "systemuser"),
        (Depth.DEEP, UUID(named("north")), "systemuser"),
        (Depth.GLOBAL, BUSINESS_UNIT_ID, "team"),
    }


def test_roles_are_used_from_the_first_to_whom_one_was_given(plain: Emulator) -> None:
    office = Organisation(plain)
    office.role("unused", {"prvReadAccount": GLOBAL})
    office.user("clerk")
    office.load()
    with plain.store.reading() as tx:
        before, everything = roles_are_used(tx), grants_of(tx, CLERK)
    office.user("clerk", named("unused"))
    office.load()
    with plain.store.transaction() as tx:
        after = roles_are_used(tx)
        links = tx.schema.table("systemuserroles")
        (link,) = tx.find(links, {"systemuserid": CLERK.id})
        tx.delete(links, link.id)
        left = roles_are_used(tx)

    assert (before, after, left) == (False, True, True)
    assert everything.is_administrator
    assert everything.own("prvReadAccount") is Depth.GLOBAL


def test_the_own_user_is_the_administrator(office: Organisation) -> None:
    with office.emulator.store.reading() as tx:
        grants = grants_of(tx, USER)
        unit, held = role_privileges(tx, ROLE_ID)

    assert grants.is_administrator
    assert grants.holds("prvOfATableMadeLater")
    assert unit == BUSINESS_UNIT_ID
    assert {depth for _, _, depth in held} == {Depth.GLOBAL}


def test_who_is_in_no_unit_is_in_the_root_unit(plain: Emulator) -> None:
    with plain.store.reading() as tx:
        assert unit_of(tx, CLERK) == BUSINESS_UNIT_ID


@pytest.mark.parametrize(
    ("mask", "depth"),
    [(1, Depth.BASIC), (3, Depth.LOCAL), (8, Depth.GLOBAL), (0, None), (None, None), (16, None)],
)
def test_a_mask_stands_for_its_deepest_depth(mask: int | None, depth: Depth | None) -> None:
    assert depth_of(mask) is depth
