"""Rows as parameters: by address, or by type and key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.operations.entity_references import (
    principal_named,
    row_named,
    rows_named,
)
from connector.emulator.rows.hooks import Behaviour
from connector.emulator.rows.writer import Writer
from connector.emulator.storage.principals import USER_ID
from tests.emulator.organisation import Organisation, named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator

CRM = "Microsoft.Dynamics.CRM."
ACCOUNT = named("account")


@pytest.fixture
def writer(plain: Emulator) -> Iterator[Writer]:
    office = Organisation(plain)
    office.team("team")
    office.row("accounts", "account")
    office.load()
    with plain.store.transaction() as tx:
        yield Writer(tx=tx, schema=plain.store.schema, behaviour=Behaviour())


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"@odata.id": f"accounts({ACCOUNT})"}, ACCOUNT),
        ({"@odata.type": f"{CRM}account", "accountid": ACCOUNT}, ACCOUNT),
        ({"@odata.type": f"#{CRM}account", "accountid": ACCOUNT, "name": "x"}, ACCOUNT),
        ({"@odata.type": f"{CRM}systemuser", "systemuserid": str(USER_ID)}, str(USER_ID)),
        ({"@odata.type": f"{CRM}systemuser", "ownerid": str(USER_ID)}, str(USER_ID)),
        ({"@odata.type": f"{CRM}team", "ownerid": named("team")}, named("team")),
    ],
)
def test_a_row_is_found(writer: Writer, value: dict[str, str], found: str) -> None:
    assert str(row_named(writer, "Target", value).id) == found


@pytest.mark.parametrize(
    ("value", "status"),
    [
        (None, 400),
        ("accounts(1)", 400),
        ({}, 400),
        ({"accountid": ACCOUNT}, 400),
        ({"@odata.type": "account", "accountid": ACCOUNT}, 400),
        ({"@odata.type": f"{CRM}account", "ownerid": ACCOUNT}, 400),
        ({"@odata.type": f"{CRM}account", "accountid": "x"}, 400),
        ({"@odata.type": f"{CRM}account", "accountid": named("none")}, 404),
        ({"@odata.type": f"{CRM}nothing", "nothingid": ACCOUNT}, 501),
    ],
)
def test_what_names_no_row_is_refused(writer: Writer, value: Any, status: int) -> None:
    with pytest.raises(DataverseFault) as refused:
        row_named(writer, "Target", value)
    assert refused.value.status == status


def test_principals_are_users_and_teams_alone(writer: Writer) -> None:
    team = {"@odata.type": f"{CRM}team", "teamid": named("team")}

    assert principal_named(writer, "Principal", team).table.logical_name == "team"
    with pytest.raises(DataverseFault):
        principal_named(writer, "Principal", {"@odata.id": f"accounts({ACCOUNT})"})


def test_a_list_names_at_least_one_row(writer: Writer) -> None:
    one = {"@odata.id": f"accounts({ACCOUNT})"}

    assert len(rows_named(writer, "Members", [one, one])) == 2
    nothing: tuple[object, ...] = ([], {}, None)
    for values in nothing:
        with pytest.raises(DataverseFault):
            rows_named(writer, "Members", values)
