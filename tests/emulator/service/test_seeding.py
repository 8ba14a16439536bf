"""Seeding by a request to the control plane."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator

CONTACT = "c0000000-0000-0000-0000-000000000001"


@pytest.fixture
def address(plain: Emulator) -> Iterator[str]:
    with plain.serve() as server:
        yield f"{server.url}/_emulator/seed"


def post(address: str, body: bytes) -> requests.Response:
    return requests.post(address, data=body, timeout=10)


def test_the_body_is_a_file_of_the_kind_that_its_name_tells(plain: Emulator, address: str) -> None:
    answer = post(
        f"{address}?file=accounts.csv", b"name,_primarycontactid_value\nA,%b\n" % (CONTACT.encode())
    )
    assert answer.status_code == 200
    document = answer.json()
    assert (document["rows"], document["kept_lookups"]) == (1, {"contact": 1})
    assert document["remarks"][0].startswith("1 lookups lead to rows that are not there")
    assert [row["name"] for row in plain.rows("accounts")] == ["A"]


def test_an_archive_needs_no_name(plain: Emulator, address: str) -> None:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("accounts.csv", "name\nA\n")
    assert post(address, packed.getvalue()).json()["rows"] == 1
    assert [row["name"] for row in plain.rows("accounts")] == ["A"]


def test_strict_and_lenient_are_asked_for_in_the_query(plain: Emulator, address: str) -> None:
    body = b'{"accounts": [{"name": "A", "_primarycontactid_value": "%b"}]}' % CONTACT.encode()
    strict = post(f"{address}?strict=true", body)
    assert strict.status_code == 400
    assert strict.json()["error"]["code"] == "seed"
    assert "there is no contact with the id" in strict.json()["error"]["message"]
    assert plain.rows("accounts") == ()
    lenient = post(f"{address}?strict=true&lenient", body).json()
    assert (lenient["rows"], len(lenient["left_out"])) == (1, 1)
    assert post(f"{address}?strict=false", body).status_code == 200


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("strct=true", "'strct' is not known here; file, strict and lenient are"),
        ("strict=perhaps", "'strict' must be true or false"),
    ],
)
def test_other_words_in_the_query_are_refused(address: str, query: str, words: str) -> None:
    answer = post(f"{address}?{query}", b"{}")
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == words


@pytest.mark.parametrize("body", [b"", b"[", b"{", b"7", b"PK\x03\x04", b"\xff"])
def test_a_body_that_is_no_seed_is_refused_in_words(address: str, body: bytes) -> None:
    answer = post(address, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("the seed cannot be loaded:")
