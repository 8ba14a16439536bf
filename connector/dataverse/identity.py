"""The ways to sign in: msal for Entra ID and managed identities, the Azure CLI for people."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, TypeAlias

from connector.dataverse.certificates import is_pfx
from connector.dataverse.credentials import (
    FEDERATED_TOKEN_FILE,
    AuthMethod,
    AuthSettings,
    TokenSource,
)
from connector.dataverse.errors import SignInFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_NETWORK_TIMEOUT = 30
_CLI_TIMEOUT = 60
_EARLY = 300
"""Seconds before its end at which a token no longer counts as valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """Everything that a way to sign in may need, checked to be complete."""

    settings: AuthSettings
    resource_url: str
    authority: str
    announce: Callable[[str], None]
    environ: Mapping[str, str] = field(repr=False)
    now: Callable[[], float]
    http_client: object

    @property
    def scopes(self) -> list[str]:
        """What the token shall be good for, in msal's form."""
        return [f"{self.resource_url}/.default"]


Acquire: TypeAlias = "Callable[[], Mapping[str, object]]"


def make(sign_in: SignIn) -> TokenSource:
    """The token source of the chosen method; nothing is sent before its first token is needed."""
    if sign_in.settings.method is AuthMethod.AZURE_CLI:
        return AzureCli(sign_in.resource_url, sign_in.now)
    if sign_in.settings.method is AuthMethod.DEVICE_CODE:
        return DeviceCode(sign_in)
    return MsalCache(sign_in, _BUILDERS[sign_in.settings.method])


class MsalCache:
    """
    Asks msal for each request and lets it decide from its own cache.

    An invalid token is forgotten together with the msal application that keeps it.
    """

    def __init__(self, sign_in: SignIn, build: Callable[[SignIn], Acquire]) -> None:
        self._sign_in = sign_in
        self._build = build
        self._acquire: Acquire | None = None
        self._lock = threading.Lock()

    def token(self) -> str:
        """A token from the cache or from the sign-in service."""
        with self._lock:
            return _token_of(self._sign_in, self._ask)

    def invalidate(self) -> None:
        """Begin again with an empty cache."""
        with self._lock:
            self._acquire = None

    def _ask(self) -> Mapping[str, object]:
        if self._acquire is None:
            self._acquire = self._build(self._sign_in)
        return self._acquire()


class DeviceCode:
    """A person signs in once with a code in a browser; later tokens come from the refresh token."""

    def __init__(self, sign_in: SignIn) -> None:
        self._sign_in = sign_in
        self._application: _PublicApplication | None = None
        self._stale = False
        self._lock = threading.Lock()

    def token(self) -> str:
        """A token from the cache, by the refresh token, or after asking the person."""
        with self._lock:
            token = _token_of(self._sign_in, self._ask)
            self._stale = False
            return token

    def invalidate(self) -> None:
        """Use the refresh token next time, without asking the person again."""
        with self._lock:
            self._stale = True

    def _ask(self) -> Mapping[str, object]:
        if self._application is None:
            self._application = _public_application(self._sign_in)
        return self._silently(self._application) or self._with_person(self._application)

    def _silently(self, application: _PublicApplication) -> Mapping[str, object] | None:
        accounts = application.get_accounts()
        if not accounts:
            return None
        return application.acquire_token_silent(
            self._sign_in.scopes, accounts[0], force_refresh=self._stale
        )

    def _with_person(self, application: _PublicApplication) -> Mapping[str, object]:
        flow = application.initiate_device_flow(scopes=self._sign_in.scopes)
        if "user_code" not in flow:
            return flow
        self._sign_in.announce(str(flow["message"]))
        return application.acquire_token_by_device_flow(flow)


class AzureCli:
    """Borrows the sign-in of `az login`; *now* is in seconds since 1970, as the CLI counts."""

    def __init__(self, resource_url: str, now: Callable[[], float]) -> None:
        self._resource_url = resource_url
        self._now = now
        self._token = ""
        self._valid_until = 0.0
        self._lock = threading.Lock()

    def token(self) -> str:
        """The CLI's token, asked for again shortly before it expires."""
        with self._lock:
            if not self._token or self._now() >= self._valid_until:
                self._token, self._valid_until = self._asked()
            return self._token

    def invalidate(self) -> None:
        """Ask the CLI next time."""
        with self._lock:
            self._token = ""

    def _asked(self) -> tuple[str, float]:
        try:
            answer = json.loads(_az(self._resource_url))
            # Older versions tell the end in local time only: then the token is kept for no time.
            return str(answer["accessToken"]), float(answer.get("expires_on", 0)) - _EARLY
        except (ValueError, KeyError, TypeError) as error:
            message = "az account get-access-token answered something else than a token"
            raise SignInFailed(message) from error


class _PublicApplication(Protocol):
    """The part of msal's untyped PublicClientApplication that is used here."""

    def get_accounts(self) -> list[Mapping[str, object]]: ...
    def acquire_token_silent(
        self, scopes: list[str], account: Mapping[str, object], *, force_refresh: bool
    ) -> Mapping[str, object] | None: ...
    def initiate_device_flow(self, scopes: list[str]) -> Mapping[str, object]: ...
    def acquire_token_by_device_flow(self, flow: Mapping[str, object]) -> Mapping[str, object]: ...


