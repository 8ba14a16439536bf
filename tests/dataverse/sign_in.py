"""What tests of signing in share: an emulated sign-in service on loopback, and certificates."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from connector.dataverse.auth import AuthMethod, AuthSettings, TokenSource, token_source
from connector.emulator.protocol.exchange import Request
from connector.emulator.sign_in.token import SignInSettings, TokenService
from tests.dataverse.far_side import Handler, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    from connector.emulator.sign_in.credentials import RegisteredClient


ENVIRONMENT = "https://org.crm.dynamics.com"


TENANT = "11111111-1111-1111-1111-111111111111"


NOW = datetime(2020, 10, 5, tzinfo=UTC)


SECONDS = 1_601_856_000


clock = NOW.timestamp


SECRET = "s3cret-of-the-client"


class Redirected:
    """What msal calls a http client: the sign-in host's requests go to the loopback service."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, url: str, **options: Any) -> requests.Response:
        return self._session.get(self._url(url), timeout=5, **_known(options))

    def post(self, url: str, **options: Any) -> requests.Response:
        return self._session.post(self._url(url), timeout=5, **_known(options))

    def close(self) -> None:
        self._session.close()

    def _url(self, url: str) -> str:
        return self._base + url.removeprefix("https://login.microsoftonline.com")


def _known(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in ("params", "data", "headers") if name in options}


@dataclass
class Directory:
    """The sign-in service and what was asked of it."""

    service: TokenService
    base: str = ""
    asked: int = 0

    def behave(self, handler: Handler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            method=handler.command,
            path=parts.path.lstrip("/"),
            query=parts.query,
            headers={name.lower(): value for name, value in handler.headers.items()},
            body=handler.received,
        )
        answer = self.service.handle(request, "https://login.microsoftonline.com")
        assert answer is not None
        if not parts.path.endswith("openid-configuration"):
            self.asked += 1
        handler.reply(answer.status, answer.body, *answer.headers)


@contextmanager
def directory(
    *clients: RegisteredClient, polls: int = 0, identity_header: str | None = None
) -> Iterator[Directory]:
    settings = SignInSettings(clients=clients, polls=polls, identity_header=identity_header)
    found = Directory(TokenService(lambda: NOW, settings))
    with serving(found.behave) as base:
        found.base = base
        yield found


def settings_for(method: AuthMethod, **others: object) -> AuthSettings:
    return AuthSettings(method=method, tenant_id=TENANT, client_id="cid", **others)  # type: ignore[arg-type]


def source(there: Directory, settings: AuthSettings, **others: object) -> TokenSource:
    return token_source(
        settings,
        ENVIRONMENT,
        now=clock,
        http_client=Redirected(there.base),
        **others,  # type: ignore[arg-type]
    )


@dataclass(frozen=True)
class Certificate:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    @property
    def public(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def pem(self, password: bytes | None) -> bytes:
        how = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        key = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how
        )
        return key + self.public.encode()

    def pfx(self, password: bytes) -> bytes:
        how = serialization.BestAvailableEncryption(password)
        return pkcs12.serialize_key_and_certificates(b"us", self.key, self.certificate, None, how)


def as_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
