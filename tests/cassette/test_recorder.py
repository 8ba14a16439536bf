"""A recorder between a client and a tenant: nothing is changed, and no secret is kept."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest

from connector.cassette import CassetteError, Recorder, read_cassette
from connector.cassette.exchange import ORIGIN
from connector.emulator.serving import server as servers
from tests.cassette.far_side import Compressed, Scripted, ask, recording, sample

if TYPE_CHECKING:
    from pathlib import Path

JSON = ("Content-Type", "application/json; odata.metadata=minimal")
NAMES = "accounts?$select=name&$orderby=name"


def test_an_answer_is_the_tenants_with_our_address_in_it(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, theirs):
        through, straight = ask(ours, "GET", NAMES), ask(theirs, "GET", NAMES)

    assert through.status == straight.status == 200
    assert through.json()["value"] == straight.json()["value"]
    assert through.json()["@odata.context"].startswith(f"{ours}/api/data/v9.2/$metadata#accounts")
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert exchange.request.line == f"GET /api/data/v9.2/{NAMES}"
    assert json.loads(exchange.response.content)["@odata.context"].startswith(ORIGIN)
    assert theirs not in (tmp_path / "c.jsonl").read_text("utf-8")


def test_pages_lead_through_the_recorder(tmp_path: Path) -> None:
    page = {"Prefer": "odata.maxpagesize=1"}
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        first = ask(ours, "GET", NAMES, headers=page)
        link = first.json()["@odata.nextLink"]
        assert link.startswith(f"{ours}/api/data/")
        second = ask(ours, "GET", link.removeprefix(ours), headers=page)

    assert second.status == 200
    assert len(second.json()["value"]) == 1
    assert second.json()["value"] != first.json()["value"]
    assert len(read_cassette(tmp_path / "c.jsonl").exchanges) == 2


def test_a_created_row_is_named_by_our_address(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, theirs):
        made = ask(ours, "POST", "accounts", {"name": "New"})
        row = made.headers["odata-entityid"]
        read = ask(theirs, "GET", row.removeprefix(ours))

    assert made.status == 204
    assert row.startswith(f"{ours}/api/data/v9.2/accounts(")
    assert read.json()["name"] == "New"
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert exchange.response.headers["odata-entityid"].startswith(f"{ORIGIN}/api/data/")


def test_addresses_within_a_batch_are_the_tenants(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        part = f"GET {ours}/api/data/v9.2/{NAMES}&$top=1 HTTP/1.1"
        body = (
            "--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
            f"\r\n{part}\r\nAccept: application/json\r\nAuthorization: Bearer inner-token-value"
            "\r\n\r\n--batch_1--\r\n"
        )
        kind = {"Content-Type": 'multipart/mixed; boundary="batch_1"'}
        answer = ask(ours, "POST", "$batch", body, kind)

    assert answer.status == 200
    assert f"{ours}/api/data/v9.2/$metadata#accounts".encode() in answer.body
    kept = (tmp_path / "c.jsonl").read_text("utf-8")
    assert "inner-token-value" not in kept
    assert f"GET {ORIGIN}/api/data/v9.2/accounts" in kept


def test_a_compressed_answer_is_kept_and_given_plain(tmp_path: Path) -> None:
    with (
        sample() as emulator,
        recording(Compressed(emulator.app), tmp_path / "c.jsonl") as (ours, theirs),
    ):
        straight = ask(theirs, "GET", NAMES, headers={"Accept-Encoding": "gzip"})
        through = ask(ours, "GET", NAMES, headers={"Accept-Encoding": "gzip"})

    assert straight.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in through.headers
    assert through.json()["value"] == json.loads(gzip.decompress(straight.body))["value"]
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert "content-encoding" not in exchange.response.headers
    assert exchange.response.body is not None
    assert '"value"' in exchange.response.body


@pytest.mark.parametrize("encoding", ["chunked", "gzip"])
def test_a_body_that_comes_in_chunks_or_compressed_reaches_the_tenant_whole(
    tmp_path: Path, encoding: str
) -> None:
    row = json.dumps({"name": "Müller & Söhne"}).encode()
    kind = {"Content-Type": "application/json"}
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, theirs):
        if encoding == "chunked":
            chunked = kind | {"Transfer-Encoding": "chunked"}
            made = ask(ours, "POST", "accounts", [row[:10], row[10:]], chunked)
        else:
            made = ask(
                ours, "POST", "accounts", gzip.compress(row), kind | {"Content-Encoding": "gzip"}
            )
        found = ask(
            theirs, "GET", f"{made.headers['odata-entityid'].removeprefix(ours)}?$select=name"
        )

    assert made.status == 204
    assert found.json()["name"] == "Müller & Söhne"
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert json.loads(exchange.request.content) == {"name": "Müller & Söhne"}


def test_errors_pass_through_and_are_kept(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, theirs):
        through, straight = (ask(url, "GET", "accounts?$select=nonsense") for url in (ours, theirs))

    assert through.status == straight.status == 400
    assert through.json()["error"]["code"] == straight.json()["error"]["code"]
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert exchange.response.status == 400


def test_a_body_that_is_no_text_is_kept_byte_by_byte(tmp_path: Path) -> None:
    content = bytes(range(256))
    tenant = Scripted("ok", ("Content-Type", "text/plain"))
    kind = {"Content-Type": "application/octet-stream"}
    with recording(tenant, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "PATCH", "accounts(1)/file", content, kind)

    assert tenant.bodies == [content]
    [exchange] = read_cassette(tmp_path / "c.jsonl").exchanges
    assert exchange.request.content == content


SECRET = "s3cr3t-Value"
TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwcyJ9.c2lnbmF0dXJl"


def test_no_secret_of_any_kind_enters_a_cassette(tmp_path: Path) -> None:
    """Each place in which a client or a tenant was seen to say one."""
    answered = json.dumps(
        {
            "access_token": SECRET,
            "nested": {"clientSecret": SECRET, "list": [{"Password": SECRET}]},
            "text": f'{{"refresh_token": "{SECRET}"}}',
            "connection": f"Endpoint=sb://x/;SharedAccessKeyName=a;SharedAccessKey={SECRET}",
            "url": f"https://x.blob.core.windows.net/c?sv=1&sig={SECRET}&se=2",
            "jwt": TOKEN,
            "azure": f"AccountName=a;AccountKey={SECRET};",
        }
    )
    tenant = Scripted(
        answered,
        JSON,
        ("Set-Cookie", f"ARRAffinity={SECRET}"),
        ("WWW-Authenticate", f"Bearer {SECRET}"),
        ("X-Own", SECRET),
        ("Location", f"https://x/?access_token={SECRET}"),
    )
    headers = {
        "Authorization": f"Bearer {SECRET}",
        "Cookie": f"session={SECRET}",
        "Proxy-Authorization": f"Basic {SECRET}",
        "Ocp-Apim-Subscription-Key": SECRET,
        "X-Api-Key": SECRET,
        "Prefer": f"token=Bearer {SECRET}",
        "Content-Type": "application/json",
    }
    asked = {"client_secret": SECRET, "name": "kept", "secretvalue": SECRET}
    with recording(tenant, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "POST", f"accounts?client_secret={SECRET}&$select=name", asked, headers)
        ask(
            ours,
            "POST",
            "x",
            f"grant_type=a&client_secret={SECRET}&password={SECRET}",
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        ask(
            ours, "POST", "x", f"<a><Password>{SECRET}</Password></a>", {"Content-Type": "text/xml"}
        )

    kept = (tmp_path / "c.jsonl").read_text("utf-8")
    assert SECRET not in kept
    assert TOKEN not in kept
    assert "c2lnbmF0dXJl" not in kept
    assert "kept" in kept
    assert "ARRAffinity" not in kept
    assert tenant.asked[0]["HTTP_AUTHORIZATION"] == f"Bearer {SECRET}"
    assert len(read_cassette(tmp_path / "c.jsonl").exchanges) == 3


@pytest.mark.parametrize(
    "target", ["/organizations/oauth2/v2.0/token", "/.well-known/x", "/_emulator/trace", "/"]
)
def test_what_is_no_part_of_the_web_api_passes_and_is_not_kept(tmp_path: Path, target: str) -> None:
    tenant = Scripted('{"access_token": "x"}', JSON)
    with recording(tenant, tmp_path / "c.jsonl") as (ours, _):
        answer = ask(ours, "POST", target, "client_secret=x")

    assert answer.json() == {"access_token": "x"}
    assert read_cassette(tmp_path / "c.jsonl").exchanges == ()


def test_a_token_of_the_recorders_own_takes_the_place_of_the_clients(tmp_path: Path) -> None:
    tenant = Scripted("{}", JSON)
    with (
        servers.serve(tenant) as behind,
        Recorder(behind.url, tmp_path / "c.jsonl", lambda: "own") as recorder,
        servers.serve(recorder) as before,
    ):
        ask(before.url, "GET", "WhoAmI", headers={"Authorization": "Bearer client"})

    assert tenant.asked[0]["HTTP_AUTHORIZATION"] == "Bearer own"


def test_a_tenant_that_does_not_answer_is_told_and_nothing_is_kept(tmp_path: Path) -> None:
    with (
        Recorder("http://127.0.0.1:9", tmp_path / "c.jsonl") as recorder,
        servers.serve(recorder) as before,
    ):
        answer = ask(before.url, "GET", "WhoAmI")

    assert answer.status == 502
    assert "http://127.0.0.1:9 did not answer whole" in answer.json()["error"]["message"]
    assert read_cassette(tmp_path / "c.jsonl").exchanges == ()


def test_a_body_that_is_not_compressed_as_it_says_is_the_clients_fault(tmp_path: Path) -> None:
    tenant = Scripted("{}", JSON)
    with recording(tenant, tmp_path / "c.jsonl") as (ours, _):
        answer = ask(ours, "POST", "accounts", b"no gzip", {"Content-Encoding": "gzip"})

    assert (answer.status, tenant.asked) == (400, [])


def test_a_cassette_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "c.jsonl"
    path.write_text("mine", encoding="utf-8")

    with pytest.raises(CassetteError, match="is there already"):
        Recorder("http://127.0.0.1:9", path)

    assert path.read_text("utf-8") == "mine"


def test_our_address_in_targets_and_bodies_is_the_tenants_when_it_goes_on(tmp_path: Path) -> None:
    tenant = Scripted("", status="204 No Content")
    with recording(tenant, tmp_path / "c.jsonl") as (ours, theirs):
        row = f"{ours}/api/data/v9.2/accounts(1)"
        ask(ours, "DELETE", f"accounts(2)/children/$ref?$id={row}")
        ask(ours, "POST", "accounts(2)/children/$ref", {"@odata.id": row})

    moved = f"{theirs}/api/data/v9.2/accounts(1)"
    assert tenant.asked[0]["QUERY_STRING"] == f"$id={moved}"
    assert json.loads(tenant.bodies[1]) == {"@odata.id": moved}
    kept = (tmp_path / "c.jsonl").read_text("utf-8")
    assert kept.count(f"{ORIGIN}/api/data/v9.2/accounts(1)") == 2
    assert ours not in kept
