"""Functions of rows: found by table and name, open to the own user."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.storage.principals import USER_ID
from tests.emulator.organisation import GLOBAL, Organisation, named
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

CRM = "Microsoft.Dynamics.CRM."


@pytest.fixture
def web(plain: Emulator) -> Web:
    return Web(InProcess(plain.app))


def test_a_function_of_another_table_is_not_found(web: Web) -> None:
    answer = web("GET", f"systemusers({USER_ID})/{CRM}RetrieveTeamPrivileges")

    assert (answer.status, answer.code) == (404, "0x8006088a")


def test_a_function_that_the_emulator_lacks_is_named(web: Web) -> None:
    known = web("GET", f"systemusers({USER_ID})/{CRM}RetrieveUserQueues(IncludePublic=true)")
    unknown = web("GET", f"systemusers({USER_ID})/{CRM}RetrieveSomething")

    assert known.status == 501
    assert "'RetrieveUserQueues'" in known.message
    assert unknown.status == 404


def test_a_function_is_not_called_by_post(web: Web) -> None:
    answer = web("POST", f"systemusers({USER_ID})/{CRM}RetrieveUserPrivileges", {})

    assert answer.status == 404


def test_everybody_may_ask_about_the_own_user(plain: Emulator) -> None:
    office = Organisation(plain)
    office.user("clerk", office.role("clerk", {"prvReadAccount": GLOBAL}))
    office.load()
    clerk = office.session("clerk")
    own = clerk("GET", f"systemusers({named('clerk')})/{CRM}RetrieveUserPrivileges")
    other = clerk("GET", f"systemusers({USER_ID})/{CRM}RetrieveUserPrivileges")

    assert own.status == 200
    assert (other.status, other.code) == (403, "0x80040220")
