"""A guard lets reads pass and nothing else, while it is on."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.dataverse.batch import ChangeSet
from connector.dataverse.client import DataverseClient
from connector.dataverse.errors import UnusableSettings
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.query import Query
from connector.dataverse.read_only import GuardedTransport, ReadOnlyGuard, is_read
from tests.dataverse.far_side import FarSide, answer, multipart, scripted

KEY = UUID(int=7)
HEAD = b"--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"


def request(method: Method, path: str = "accounts", body: bytes | None = None) -> Request:
    return Request(method=method, path=path, body=body, retry=RetrySafety.SAFE)


@pytest.mark.parametrize("method", [method for method in Method if method is not Method.GET])
def test_only_a_get_is_a_read(method: Method) -> None:
    assert not is_read(request(method))
    assert is_read(request(Method.GET))


@pytest.mark.parametrize(
    ("inner", "reads"),
    [
        (b"GET /api/data/v9.2/accounts?$filter=name%20eq%20'POST%20x' HTTP/1.1\r\n", True),
        (b"POST /api/data/v9.2/accounts HTTP/1.1\r\n", False),
        (b"PATCH /api/data/v9.2/accounts(1) HTTP/1.1\r\n", False),
        (b"DELETE /api/data/v9.2/accounts(1) HTTP/1.1\r\n", False),
        (b"patch /api/data/v9.2/accounts(1) HTTP/1.1\r\n", False),
    ],
)
def test_a_batch_is_a_read_when_all_of_it_is(inner: bytes, reads: bool) -> None:  # noqa: FBT001
    body = HEAD + b"GET /api/data/v9.2/contacts HTTP/1.1\r\n\r\n" + HEAD + inner

    for path in ("$batch", "https://contoso.crm.dynamics.com/api/data/v9.2/$batch"):
        assert is_read(request(Method.POST, path, body)) is reads
    assert not is_read(request(Method.POST, "accounts", body))


def test_a_change_set_is_no_read_even_when_it_is_empty() -> None:
    body = b"--batch_1\r\nContent-Type: multipart/mixed; boundary=changeset_1\r\n\r\n"

    assert not is_read(request(Method.POST, "$batch", body))
    assert not is_read(request(Method.POST, "$batch", None))


def guarded(far: FarSide, guard: ReadOnlyGuard) -> DataverseClient:
    return DataverseClient(GuardedTransport(far, guard))


def test_writes_of_a_client_never_reach_the_server_while_it_is_on() -> None:
    far, guard = FarSide(scripted(answer(204))), ReadOnlyGuard()
    client = guarded(far, guard)
    create = request(Method.POST, "accounts", b"{}")

    with guard.reading_only():
        with pytest.raises(UnusableSettings, match="only reads may reach the tenant"):
            client.create_with_id("accounts", KEY, {"name": "x"})
        with pytest.raises(UnusableSettings):
            client.update("accounts", KEY, {"name": "x"})
        with pytest.raises(UnusableSettings):
            client.delete("accounts", KEY)
        with pytest.raises(UnusableSettings):
            client.action("Close", {})
        with pytest.raises(UnusableSettings):
            client.batch((ChangeSet(requests=(create,)),))

    assert far.requests == []


def test_reads_pass_and_writes_pass_again_afterwards() -> None:
    rows = answer(200, {"value": []})
    app = scripted(rows, multipart(rows, rows), answer(204))
    far, guard = FarSide(app), ReadOnlyGuard()
    client = guarded(far, guard)
    query = Query(entity_set="accounts")

    with guard.reading_only():
        assert client.read_all(query) == ()
        assert client.read_many((query, query)) == ((), ())
    client.update("accounts", KEY, {"name": "x"})

    assert far.requests[-1].method is Method.PATCH
    assert not guard.is_on
