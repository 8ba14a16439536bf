"""A cassette of the emulator agrees with another one; one of another service does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from connector.cassette import compare_cassette, read_cassette
from connector.cassette.filling import fill
from connector.emulator import Emulator
from tests.cassette.far_side import Scripted, ask, recording, sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAMES = "accounts?$select=name&$orderby=name"
CHANGE_SET = (
    "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    "--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1"
    "\r\n\r\nPOST /api/data/v9.2/accounts HTTP/1.1\r\nContent-Type: application/json\r\n\r\n"
    '{"name": "In a change set"}\r\n--c--\r\n--b--\r\n'
)


def session(url: str) -> None:
    """Reads, pages, writes that need what was answered before, a batch and a refusal."""
    page = {"Prefer": "odata.maxpagesize=1"}
    first = ask(url, "GET", NAMES, headers=page)
    ask(url, "GET", first.json()["@odata.nextLink"].removeprefix(url), headers=page)
    made = ask(url, "POST", "accounts", {"name": "New"}).headers["odata-entityid"]
    row = made.removeprefix(url)
    etag = ask(url, "GET", f"{row}?$select=name").headers["etag"]
    ask(url, "PATCH", row, {"name": "Newer"}, {"If-Match": etag})
    ask(url, "PATCH", row, {"name": "Newest"}, {"If-Match": etag})
    ask(url, "GET", f"accounts?$filter=accountid eq {row[-37:-1]}".replace(" ", "%20"))
    ask(url, "GET", "accounts?$select=nonsense")
    ask(url, "POST", "$batch", CHANGE_SET, {"Content-Type": "multipart/mixed; boundary=b"})
    ask(url, "DELETE", row)
    ask(url, "GET", row)


def compared(path: Path) -> list[str]:
    cassette = read_cassette(path)
    emulator = Emulator()
    fill(emulator, cassette)
    with emulator.serve() as server:
        found = [
            f"{one.exchange.number} {one.exchange.request.method} {gap.what}: {gap.recorded}"
            for one in compare_cassette(cassette, server.url)
            for gap in one.gaps
        ]
    emulator.close()
    return found


def kept(path: Path, doing: Callable[[str], None]) -> Path:
    with sample() as emulator, recording(emulator.app, path) as (ours, _):
        doing(ours)
    return path


def test_what_the_emulator_answered_another_one_answers_as_well(tmp_path: Path) -> None:
    path = kept(tmp_path / "c.jsonl", session)

    statuses = [one.response.status for one in read_cassette(path).exchanges]
    assert statuses == [200, 200, 204, 200, 204, 412, 200, 400, 200, 204, 404]
    assert compared(path) == []


def test_ids_that_another_service_gives_are_followed(tmp_path: Path) -> None:
    """The id of the new row is exchanged for one that no emulator gives."""
    path = kept(tmp_path / "c.jsonl", session)
    text = path.read_text("utf-8")
    [made] = [
        one.response.headers["odata-entityid"][-37:-1]
        for one in read_cassette(path).exchanges
        if one.request.method == "POST" and "odata-entityid" in one.response.headers
    ]
    path.write_text(text.replace(made, "abababab-0000-4000-8000-00000000abab"), encoding="utf-8")

    assert compared(path) == []


def test_links_to_next_pages_that_another_service_gives_are_followed(tmp_path: Path) -> None:
    """A skip token is the service's own affair; the recorded one means nothing to an emulator."""
    path = kept(tmp_path / "c.jsonl", session)
    text = path.read_text("utf-8")
    tokens = {match[1] for match in re.finditer(r'skiptoken=([^"&\\]+)', text)}
    for number, token in enumerate(sorted(tokens, key=len, reverse=True)):
        text = text.replace(token, f"%3Ctheirs%20page=%22{number}%22%3E")
    assert tokens
    path.write_text(text, encoding="utf-8")

    assert compared(path) == []


def test_a_service_that_answers_otherwise_is_told_with_number_and_place(tmp_path: Path) -> None:
    json_type = ("Content-Type", "application/json; odata.metadata=minimal")
    body = '{"@odata.context": "x/$metadata#accounts(name)", "value": [], "odd": 1}'
    tenant = Scripted(body, json_type, ("OData-Version", "4.01"))
    with recording(tenant, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "GET", NAMES)
        ask(ours, "DELETE", "accounts(00000000-0000-0000-0000-000000000001)")

    assert compared(tmp_path / "c.jsonl") == [
        "1 GET header odata-version: 4.01",
        "1 GET body.odd: there",
        "2 DELETE status: 200",
    ]
