"""The parts of a batch, whoever wrote it."""

from __future__ import annotations

import pytest

from connector.cassette.multipart import is_multipart, parts_of

BODY = """--b
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: application/http
Content-Transfer-Encoding: binary
Content-ID: 1

HTTP/1.1 204 No Content
OData-EntityId: https://x/accounts(1)


--c--
--b
Content-Type: application/http
Content-Transfer-Encoding: binary

HTTP/1.1 200 OK
Content-Type: application/json

{"value": []}
--b--
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("boundary", ["b", '"b"'])
def test_parts_come_in_their_order_with_those_of_change_sets(end: str, boundary: str) -> None:
    found = parts_of(f"multipart/mixed; boundary={boundary}", BODY.replace("\n", end).encode())

    assert [part.line for part in found] == ["HTTP/1.1 204 No Content", "HTTP/1.1 200 OK"]
    assert found[0].headers == {"odata-entityid": "https://x/accounts(1)"}
    assert [part.body for part in found] == [b"", b'{"value": []}']


@pytest.mark.parametrize(
    ("kind", "is_one"),
    [("multipart/mixed; boundary=b", True), ("application/json", False), (None, False)],
)
def test_a_batch_is_known_by_its_content_type(kind: str | None, is_one: bool) -> None:  # noqa: FBT001
    assert is_multipart(kind) is is_one
