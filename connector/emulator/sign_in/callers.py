"""Who calls: what a request proves of itself, and the identity that its token stands for."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.faults import DataverseFault

if TYPE_CHECKING:
    from connector.emulator.protocol.exchange import Request
    from connector.emulator.sign_in.token import TokenService

_SEGMENTS: Final = 3
_APPLICATION: Final = ("appid", "azp")
_USER_NAME: Final = ("upn", "preferred_username", "unique_name")


class Auth(StrEnum):
    """
    What the Web API demands of a caller.

    `OFF` takes requests with and without a token, `ANY` demands some bearer
    token, `STRICT` one that the emulator issued and that has not expired.
    """

    OFF = "off"
    ANY = "any"
    STRICT = "strict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """
    Who a token was issued to, as the directory knows it; text compares without case.

    *is_vague* marks a token that is no more than a text, which may be the name of a user.
    """

    application_id: str = ""
    user_name: str = ""
    object_id: str = ""
    is_vague: bool = False


def check_token(auth: Auth, tokens: TokenService, request: Request) -> None:
    """Raise the documented 401 when the request does not prove enough for *auth*."""
    if auth is Auth.OFF:
        return
    token = _bearer(request)
    known = bool(token)
    if known and auth is Auth.STRICT:
        known = tokens.recognises(token)
    if not known:
        raise _not_authenticated(request)


def identity_of(tokens: TokenService, request: Request) -> Identity | None:
    """
    Whose token a request carries; None for a request without one.

    A token of the emulator's own sign-in stands for the application or the user that it was
    given to. The claims of any other JSON web token are believed, unproven as they are.
    """
    token = _bearer(request)
    if not token:
        return None
    grant = tokens.grant_of(token)
    if grant is not None:
        return Identity(
            application_id="" if grant.user_name else grant.client_id, user_name=grant.user_name
        )
    claims = _claims(token)
    if claims is None:
        return Identity(application_id=token, user_name=token, is_vague=True)
    user_name = _first(claims, _USER_NAME)
    return Identity(
        application_id="" if user_name else _first(claims, _APPLICATION),
        user_name=user_name,
        object_id=_first(claims, ("oid",)),
    )


def _bearer(request: Request) -> str:
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _claims(token: str) -> dict[str, Any] | None:
    """The claims in the middle of a JSON web token; None for a text that is none."""
    segments = token.split(".")
    if len(segments) != _SEGMENTS:
        return None
    padded = segments[1] + "=" * (-len(segments[1]) % 4)
    try:
        claims = json.loads(base64.urlsafe_b64decode(padded))
    except ValueError:
        return None
    return claims if isinstance(claims, dict) else None


def _first(claims: dict[str, Any], names: tuple[str, ...]) -> str:
    found = (claims.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one), "")


def _not_authenticated(request: Request) -> DataverseFault:
    host = request.service_root.partition("/api/data/")[0]
    challenge = (
        "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, "
        f"resource_id={host}/"
    )
    message = "The request is not authenticated."
    return DataverseFault(401, "0x80044302", message, (("WWW-Authenticate", challenge),))
