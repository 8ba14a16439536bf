"""Hostile and oversized input over HTTP: the documented refusal, and nothing is harmed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import ROOT, InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

MEGABYTES_10 = "x" * 10_000_000
INJECTION = "name' OR 1=1; DROP TABLE account; --"
QUOTED = quote(INJECTION.replace("'", "''"), safe="")
RAW = quote(INJECTION, safe="")
KEY = "'' OR 1=1; --"


@pytest.mark.parametrize(
    ("table", "column"), [("accounts", "name"), ("accounts", "description"), ("contacts", "nosuch")]
)
def test_a_text_of_10_megabytes_is_refused_in_a_body(web: Web, table: str, column: str) -> None:
    answer = web("POST", table, {column: MEGABYTES_10})

    expected = "0x80048d19" if column == "nosuch" else "0x80044331"
    assert (answer.status, answer.code) == (400, expected)
    assert len(answer.body) < 2_000
    assert web.rows(table) == []


def test_a_text_of_10_megabytes_is_refused_in_an_address_and_in_a_batch(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    path = f"accounts?$filter=name eq '{MEGABYTES_10}'"
    part = f"--b\r\nContent-Type: application/http\r\n\r\nGET {ROOT}{path} HTTP/1.1\r\n\r\n\r\n"

    batch = web(
        "POST",
        "$batch",
        f"{part}--b--\r\n".encode(),
        {"Content-Type": "multipart/mixed; boundary=b"},
    )

    assert web("GET", path).status == 414
    assert b"HTTP/1.1 414" in batch.body
    assert len(batch.body) < 2_000


def test_two_thousand_terms_are_answered_over_http(web: Web) -> None:
    web.create("accounts", name="n1999")
    terms = " or ".join(f"name eq 'n{n}'" for n in range(2_000))

    body = (
        f"--b\r\nContent-Type: application/http\r\n\r\n"
        f"GET {ROOT}accounts?$select=name&$filter={terms} HTTP/1.1\r\n\r\n\r\n--b--\r\n"
    )
    answer = web("POST", "$batch", body.encode(), {"Content-Type": "multipart/mixed; boundary=b"})

    assert b'"name":"n1999"' in answer.body


@pytest.mark.parametrize(
    ("method", "address", "statuses"),
    [
        ("GET", f"accounts?$select={RAW}", {400}),
        ("GET", f"accounts?$orderby={RAW}", {400}),
        ("GET", f"accounts?$filter={RAW} eq 1", {400}),
        ("GET", f"accounts?$filter=name eq '{QUOTED}'", {200}),
        ("GET", f"accounts?$filter=contains(name,'{QUOTED}')", {200}),
        ("GET", f"accounts?$filter=name eq @p&@p='{QUOTED}'", {200}),
        ("GET", f"accounts?$expand={RAW}", {400, 501}),
        ("GET", f"accounts?$apply=groupby(({RAW}))", {400, 501}),
        ("GET", f"accounts?$skiptoken={RAW}", {400}),
        ("GET", f"accounts?$deltatoken={RAW}", {400}),
        ("GET", f"accounts?$top={RAW}", {400}),
        ("GET", f"{RAW}", {404, 501}),
        ("GET", f"accounts({RAW})", {400, 404}),
        ("GET", f"accounts(accountnumber='{KEY}')", {404}),
        ("PATCH", f"accounts(accountnumber='{KEY}')", {204}),
        ("DELETE", f"accounts(accountnumber='{KEY}')", {404}),
        ("GET", f"accounts/{RAW}", {404, 501}),
    ],
)
def test_sql_in_any_place_of_an_address_harms_nothing(
    method: str, address: str, statuses: set[int]
) -> None:
    web = keyed()
    web.create("accounts", name="kept")

    path, mark, query = address.partition("?")
    target = f"{ROOT}{path}{mark}{query.replace(' ', '%20')}"
    answer = web.carrier.send(method, target, JSON, b"{}")

    assert answer.status in statuses, answer.body
    assert "kept" in {row["name"] for row in web.rows("accounts")}


@pytest.mark.parametrize("column", ["name", "accountnumber"])
def test_sql_in_a_body_is_stored_as_text(web: Web, column: str) -> None:
    text = "'); DROP TABLE"
    row_id = web.create("accounts", **{column: text})

    assert web.row("accounts", row_id)[column] == text
    assert web("POST", "accounts", {INJECTION: 1}).status == 400


JSON: Mapping[str, str] = {"Content-Type": "application/json", "Accept": "application/json"}
GOOD = (
    b"--b\r\nContent-Type: application/http\r\n\r\n"
    b"POST /api/data/v9.2/accounts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n"
    b'{"name":"a"}\r\n--b--\r\n'
)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/mixed", GOOD),
        ("multipart/mixed; boundary=", GOOD),
        ("multipart/mixed; boundary=other", GOOD),
        ("multipart/mixed; boundary=b", b""),
        ("multipart/mixed; boundary=b", GOOD.replace(b"application/http", b"text/plain")),
        ("multipart/mixed; boundary=b", GOOD.replace(b"POST ", b"")),
        ("multipart/mixed; boundary=b", GOOD.replace(b" HTTP/1.1", b"")),
        ("multipart/mixed; boundary=b", GOOD[: len(GOOD) // 2]),
        ("multipart/mixed; boundary=" + "b" * 5_000, GOOD),
        ("text/plain", GOOD),
    ],
)
def test_a_malformed_batch_is_refused_and_writes_nothing(web: Web, kind: str, body: bytes) -> None:
    answer = web("POST", "$batch", body, {"Content-Type": kind})

    assert answer.status in (400, 415)
    assert web.rows("accounts") == []


def keyed() -> Web:
    """An emulator whose accounts have the alternate key `accountnumber`."""
    schema = read_schema(
        {
            "format": "proforma-emulator-schema/1",
            "extends": "project-operations",
            "tables": {"account": {"keys": {"number": ["accountnumber"]}}},
        }
    )
    return Web(InProcess(Emulator(schema, behaviour="plain").app))


def test_an_alternate_key_stands_for_the_row_in_every_verb() -> None:
    web = keyed()
    address = "accounts(accountnumber='1')"
    row_id = web.create("accounts", accountnumber="1", name="A")
    contact = web.create("contacts", lastname="C")

    assert web("PATCH", address, {"name": "B"}, If_Match="*").status == 204
    assert web("PUT", f"{address}/telephone1", {"value": "7"}).status == 204
    assert web("GET", f"{address}/name").json()["value"] == "B"
    assert web("DELETE", f"{address}/telephone1").status == 204
    link = {"@odata.id": f"https://org.crm.dynamics.com{ROOT}contacts({contact})"}
    assert web("PUT", f"{address}/primarycontactid/$ref", link).status == 204
    row = web.row("accounts", row_id)
    assert (row["name"], row["telephone1"], row["_primarycontactid_value"]) == ("B", None, contact)
    assert web("GET", f"{address}/primarycontactid").json()["lastname"] == "C"
    assert web("DELETE", f"{address}/primarycontactid/$ref").status == 204
    assert web("PATCH", address, {"name": "C"}, If_None_Match="*").status == 412
    assert web("DELETE", address).status == 204
    assert web("PATCH", address, {"name": "D"}, If_Match="*").status == 404


@pytest.mark.parametrize("wish", ["true", "false"])
def test_the_duplicate_detection_header_is_taken_and_finds_nothing(web: Web, wish: str) -> None:
    header = {"MSCRM.SuppressDuplicateDetection": wish}

    for _ in range(2):
        assert web("POST", "accounts", {"name": "twin"}, header).status == 204

    assert len(web.rows("accounts")) == 2
