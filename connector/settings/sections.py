"""The sections of a configuration file that are not decisions of the rules, as pydantic models."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from connector.dataverse.address import is_loopback, resource_url
from connector.dataverse.auth import AuthMethod, AuthSettings
from connector.dataverse.errors import UnusableSettings
from connector.invoicing.policy import MissedDates
from connector.settings.container import (
    EXPECTED,
    ContainerAddress,
    container_address,
    looks_like_container,
    parted,
)

#: Concurrent requests that the service accepts from one user.
MOST_WORKERS: Final = 52

#: Keys that a sign-in method cannot do without; workload identity finds its own in Azure.
NEEDED_KEYS: Final[dict[AuthMethod, tuple[str, ...]]] = {
    AuthMethod.CLIENT_SECRET: ("tenant_id", "client_id", "client_secret"),
    AuthMethod.CERTIFICATE: ("tenant_id", "client_id", "certificate"),
    AuthMethod.DEVICE_CODE: ("tenant_id", "client_id"),
}


class Section(BaseModel):
    """What every section has in common: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)


class WriteMode(StrEnum):
    """Who makes the drafts (DR-23): this connector row by row, or the tenant's own action."""

    ROWS = "rows"
    PLATFORM = "platform"


class Claim(StrEnum):
    """How a billed source is marked (DR-23): by the platform and verified, or patched by us."""

    VERIFY = "verify"
    PATCH = "patch"


class LogFormat(StrEnum):
    """How log lines look: for people, or one JSON object a line."""

    TEXT = "text"
    JSON = "json"


class OtherMidnights(StrEnum):
    """What a run does when the tenant's dates are no midnights of the time zone."""

    REFUSE = "refuse"
    WARN = "warn"


class Language(StrEnum):
    """The languages in which reports speak to people."""

    ENGLISH = "en"
    INDONESIAN = "id"
    MALAY = "ms"
    SWEDISH = "sv"
    THAI = "th"
    GERMAN = "de"


