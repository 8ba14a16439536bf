"""
Where tokens come from: the settings of a sign-in are checked and made into a source of tokens.

msal is imported when the first token is asked for, because that costs a tenth of a second.
"""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.dataverse.address import is_loopback
from connector.dataverse.certificates import certificate_fault
from connector.dataverse.credentials import (
    FEDERATED_TOKEN_FILE,
    AuthMethod,
    AuthSettings,
    NoToken,
    TokenSource,
)
from connector.dataverse.errors import SignInFailed, UnusableSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = [
    "AuthMethod",
    "AuthSettings",
    "NoToken",
    "TokenSource",
    "sign_in_service",
    "token_source",
]

_LOGIN_BY_ENDING = {
    ".us": "https://login.microsoftonline.us",
    ".cn": "https://login.partner.microsoftonline.cn",
}
_LOGIN = "https://login.microsoftonline.com"


_NEEDED = {
    AuthMethod.CLIENT_SECRET: ("tenant_id", "client_id", "client_secret"),
    AuthMethod.CERTIFICATE: ("tenant_id", "client_id", "certificate_path"),
    AuthMethod.WORKLOAD_IDENTITY: ("tenant_id", "client_id"),
    AuthMethod.DEVICE_CODE: ("tenant_id", "client_id"),
}


def token_source(
    settings: AuthSettings,
    resource_url: str,
    *,
    now: Callable[[], float],
    announce: Callable[[str], None] | None = None,
    environ: Mapping[str, str] = os.environ,
    http_client: object = None,
) -> TokenSource:
    """
    The token source that the settings describe, for one environment.

    *now* is the machine's clock in seconds since 1970, by which the Azure CLI tells when a token
    ends; *announce* shows a person the device code; *http_client* replaces msal's own connection.
    Raises UnusableSettings, naming all missing keys at once, before anything is sent.
    """
    from connector.dataverse import identity  # noqa: PLC0415 - msal stays unimported until used

    complete = _completed(settings, environ)
    _check(complete, resource_url, environ)
    if complete.method is AuthMethod.NONE:
        return NoToken()
    return identity.make(
        identity.SignIn(
            settings=complete,
            resource_url=resource_url,
            authority=f"{sign_in_service(complete, resource_url)}/{complete.tenant_id}",
            announce=announce or _nobody_there,
            environ=environ,
            now=now,
            http_client=http_client,
        )
    )


def _completed(settings: AuthSettings, environ: Mapping[str, str]) -> AuthSettings:
    """Workload identity: what Azure's own webhook puts into the environment of a workload."""
    if settings.method is not AuthMethod.WORKLOAD_IDENTITY:
        return settings
    return replace(
        settings,
        tenant_id=settings.tenant_id or environ.get("AZURE_TENANT_ID", ""),
        client_id=settings.client_id or environ.get("AZURE_CLIENT_ID", ""),
    )


def _check(settings: AuthSettings, resource_url: str, environ: Mapping[str, str]) -> None:
    faults = [*_missing(settings), *_impossible(settings, resource_url, environ)]
    if faults:
        message = f"sign-in by {settings.method}: {'; '.join(faults)}"
        raise UnusableSettings(message)


def _missing(settings: AuthSettings) -> list[str]:
    needed = _NEEDED.get(settings.method, ())
    return [f"{name} is missing" for name in needed if not getattr(settings, name)]


def _impossible(
    settings: AuthSettings, resource_url: str, environ: Mapping[str, str]
) -> Iterator[str]:
    if settings.method is AuthMethod.NONE and not is_loopback(resource_url):
        yield f"only an address of this machine needs no token, {resource_url} does"
    if settings.method is AuthMethod.WORKLOAD_IDENTITY and not environ.get(FEDERATED_TOKEN_FILE):
        yield f"{FEDERATED_TOKEN_FILE} is not set"
    if settings.authority and not settings.authority.startswith("https://"):
        yield "authority does not begin with https://"
    path = settings.certificate_path
    if settings.method is AuthMethod.CERTIFICATE and path is not None:
        fault = _certificate_fault(path, settings.certificate_password)
        if fault is not None:
            yield f"certificate {path} {fault}"


def _certificate_fault(path: Path, password: str) -> str | None:
    return certificate_fault(path, password) if path.is_file() else "is no file"


def sign_in_service(settings: AuthSettings, resource_url: str) -> str:
    """Where tokens come from: as configured, else that of the cloud which *resource_url* is in."""
    if settings.authority:
        return settings.authority.rstrip("/")
    host = urlsplit(resource_url).hostname or ""
    endings = (login for ending, login in _LOGIN_BY_ENDING.items() if host.endswith(ending))
    return next(endings, _LOGIN)


def _nobody_there(_message: str) -> None:
    text = "sign-in by device-code needs a person at the terminal"
    raise SignInFailed(text)
