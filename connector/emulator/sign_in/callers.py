"""Who calls: bearer tokens, and the user on whose behalf a request is made."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.faults import DataverseFault
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid
from connector.emulator.storage.principals import USER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.protocol.exchange import Request
    from connector.emulator.sign_in.token import TokenService
    from connector.emulator.storage.store import Store


class Auth(StrEnum):
    """
    What the Web API demands of a caller.

    `OFF` takes requests with and without a token, `ANY` demands some bearer
    token, `STRICT` one that the emulator issued and that has not expired.
    """

    OFF = "off"
    ANY = "any"
    STRICT = "strict"


def check_token(auth: Auth, tokens: TokenService, request: Request) -> None:
    """Raise the documented 401 when the request does not prove enough for *auth*."""
    if auth is Auth.OFF:
        return
    scheme, _, token = (request.header("authorization") or "").partition(" ")
    known = scheme.lower() == "bearer" and bool(token.strip())
    if known and auth is Auth.STRICT:
        known = tokens.recognises(token.strip())
    if not known:
        raise _not_authenticated(request)


def caller_of(store: Store, headers: Mapping[str, str]) -> Reference:
    """
    Return the user that the impersonation headers name, or the emulator's own.

    `CallerObjectId` is a directory object id, `MSCRMCallerID` a systemuserid.
    Raises the documented 404 when no such user exists.
    """
    for header, column in _IMPERSONATION.items():
        text = headers.get(header)
        if text is not None:
            return _user(store, column, text)
    return USER


_IMPERSONATION = {"callerobjectid": "azureactivedirectoryobjectid", "mscrmcallerid": "systemuserid"}


def _user(store: Store, column: str, text: str) -> Reference:
    table, user_id = store.schema.table("systemuser"), parse_guid(text)
    if user_id is None or column not in table.columns:
        raise faults.not_found(table="systemuser", row_id=text)
    with store.reading() as tx:
        found = tx.find(table, {column: user_id})
    if not found:
        raise faults.not_found(table="systemuser", row_id=text)
    return Reference(table="systemuser", id=found[0].id)


def _not_authenticated(request: Request) -> DataverseFault:
    host = request.service_root.partition("/api/data/")[0]
    challenge = (
        "Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize, "
        f"resource_id={host}/"
    )
    message = "The request is not authenticated."
    return DataverseFault(401, "0x80044302", message, (("WWW-Authenticate", challenge),))