def _az(resource_url: str) -> str:
    program = shutil.which("az")
    if program is None:
        message = "sign-in by azure-cli: az is not on the PATH"
        raise SignInFailed(message)
    command = [program, "account", "get-access-token", "--resource", resource_url, "-o", "json"]
    try:
        done = subprocess.run(  # noqa: S603 - the program found on the PATH, arguments of our own
            command,
            capture_output=True,
            encoding="utf-8",
            errors="replace",  # its words may be in the code page of the console
            timeout=_CLI_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"sign-in by azure-cli: az did not answer ({type(error).__name__})"
        raise SignInFailed(message) from error
    if done.returncode != 0:
        message = f"sign-in by azure-cli: {_first_line(done.stderr) or 'az failed'}"
        raise SignInFailed(message)
    return done.stdout


def _by_secret(sign_in: SignIn) -> Acquire:
    return _confidential(sign_in, sign_in.settings.client_secret)


def _by_certificate(sign_in: SignIn) -> Acquire:
    path = sign_in.settings.certificate_path
    if path is None:
        _fail("certificate is missing")
    password = sign_in.settings.certificate_password or None
    if is_pfx(path):
        pfx = {"private_key_pfx_path": str(path), "public_certificate": True}
        return _confidential(sign_in, {**pfx, "passphrase": password})
    pem = path.read_text(encoding="utf-8-sig")  # editors on Windows put a mark before it
    return _confidential(
        sign_in, {"private_key": pem, "public_certificate": pem, "passphrase": password}
    )


def _by_workload(sign_in: SignIn) -> Acquire:
    path = sign_in.environ[FEDERATED_TOKEN_FILE]
    return _confidential(sign_in, {"client_assertion": lambda: _read(path)})


def _by_managed_identity(sign_in: SignIn) -> Acquire:
    import msal  # noqa: PLC0415 - see the docstring of auth

    client_id = sign_in.settings.client_id
    identity = (
        msal.UserAssignedManagedIdentity(client_id=client_id)
        if client_id
        else msal.SystemAssignedManagedIdentity()
    )
    client = msal.ManagedIdentityClient(
        identity, http_client=sign_in.http_client or _local_session()
    )
    return lambda: client.acquire_token_for_client(resource=sign_in.resource_url)


def _confidential(sign_in: SignIn, credential: object) -> Acquire:
    import msal  # noqa: PLC0415 - see the docstring of auth

    application = msal.ConfidentialClientApplication(
        sign_in.settings.client_id,
        client_credential=credential,
        authority=sign_in.authority,
        instance_discovery=False,
        http_client=sign_in.http_client,
        timeout=_NETWORK_TIMEOUT,
    )
    return lambda: application.acquire_token_for_client(sign_in.scopes)


def _public_application(sign_in: SignIn) -> _PublicApplication:
    import msal  # noqa: PLC0415 - see the docstring of auth

    application: _PublicApplication = msal.PublicClientApplication(
        sign_in.settings.client_id,
        authority=sign_in.authority,
        instance_discovery=False,
        http_client=sign_in.http_client,
        timeout=_NETWORK_TIMEOUT,
    )
    return application


_UNCHECKED = (ValueError, OSError, AttributeError, KeyError, TypeError)
"""What msal raises for files, passwords and answers that it takes as they come."""

_BUILDERS: Mapping[AuthMethod, Callable[[SignIn], Acquire]] = {
    AuthMethod.CLIENT_SECRET: _by_secret,
    AuthMethod.CERTIFICATE: _by_certificate,
    AuthMethod.WORKLOAD_IDENTITY: _by_workload,
    AuthMethod.MANAGED_IDENTITY: _by_managed_identity,
}


def _token_of(sign_in: SignIn, ask: Acquire) -> str:
    """The token of msal's answer, whose failures come both as dictionaries and as exceptions."""
    import requests  # noqa: PLC0415 - see the docstring of auth
    from jwt.exceptions import PyJWTError  # noqa: PLC0415 - msal signs assertions with it
    from msal.exceptions import MsalError  # noqa: PLC0415

    method = sign_in.settings.method
    try:
        answer = ask()
    except requests.RequestException as error:
        message = f"sign-in by {method}: no answer ({type(error).__name__})"
        raise SignInFailed(message, transient=True) from error
    except (*_UNCHECKED, MsalError, PyJWTError) as error:
        message = f"sign-in by {method}: {_without_secrets(sign_in, _first_line(str(error)))}"
        raise SignInFailed(message) from error
    token = answer.get("access_token")
    if not isinstance(token, str) or not token:
        said = f"{answer.get('error', 'no token')}: {answer.get('error_description', '')}"
        _fail(f"sign-in by {method}: {_without_secrets(sign_in, _first_line(said))}")
    return token


def _without_secrets(sign_in: SignIn, text: str) -> str:
    settings = sign_in.settings
    for secret in (settings.client_secret, settings.certificate_password):
        if secret:
            text = text.replace(secret, "***")
    return text


def _local_session() -> object:
    import requests  # noqa: PLC0415 - see the docstring of auth

    session = requests.Session()
    session.trust_env = False  # the identity endpoint is on this machine's own network: no proxy
    return session


def _read(path: str) -> str:
    return Path(path).read_text(encoding="utf-8-sig").strip()


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


def _fail(text: str) -> NoReturn:
    raise SignInFailed(text)
