"""Batches against the emulator: all or nothing, in both shapes in which a change set fails."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.batch import BatchItem, ChangeSet
from connector.dataverse.errors import (
    BadRequest,
    DataverseError,
    Duplicate,
    NotFound,
    NotSent,
    PreconditionFailed,
    ServerFault,
)
from connector.dataverse.message import Request, Response
from connector.dataverse.operations import (
    request_create,
    request_create_with_id,
    request_delete,
    request_get,
    request_update,
    row_path,
)
from connector.emulator import (
    BatchSettings,
    Emulator,
    EmulatorOptions,
    FaultKind,
    ScriptedFault,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.client import DataverseClient


def account_id(number: int) -> UUID:
    return UUID(f"a0000000-0000-4000-8000-{number:012d}")


@pytest.fixture(params=[True, False], ids=["nested", "flat"])
def emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """One account named `old`; change sets fail in either shape, and line ends are strict."""
    settings = BatchSettings(nested_failures=request.param, strict_line_ends=True)
    found = Emulator(behaviour="plain", options=EmulatorOptions(batch=settings))
    found.seed({"accounts": [{"accountid": str(account_id(1)), "name": "old"}]})
    yield found
    found.close()


def names(emulator: Emulator) -> list[str]:
    return sorted(str(row["name"]) for row in emulator.rows("accounts"))


def kinds(answers: tuple[Response | DataverseError, ...]) -> list[object]:
    return [part.status if isinstance(part, Response) else type(part) for part in answers]


def new(number: int, name: str) -> Request:
    return request_create_with_id("accounts", account_id(number), {"name": name})


def test_a_change_set_happens_as_a_whole(emulator: Emulator, client: DataverseClient) -> None:
    link = {"parentaccountid@odata.bind": f"/{row_path('accounts', account_id(2))}"}
    change = ChangeSet((new(2, "two"), request_update("accounts", account_id(1), link)))

    assert kinds(client.batch([change])) == [204, 204]
    assert names(emulator) == ["old", "two"]
    first = emulator.rows("accounts")[0]
    assert first["_parentaccountid_value"] == str(account_id(2))


@pytest.mark.parametrize(
    ("spoiler", "leaf"),
    [
        (new(1, "again"), Duplicate),
        (request_update("accounts", account_id(9), {"name": "x"}), NotFound),
        (request_update("accounts", account_id(1), {"name": "x"}, 'W/"1"'), PreconditionFailed),
        (request_update("accounts", account_id(1), {"nosuch": 1}), BadRequest),
        (request_delete("accounts", account_id(9)), NotFound),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_failure_undoes_the_change_set_and_is_the_error_of_each_request(
    place: int,
    spoiler: Request,
    leaf: type[DataverseError],
    emulator: Emulator,
    client: DataverseClient,
) -> None:
    requests = [new(2, "two"), new(3, "three")]
    requests.insert(place, spoiler)

    answers = client.batch([ChangeSet(tuple(requests))])

    assert kinds(answers) == [leaf] * 3
    assert names(emulator) == ["old"]


def test_what_came_before_a_failure_stays_and_what_comes_after_was_not_run(
    emulator: Emulator, client: DataverseClient
) -> None:
    items: list[BatchItem] = [
        new(2, "two"),
        ChangeSet((new(3, "three"), new(1, "again"))),
        new(4, "four"),
    ]

    assert kinds(client.batch(items)) == [204, Duplicate, Duplicate, NotSent]
    assert names(emulator) == ["old", "two"]


def test_with_continue_on_error_everything_else_happens(
    emulator: Emulator, client: DataverseClient
) -> None:
    items: list[BatchItem] = [
        request_get("accounts", account_id(9)),
        ChangeSet((new(3, "three"), new(1, "again"))),
        request_create("accounts", {"name": "four"}),
        request_get("accounts", account_id(1)),
    ]

    answers = client.batch(items, continue_on_error=True)

    assert kinds(answers) == [NotFound, Duplicate, Duplicate, 204, 200]
    assert names(emulator) == ["four", "old"]


def test_a_change_set_of_three_hundred_rows_is_written_in_one_request(
    emulator: Emulator, client: DataverseClient
) -> None:
    change = ChangeSet(tuple(new(number, f"n{number}") for number in range(100, 400)))

    answers = client.batch([change])

    assert kinds(answers) == [204] * 300
    assert len(emulator.rows("accounts")) == 301
    assert client.statistics.batch == 1


def test_text_of_any_kind_arrives_as_it_was_written(
    emulator: Emulator, client: DataverseClient
) -> None:
    name = '--batch_x\r\nHTTP/1.1 200 OK\r\n\r\n{"ö": "漢字 🎈"} \\u0041'.replace("\r\n", " ")

    client.batch([ChangeSet((new(2, name),))])

    assert name in names(emulator)


@pytest.mark.parametrize("kind", [FaultKind.HALF_BODY, FaultKind.GARBLED])
def test_a_batch_answer_that_breaks_may_hide_what_was_done(
    kind: FaultKind, emulator: Emulator, client: DataverseClient
) -> None:
    emulator.plan(ScriptedFault(kind=kind, path="batch"))

    with pytest.raises(DataverseError) as raised:
        client.batch([request_create("accounts", {"name": "new"})])

    assert raised.value.may_have_acted
    assert names(emulator) == ["new", "old"]


def test_a_throttled_batch_is_sent_again_and_acts_once(
    emulator: Emulator, client: DataverseClient
) -> None:
    fault = ScriptedFault(
        kind=FaultKind.STATUS, path="batch", status=429, code="0x80072321", retry_after=11
    )
    emulator.plan(fault)

    answers = client.batch([request_create("accounts", {"name": "new"})])

    assert kinds(answers) == [204]
    assert names(emulator) == ["new", "old"]
    assert client.statistics.throttled == 1


def test_a_faulty_server_is_told_and_a_plain_create_is_not_repeated(
    emulator: Emulator, client: DataverseClient
) -> None:
    emulator.plan(ScriptedFault(kind=FaultKind.STATUS, path="batch", status=503))

    with pytest.raises(ServerFault):
        client.batch([request_create("accounts", {"name": "new"})])
    assert names(emulator) == ["old"]