class LogLevel(StrEnum):
    """The least severe log line that is printed."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def _environment_url(text: str) -> str:
    if "@" in text:
        msg = "an address must not carry a user name or password; see [auth]"
        raise ValueError(msg)
    if text.startswith("http://") and not is_loopback(text):
        msg = f"plain http is for a loopback host only; use https, not {text!r}"
        raise ValueError(msg)
    try:
        return resource_url(text)
    except UnusableSettings as error:
        msg = f"expected an address such as https://contoso.crm4.dynamics.com, not {text!r}"
        raise ValueError(msg) from error


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        msg = f"unknown time zone {name!r}; expected a name such as Europe/Berlin or UTC"
        raise ValueError(msg) from error
    return name


def _https_address(text: str) -> str:
    if not text.startswith("https://"):
        msg = f"expected an address that begins with https://, not {text!r}"
        raise ValueError(msg)
    return text.rstrip("/")


def _store(text: str) -> str:
    if not text:
        msg = "expected a folder or the URL of a blob container"
        raise ValueError(msg)
    if looks_like_container(text):
        msg = f"{text!r} is no folder but an address that lacks its https://; {EXPECTED}"
        raise ValueError(msg)
    return container_address(text).url if "://" in text else text


def _account_key(secret: SecretStr) -> SecretStr:
    try:
        base64.b64decode(secret.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        msg = "expected an account key as the portal shows it, in base64"
        raise ValueError(msg) from None
    return secret


class DataverseSection(Section):
    """Which environment is read and written, and how."""

    url: Annotated[str, AfterValidator(_environment_url)]
    mapping: Path | None = None
    api_version: Annotated[str, Field(pattern=r"^v9\.[0-2]$")] = "v9.2"
    write_mode: WriteMode = WriteMode.ROWS
    claim: Claim = Claim.VERIFY
    workers: Annotated[int | None, Field(ge=1, le=MOST_WORKERS)] = None
    owner: UUID | None = None
    tag: Annotated[str | None, Field(max_length=100)] = None

    @property
    def is_on_loopback(self) -> bool:
        """Whether the environment is on this machine, as the embedded emulator is."""
        return is_loopback(self.url)


class AuthSection(Section):
    """How to sign in; what a method needs is checked, secrets never appear in any text."""

    method: AuthMethod = AuthMethod.NONE
    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: SecretStr | None = None
    certificate: Path | None = None
    certificate_password: SecretStr | None = None
    authority: Annotated[str, AfterValidator(_https_address)] | None = None

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        missing = [key for key in NEEDED_KEYS.get(self.method, ()) if not getattr(self, key)]
        if missing:
            msg = f"method {self.method.value!r} also needs {', '.join(missing)}"
            raise ValueError(msg)
        return self

    @property
    def sign_in(self) -> AuthSettings:
        """The same for the Dataverse client, secrets in the clear but out of its repr."""
        return AuthSettings(
            method=self.method,
            tenant_id=self.tenant_id or "",
            client_id=self.client_id or "",
            client_secret=_revealed(self.client_secret),
            certificate_path=self.certificate,
            certificate_password=_revealed(self.certificate_password),
            authority=self.authority or "",
        )


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


class RunSection(Section):
    """
    When a day begins, where runs are remembered, and what happens to missed dates (DR-5).

    *time_zone* has no default: a wrong one bills a wrong day.
    """

    time_zone: Annotated[str, AfterValidator(_known_zone)]
    other_midnights: OtherMidnights = OtherMidnights.REFUSE
    store: Annotated[str, AfterValidator(_store)] = "proforma-runs"
    store_key: Annotated[SecretStr, AfterValidator(_account_key)] | None = None
    store_sas: SecretStr | None = None
    retention_days: Annotated[int | None, Field(ge=1, le=36_500)] = None
    missed_dates: MissedDates = MissedDates.STRICT
    catch_up_days: Annotated[int, Field(ge=1, le=366)] = 31

    @model_validator(mode="before")
    @classmethod
    def _without_signature(cls, given: object) -> object:
        """A signature in the address moves to the key that nobody prints."""
        if not isinstance(given, Mapping) or not isinstance(given.get("store"), str):
            return given
        address, signature = parted(given["store"]) if "://" in given["store"] else ("", None)
        if signature is None:
            return given
        if given.get("store_sas") is not None:
            msg = "store has a shared access signature in its address, and store_sas another one"
            raise ValueError(msg)
        return {**given, "store": address, "store_sas": signature}

    @model_validator(mode="after")
    def _can_be_opened(self) -> Self:
        container = self.container
        if container is None:
            return self
        if self.store_key and self.store_sas:
            msg = "store_key and store_sas are two ways to open the store; expected one of them"
            raise ValueError(msg)
        if container.needs_a_key and not (self.store_key or self.store_sas):
            msg = f"plain http carries no token: {container.url} needs store_key or store_sas"
            raise ValueError(msg)
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone: whose midnight parts two run dates."""
        return ZoneInfo(self.time_zone)

    def days_to_catch_up(self, asked: int | None = None) -> int | None:
        """Days to look back: as *asked* (0: as configured), else as configured; None is strict."""
        if asked is None and self.missed_dates is not MissedDates.CATCH_UP:
            return None
        return asked or self.catch_up_days

    @property
    def is_store_remote(self) -> bool:
        """Whether *store* is the URL of a blob container and no folder."""
        return "://" in self.store

    @property
    def container(self) -> ContainerAddress | None:
        """The blob container that *store* names; None where it is a folder."""
        return container_address(self.store) if self.is_store_remote else None


class NotifyOn(StrEnum):
    """Which runs somebody is told of: those that left something undone, or every one."""

    FAILURE = "failure"
    ALWAYS = "always"


class NotifyForm(StrEnum):
    """What a message looks like: a text with fields beside it, or that in a card for Teams."""

    TEXT = "text"
    TEAMS = "teams"


def _webhook(secret: SecretStr) -> SecretStr:
    """Who knows the address can post there, so that no message repeats it."""
    try:
        parts = urlsplit(secret.get_secret_value())
    except ValueError:
        parts = urlsplit("")
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.geturl()))
    if not is_safe or not parts.hostname:
        msg = "expected an address that begins with https:// (plain http is for this machine only)"
        raise ValueError(msg)
    return secret


class NotifySection(Section):
    """Who is told of the end of a run; the address is a secret and appears in no text."""

    webhook: Annotated[SecretStr, AfterValidator(_webhook)] | None = None
    on: NotifyOn = NotifyOn.FAILURE
    form: NotifyForm = NotifyForm.TEXT


class ReportSection(Section):
    """
    How reports speak to people; nothing of it changes what is written or what machines read.

    *coming_days* is how far the calendar of coming runs looks ahead; 0 leaves it out.
    """

    language: Language = Language.ENGLISH
    links: bool = True
    coming_days: Annotated[int, Field(ge=0, le=366)] = 60


class LogSection(Section):
    """How log lines look and which are printed."""

    format: LogFormat = LogFormat.TEXT
    level: LogLevel = LogLevel.INFO
