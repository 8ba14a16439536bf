"""
The sign-in service: OAuth 2.0 tokens for every flow that the connector knows.

Client secret, signed assertion, device code, refresh token, and the two managed
identity endpoints (App Service and the instance metadata service). Real MSAL
works against it over TLS, or through an HTTP client that redirects the sign-in
host to it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.json_text import dumps
from connector.emulator.sign_in.credentials import (
    RegisteredClient,
    RejectedProof,
    check_assertion,
    check_secret,
    issuer_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.protocol.exchange import Request

LIFETIME: Final = 3599
IDENTITY_LIFETIME: Final = 86_400
DEVICE_CODE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
USER_ID: Final = "5f1d0000-0000-4000-8000-000000000001"
USER_NAME: Final = "user@emulator.invalid"

_INSTANCE_METADATA: Final = "metadata/identity/oauth2/token"
_APP_SERVICE: Final = "msi/token"
_INSTANCES: Final = "common/discovery/instance"
#: The sign-in services of each cloud: names that stand for the same one, the preferred first.
_CLOUDS: Final = (
    ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"),
    ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
    ("login.microsoftonline.de",),
    ("login.microsoftonline.us", "login.usgovcloudapi.net"),
    ("login-us.microsoftonline.com",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """
    An issued token: whose it is, for what, and the instant from which it is worthless.

    *user_name* is that of the person who signed in, empty for an application of its own.
    """

    client_id: str
    resource: str
    expires: datetime
    user_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInSettings:
    """
    What the emulated directory knows.

    Without *clients* every client id and every proof is accepted. *polls* is how
    often a device code is answered "pending" before somebody has signed in.
    *identity_header* is what App Service demands as `X-IDENTITY-HEADER`.
    """

    clients: tuple[RegisteredClient, ...] = ()
    polls: int = 0
    identity_header: str | None = None


class TokenService:
    """Issues tokens and recognises the ones that it issued."""

    def __init__(
        self, clock: Callable[[], datetime], settings: SignInSettings | None = None
    ) -> None:
        self._clock = clock
        self._settings = settings or SignInSettings()
        self._clients = {client.client_id: client for client in self._settings.clients}
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}
        self._pending: dict[str, int] = {}
        self._issued = 0

    def handle(self, request: Request, origin: str) -> Response | None:
        """Answer a request of the sign-in service, or return None when it is none of its own."""
        path = request.path
        if path in {_INSTANCE_METADATA, _APP_SERVICE}:
            return self._managed_identity(request)
        told = _told(path, origin)
        if told is not None:
            return _json(200, told)
        if path.endswith("/oauth2/v2.0/devicecode") and request.method == "POST":
            return self._device_code(origin)
        if path.endswith(("/oauth2/v2.0/token", "/oauth2/token")) and request.method == "POST":
            return self._token(dict(parse_qsl(request.body.decode("utf-8", "replace"))))
        return None

    def recognises(self, token: str) -> bool:
        """Whether *token* was issued here and has not expired."""
        grant = self.grant_of(token)
        return grant is not None and self._clock() < grant.expires

    def grant_of(self, token: str) -> Grant | None:
        """To whom *token* was issued, whether it has expired or not; None for a foreign one."""
        with self._lock:
            return self._grants.get(token)

    def revoke_all(self) -> None:
        """Make every token issued so far worthless, as an expired session does."""
        with self._lock:
            self._grants.clear()

    def _token(self, form: Mapping[str, str]) -> Response:
        try:
            return self._granted(form)
        except RejectedProof as rejected:
            return _refusal("invalid_client", rejected.number, rejected.message, status=401)

    def _granted(self, form: Mapping[str, str]) -> Response:
        kind = form.get("grant_type", "")
        resource = _resource(form)
        if kind == "client_credentials":
            client_id = self._proven_client(form)
            return _json(200, self._bearer(client_id, resource, LIFETIME))
        if kind == DEVICE_CODE_GRANT:
            return self._device_token(form, resource)
        if kind == "refresh_token":
            return _json(200, self._user_token(form, resource))
        return _refusal("unsupported_grant_type", 70003, f"The grant type '{kind}' is unknown.")

    def _proven_client(self, form: Mapping[str, str]) -> str:
        assertion = form.get("client_assertion")
        client_id = form.get("client_id") or (issuer_of(assertion) if assertion else "")
        if not assertion and not form.get("client_secret"):
            raise RejectedProof(7000218, "The request holds no client_assertion or client_secret.")
        if not self._clients:
            return client_id
        client = self._clients.get(client_id)
        if client is None:
            raise RejectedProof(700016, f"Application '{client_id}' was not found.")
        if assertion:
            check_assertion(client, assertion)
        else:
            check_secret(client, form["client_secret"])
        return client_id

    def _device_code(self, origin: str) -> Response:
        with self._lock:
            code = f"device-code-{len(self._pending) + 1}"
            self._pending[code] = self._settings.polls
        page = f"{origin}/devicelogin"
        return _json(
            200,
            {
                "device_code": code,
                "user_code": f"EMU{len(self._pending):05d}",
                "verification_uri": page,
                "expires_in": 900,
                "interval": 1,
                "message": f"To sign in, open {page} and enter the code.",
            },
        )

    def _device_token(self, form: Mapping[str, str], resource: str) -> Response:
        code = form.get("device_code", "")
        with self._lock:
            left = self._pending.get(code)
            if left:
                self._pending[code] = left - 1
        if left is None:
            return _refusal("invalid_grant", 70008, "The device code is unknown.")
        if left:
            return _refusal("authorization_pending", 70016, "Nobody has signed in yet.")
        return _json(200, self._user_token(form, resource))

    def _user_token(self, form: Mapping[str, str], resource: str) -> dict[str, Any]:
        client_id = form.get("client_id", "")
        tenant = USER_ID
        identity = {
            "iss": f"https://login.microsoftonline.com/{tenant}/v2.0",
            "aud": client_id,
            "sub": USER_ID,
            "oid": USER_ID,
            "tid": tenant,
            "preferred_username": USER_NAME,
            "exp": 4_102_444_800,
            "iat": int(self._clock().timestamp()),
        }
        return self._bearer(client_id, resource, LIFETIME, USER_NAME) | {
            "scope": f"{resource}/.default",
            "refresh_token": "emulator-refresh-token",
            "id_token": f"{_segment({'alg': 'none', 'typ': 'JWT'})}.{_segment(identity)}.",
            "client_info": _segment({"uid": USER_ID, "utid": tenant}),
        }

    def _managed_identity(self, request: Request) -> Response:
        query = dict(parse_qsl(request.query))
        demanded = self._settings.identity_header
        if request.path == _APP_SERVICE:
            if demanded is not None and request.header("x-identity-header") != demanded:
                return _json(400, {"statusCode": 400, "message": "The identity header is wrong."})
        elif (request.header("metadata") or "").lower() != "true":
            return _refusal("invalid_request", 900144, "The Metadata header is missing.")
        resource = query.get("resource", "")
        if not resource:
            return _refusal("invalid_request", 900144, "The resource is missing.")
        client_id = query.get("client_id", query.get("mi_res_id", "system-assigned"))
        answer = self._bearer(client_id, resource, IDENTITY_LIFETIME)
        return _json(200, answer | {"resource": resource, "client_id": client_id})

    def _bearer(
        self, client_id: str, resource: str, lifetime: int, user_name: str = ""
    ) -> dict[str, Any]:
        expires = self._clock() + timedelta(seconds=lifetime)
        with self._lock:
            self._issued += 1
            number = self._issued
            digest = hashlib.sha256(f"{client_id}|{resource}|{number}".encode()).hexdigest()
            token = f"emulator.{number}.{digest}"
            self._grants[token] = Grant(
                client_id=client_id, resource=resource, expires=expires, user_name=user_name
            )
        return {
            "token_type": "Bearer",
            "expires_in": lifetime,
            "ext_expires_in": lifetime,
            "expires_on": str(int(expires.timestamp())),
            "access_token": token,
        }


def _resource(form: Mapping[str, str]) -> str:
    scope = form.get("scope", "").split(" ")[0]
    return form.get("resource") or scope.removesuffix("/.default")


def _told(path: str, origin: str) -> dict[str, Any] | None:
    """What anybody is told without a proof, None when *path* asks for nothing of it."""
    if path.endswith("/.well-known/openid-configuration"):
        return _discovery(origin, path.split("/", 1)[0])
    if path == _INSTANCES:
        return _instances(origin)
    return {"keys": []} if path.endswith("/discovery/v2.0/keys") else None


def _discovery(origin: str, tenant: str) -> dict[str, Any]:
    base = f"{origin}/{tenant}"
    return {
        "issuer": f"{base}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
        "jwks_uri": f"{base}/discovery/v2.0/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }


def _instances(origin: str) -> dict[str, Any]:
    """Which names stand for the same sign-in service, as clients ask before they use one."""
    return {
        "tenant_discovery_endpoint": f"{origin}/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {"preferred_network": names[0], "preferred_cache": names[0], "aliases": list(names)}
            for names in _CLOUDS
        ],
    }


def _refusal(error: str, number: int, message: str, *, status: int = 400) -> Response:
    body = {
        "error": error,
        "error_description": f"AADSTS{number}: {message}",
        "error_codes": [number],
        "correlation_id": "00000000-0000-0000-0000-000000000000",
        "trace_id": "00000000-0000-0000-0000-000000000000",
    }
    return _json(status, body)


def _json(status: int, value: object) -> Response:
    headers = (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store"))
    return Response(status=status, headers=headers, body=dumps(value))


def _segment(claims: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
