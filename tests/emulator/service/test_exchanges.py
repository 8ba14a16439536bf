"""The last exchanges are kept with what was said, and without secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connector.emulator import ConnectionDropped, Emulator, FaultKind, ScriptedFault
from connector.emulator.service.exchanges import CAPACITY, SHOWN, WITHHELD
from tests.emulator.web import InProcess

ACCOUNTS = "/api/data/v9.2/accounts"
SIGN_IN = "/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token"


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


def send(emulator: Emulator, method: str, target: str, body: str = "", **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    InProcess(emulator.app).send(method, target, named, body.encode())


def test_request_and_answer_are_kept_with_headers_and_bodies(emulator: Emulator) -> None:
    send(
        emulator,
        "POST",
        "/api/data/v9.2/accounts",
        '{"nmae": "Adatum"}',
        content_type="application/json",
    )

    [kept] = emulator.exchanges
    assert (kept.method, kept.url) == (
        "POST",
        "https://org.crm.dynamics.com/api/data/v9.2/accounts",
    )
    assert kept.request_headers["content-type"] == "application/json"
    assert kept.request_body == '{"nmae": "Adatum"}'
    assert (kept.status, kept.note, kept.at) == (400, "", emulator.clock())
    assert "nmae" in json.loads(kept.response_body)["error"]["message"]
    assert "REQ_ID" in kept.response_headers


def test_an_address_is_shown_as_it_was_sent(emulator: Emulator) -> None:
    target = "/api/data/v9.2/accounts(accountnumber='A%20B')?$filter=name%20eq%20'x'&$skiptoken=7"
    send(emulator, "GET", target)

    assert emulator.exchanges[0].url == f"https://org.crm.dynamics.com{target}"


@pytest.mark.parametrize("kind", [FaultKind.DROP_BEFORE, FaultKind.DROP_AFTER])
def test_a_broken_connection_has_no_status_and_says_on_which_side(
    emulator: Emulator, kind: FaultKind
) -> None:
    emulator.plan(ScriptedFault(kind=kind))
    with pytest.raises(ConnectionDropped):
        send(
            emulator,
            "POST",
            "/api/data/v9.2/accounts",
            '{"name": "x"}',
            content_type="application/json",
        )

    [kept] = emulator.exchanges
    side = "before" if kind is FaultKind.DROP_BEFORE else "after"
    assert (kept.status, kept.response_body) == (0, "")
    assert kept.note == f"the connection was dropped by a scripted fault, {side} the operation"


def test_tokens_secrets_and_cookies_are_withheld(emulator: Emulator) -> None:
    form = "grant_type=client_credentials&client_id=me&client_secret=hush&scope=s%2F.default"
    send(emulator, "POST", SIGN_IN, form, content_type="application/x-www-form-urlencoded")
    send(emulator, "GET", "/api/data/v9.2/WhoAmI", authorization="Bearer hush", cookie="a=hush")
    body = '{"name": "x", "cr_ApiKey": "hu\\"sh", "password": "hush'
    send(emulator, "POST", "/api/data/v9.2/accounts", body, content_type="application/json")

    shown = repr(emulator.exchanges)
    assert "hush" not in shown.replace('hu\\\\"sh', "hush")
    signed_in = emulator.exchanges[0]
    assert f"client_id=me&client_secret={WITHHELD}&scope" in signed_in.request_body
    assert json.loads(signed_in.response_body)["access_token"] == WITHHELD
    assert emulator.exchanges[1].request_headers["authorization"] == WITHHELD


def test_long_bodies_are_cut_and_old_exchanges_forgotten(emulator: Emulator) -> None:
    for number in range(CAPACITY + 1):
        send(emulator, "GET", f"/api/data/v9.2/accounts?$top={number + 1}", "x" * (SHOWN + 1))

    assert len(emulator.exchanges) == CAPACITY
    assert emulator.exchanges[0].url.endswith("$top=2")
    assert emulator.exchanges[0].request_body == f"{'x' * SHOWN} …"


def test_the_control_plane_shows_and_forgets_them(emulator: Emulator) -> None:
    def control(method: str, name: str) -> Any:
        return InProcess(emulator.app).send(method, f"/_emulator/{name}", {}, b"").json()

    send(emulator, "GET", "/api/data/v9.2/WhoAmI")
    [shown] = control("GET", "exchanges")["exchanges"]
    assert (shown["method"], shown["status"]) == ("GET", 200)
    assert "UserId" in json.loads(shown["response_body"])

    control("DELETE", "trace")
    assert control("GET", "exchanges") == {"exchanges": []}
