"""What a user may do, and what two users may do together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.access.role_access import Combined, RoleAccess
from connector.emulator.faults import DataverseFault
from connector.emulator.schema.model import Reference
from connector.emulator.schema.rights import Right
from connector.emulator.storage.principals import USER
from tests.emulator.organisation import BASIC, GLOBAL, Organisation, named

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator import Emulator
    from connector.emulator.storage.caller import Access


@pytest.fixture
def access_of(plain: Emulator) -> Callable[[str], Access]:
    office = Organisation(plain)
    office.user("clerk", office.role("clerk", {"prvReadAccount": BASIC, "prvBulkDelete": GLOBAL}))
    office.user("chief", office.role("chief", {"prvReadAccount": GLOBAL, "prvReadContact": BASIC}))
    office.load()

    def access(name: str) -> Access:
        user = USER if name == "own" else Reference(table="systemuser", id=UUID(named(name)))
        reach = plain.access.reach_of(user)
        return RoleAccess(caller=user, reach=reach, principals=plain.access, origin="https://org")

    return access


def may(access: Access, emulator: Emulator, table: str, right: Right = Right.READ) -> bool:
    try:
        access.demand(emulator.store.schema.table(table), right)
    except DataverseFault as fault:
        return (fault.status, fault.code) != (403, "0x80040220")
    return True


def test_a_privilege_is_demanded_to_whatever_depth(
    access_of: Callable[[str], Access], plain: Emulator
) -> None:
    clerk = access_of("clerk")

    assert may(clerk, plain, "account")
    assert not may(clerk, plain, "account", Right.WRITE)
    assert may(clerk, plain, "privilege")
    clerk.demand_named("prvBulkDelete")
    with pytest.raises(DataverseFault):
        clerk.demand_named("prvPublishCustomization")


def test_an_administrator_reaches_everything(
    access_of: Callable[[str], Access], plain: Emulator
) -> None:
    own = access_of("own")
    account = plain.store.schema.table("account")
    later = replace(account, logical_name="new_later", schema_name="new_Later")

    own.demand(later, Right.DELETE)
    assert own.condition(later, Right.DELETE) is None
    assert own.condition(account, Right.ASSIGN) is None


def test_two_may_do_together_what_each_of_them_may(
    access_of: Callable[[str], Access], plain: Emulator
) -> None:
    clerk, chief = access_of("clerk"), access_of("chief")
    account = plain.store.schema.table("account")
    both = Combined(actor=chief, user=clerk)
    other = Combined(actor=clerk, user=chief)

    assert may(both, plain, "account")
    assert not may(both, plain, "contact")
    assert not may(other, plain, "contact")
    assert clerk.condition(account, Right.READ) is not None
    assert both.condition(account, Right.READ) == f"({clerk.condition(account, Right.READ)})"
    assert Combined(actor=chief, user=chief).condition(account, Right.READ) is None
    with pytest.raises(DataverseFault):
        other.demand_named("prvBulkDelete")


def test_an_owner_must_hold_the_privilege_to_read(
    access_of: Callable[[str], Access], plain: Emulator
) -> None:
    own = access_of("own")
    clerk = Reference(table="systemuser", id=UUID(named("clerk")))

    own.check_owner(plain.store.schema.table("account"), clerk, creating=True)
    own.check_owner(plain.store.schema.table("product"), USER, creating=True)
    with pytest.raises(DataverseFault) as refused:
        Combined(actor=own, user=own).check_owner(
            plain.store.schema.table("contact"), clerk, creating=False
        )
    assert refused.value.code == "0x80040299"
