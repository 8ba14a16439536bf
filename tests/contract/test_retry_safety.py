"""
What a lost request or a lost answer leaves behind, verb by verb: the table of docs/client.md.

Each call is made twice over: once with the connection lost before the server acted, once after.
What counts is the state of the tenant afterwards and what the caller was told.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.batch import ChangeSet
from connector.dataverse.errors import Ambiguous, Duplicate
from connector.dataverse.message import Request, RetrySafety
from connector.dataverse.operations import (
    request_action,
    request_create,
    request_create_with_id,
    request_delete,
    request_function,
    request_get,
    request_read,
    request_update,
)
from connector.dataverse.query import Query
from connector.emulator import Emulator, FaultKind, ScriptedFault
from tests.contract.conftest import users

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.dataverse.client import DataverseClient

ID = UUID("a0000000-0000-4000-8000-000000000001")
NEW = UUID("a0000000-0000-4000-8000-000000000002")
TABLE = Path(__file__).parents[2] / "docs" / "client.md"
ACCOUNTS = Query(entity_set="accounts", select=("name",))


def told(call: Callable[[], object]) -> object:
    try:
        return call()
    except (Ambiguous, Duplicate) as error:
        return type(error)


def names(emulator: Emulator) -> list[str]:
    return sorted(str(row["name"]) for row in emulator.rows("accounts"))


@pytest.fixture
def one_account(emulator: Emulator) -> str:
    """One account named `old`; gives its version mark."""
    emulator.seed({"accounts": [{"accountid": str(ID), "name": "old"}]})
    return str(emulator.rows("accounts")[0]["@odata.etag"])


@pytest.fixture(params=[FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER])
def lost(request: pytest.FixtureRequest, emulator: Emulator, one_account: str) -> FaultKind:
    """One connection is lost, on this side of the commit."""
    del one_account
    kind: FaultKind = request.param
    emulator.plan(ScriptedFault(kind=kind))
    return kind


def acted(kind: FaultKind) -> bool:
    return kind is FaultKind.DROP_AFTER


def test_a_lost_read_is_made_again(lost: FaultKind, client: DataverseClient) -> None:
    del lost

    assert [row["name"] for row in client.read(ACCOUNTS)] == ["old"]


def test_a_lost_single_read_is_made_again(lost: FaultKind, client: DataverseClient) -> None:
    del lost
    row = client.get("accounts", ID, select=("name",))

    assert row is not None
    assert row["name"] == "old"


def test_a_lost_function_is_called_again(
    lost: FaultKind, client: DataverseClient, emulator: Emulator
) -> None:
    del lost

    assert str(client.who_am_i().user_id) in users(emulator)


def test_a_lost_create_is_never_made_twice(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    assert told(lambda: client.create("accounts", {"name": "new"})) is Ambiguous
    assert names(emulator) == (["new", "old"] if acted(lost) else ["old"])


def test_a_lost_create_with_an_id_is_repeated_and_says_when_it_was_there(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    outcome = told(lambda: client.create_with_id("accounts", NEW, {"name": "new"}))

    assert outcome == (Duplicate if acted(lost) else NEW)
    assert names(emulator) == ["new", "old"]


def test_a_lost_update_is_repeated(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    del lost
    client.update("accounts", ID, {"name": "new"})

    assert names(emulator) == ["new"]


def test_a_lost_update_of_a_version_is_not_repeated_and_not_called_a_conflict(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    etag = str(emulator.rows("accounts")[0]["@odata.etag"])

    assert told(lambda: client.update("accounts", ID, {"name": "new"}, etag)) is Ambiguous
    assert names(emulator) == (["new"] if acted(lost) else ["old"])


def test_a_lost_delete_is_repeated_and_the_second_finds_nothing(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    assert client.delete("accounts", ID) is not acted(lost)
    assert names(emulator) == []


def test_a_lost_delete_of_a_version_is_not_repeated(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    etag = str(emulator.rows("accounts")[0]["@odata.etag"])

    assert told(lambda: client.delete("accounts", ID, etag)) is Ambiguous
    assert names(emulator) == ([] if acted(lost) else ["old"])


def test_a_lost_batch_of_reads_is_made_again(lost: FaultKind, client: DataverseClient) -> None:
    del lost

    assert [len(rows) for rows in client.read_many([ACCOUNTS, ACCOUNTS])] == [1, 1]


def test_a_lost_change_set_with_ids_of_ours_is_repeated_and_acts_once(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    create = request_create_with_id("accounts", NEW, {"name": "new"})
    update = request_update("accounts", ID, {"name": "changed"})

    answers = client.batch([ChangeSet((create, update))])

    duplicates = [isinstance(answer, Duplicate) for answer in answers]
    assert duplicates == [acted(lost)] * 2
    assert names(emulator) == ["changed", "new"]


def test_a_lost_batch_with_a_plain_create_is_not_repeated(
    lost: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    items = [request_create("accounts", {"name": "new"}), request_update("accounts", ID, {})]

    assert told(lambda: client.batch(items)) is Ambiguous
    assert names(emulator) == (["new", "old"] if acted(lost) else ["old"])


@pytest.mark.usefixtures("one_account")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_faulty_gateway_before_an_idempotent_write_is_outlived(
    status: int, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.plan(ScriptedFault(kind=FaultKind.STATUS, status=status, times=2))

    client.update("accounts", ID, {"name": "new"})

    assert names(emulator) == ["new"]


@pytest.mark.usefixtures("one_account")
def test_throttling_is_waited_out_even_for_a_create(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.plan(
        ScriptedFault(kind=FaultKind.STATUS, status=429, code="0x80072322", retry_after=7, times=3)
    )
    before = emulator.clock()

    client.create("accounts", {"name": "new"})

    assert names(emulator) == ["new", "old"]
    assert (emulator.clock() - before).total_seconds() == 21


def documented() -> dict[str, str]:
    """Call and safety of each row of the table in the documentation."""
    rows = [
        [cell.strip(" `") for cell in line.strip("|").split("|")]
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| `")
    ]
    return {row[0]: row[1] for row in rows}


@pytest.mark.parametrize(
    ("call", "request_"),
    [
        ("read, read_all, read_many, read_partitions", request_read(ACCOUNTS)),
        ("get", request_get("accounts", ID)),
        ("function, who_am_i", request_function("WhoAmI")),
        ("create", request_create("accounts", {})),
        ("create_with_id", request_create_with_id("accounts", ID, {})),
        ("update", request_update("accounts", ID, {})),
        ("update with etag", request_update("accounts", ID, {}, 'W/"1"')),
        ("delete", request_delete("accounts", ID)),
        ("delete with etag", request_delete("accounts", ID, 'W/"1"')),
        ("action", request_action("Close", {})),
    ],
)
def test_the_documentation_tells_each_calls_safety(call: str, request_: Request) -> None:
    assert RetrySafety(documented()[call]) is request_.retry
