"""What a request proves, and whom its token stands for."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import pytest

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.exchange import Request
from connector.emulator.sign_in.callers import Auth, Identity, check_token, identity_of
from connector.emulator.sign_in.token import TokenService

NOW = datetime(2020, 10, 1, tzinfo=UTC)


def request(token: str | None) -> Request:
    headers = {} if token is None else {"authorization": token}
    return Request(
        method="GET",
        path="accounts",
        query="",
        headers=headers,
        body=b"",
        service_root="https://org.crm.dynamics.com/api/data/v9.2/",
    )


@pytest.fixture
def tokens() -> TokenService:
    return TokenService(lambda: NOW)


def token_of(**claims: object) -> str:
    middle = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"Bearer e30.{middle}.x"


@pytest.mark.parametrize(
    ("auth", "token", "is_let_in"),
    [
        (Auth.OFF, None, True),
        (Auth.ANY, None, False),
        (Auth.ANY, "Bearer ", False),
        (Auth.ANY, "Basic eA==", False),
        (Auth.ANY, "Bearer x", True),
        (Auth.STRICT, "Bearer x", False),
    ],
)
def test_a_token_is_demanded_as_the_setting_says(
    tokens: TokenService, auth: Auth, token: str | None, *, is_let_in: bool
) -> None:
    if is_let_in:
        check_token(auth, tokens, request(token))
        return
    with pytest.raises(DataverseFault) as refused:
        check_token(auth, tokens, request(token))
    assert (refused.value.status, refused.value.code) == (401, "0x80044302")


@pytest.mark.parametrize(
    ("token", "identity"),
    [
        (None, None),
        ("Basic eA==", None),
        (
            "Bearer any text",
            Identity(application_id="any text", user_name="any text", is_vague=True),
        ),
        (
            "Bearer a.b.c",
            Identity(application_id="a.b.c", user_name="a.b.c", is_vague=True),
        ),
        (token_of(appid="app", oid="object"), Identity(application_id="app", object_id="object")),
        (token_of(azp="app"), Identity(application_id="app")),
        (token_of(upn="name", appid="app"), Identity(user_name="name")),
        (token_of(preferred_username="name"), Identity(user_name="name")),
        (token_of(appid=5), Identity()),
    ],
)
def test_a_token_stands_for_what_its_claims_say(
    tokens: TokenService, token: str | None, identity: Identity | None
) -> None:
    assert identity_of(tokens, request(token)) == identity
