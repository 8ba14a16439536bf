"""Rows of a seed that stand before their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.storage.principals import BUSINESS_UNIT_ID
from tests.emulator.organisation import named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

LOGICAL_NAME = "@Microsoft.Dynamics.CRM.lookuplogicalname"
ACCOUNT, NORTH = named("account"), named("north")
UNITS = [{"businessunitid": NORTH, "name": "North"}]
USERS = [{"systemuserid": named("owner"), "_businessunitid_value": NORTH}]
TEAMS = [{"teamid": named("owner"), "name": "T", "_businessunitid_value": NORTH}]


def owners(plain: Emulator) -> tuple[Any, ...]:
    row = Web(InProcess(plain.app)).row("accounts", ACCOUNT)
    names = ("ownerid", "owninguser", "owningteam", "owningbusinessunit")
    return tuple(row[f"_{name}_value"] for name in names)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("kind", ["systemuser", "team"])
def test_the_unit_of_an_owner_that_comes_later_is_found(
    plain: Emulator, kind: str, *, told: bool
) -> None:
    row = {"accountid": ACCOUNT, "name": "A", "_ownerid_value": named("owner")}
    row |= {f"_ownerid_value{LOGICAL_NAME}": kind} if told else {}
    later = {"systemusers": USERS} if kind == "systemuser" else {"teams": TEAMS}
    plain.seed({"accounts": [row], **later, "businessunits": UNITS})
    owner = named("owner")
    pair = (owner, None) if kind == "systemuser" else (None, owner)

    assert owners(plain) == (owner, *pair, NORTH)
    (version,) = {one["versionnumber"] for one in plain.rows("accounts")}
    with plain.store.reading() as tx:
        assert version < tx.version


def test_a_unit_that_the_seed_names_stays(plain: Emulator) -> None:
    row = {
        "accountid": ACCOUNT,
        "name": "A",
        "_ownerid_value": named("owner"),
        "_owningbusinessunit_value": str(BUSINESS_UNIT_ID),
    }
    plain.seed({"accounts": [row], "systemusers": USERS, "businessunits": UNITS})

    assert owners(plain)[3] == str(BUSINESS_UNIT_ID)


def test_an_owner_that_never_comes_is_kept_in_the_root_unit(plain: Emulator) -> None:
    row = {"accountid": ACCOUNT, "name": "A", "_ownerid_value": named("owner")}
    plain.seed({"accounts": [row]})

    assert owners(plain)[0] == named("owner")
    assert owners(plain)[3] == str(BUSINESS_UNIT_ID)
