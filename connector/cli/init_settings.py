"""The settings that `init` has gathered: as a file, and as a connector that tries them."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.connector import Connector
from connector.dataverse.errors import DataverseError
from connector.settings.document import PREFIX
from connector.settings.faults import ConfigError
from connector.settings.load import load_settings
from connector.settings.sections import NEEDED_KEYS
from connector.settings.template import example_text, filled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from connector.settings.load import Settings
    from connector.usecases.sign_in import SignedIn

SECRET: Final = f"{PREFIX}AUTH__CLIENT_SECRET"
PASSWORD: Final = f"{PREFIX}AUTH__CERTIFICATE_PASSWORD"
#: Keys that a sign-in method cannot do without.
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {m.value: keys for m, keys in NEEDED_KEYS.items()}
#: Only the owner reads a file with a secret in it.
_OWNER_ONLY: Final = 0o600


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a configuration file of a tenant needs to say."""

    url: str
    method: str
    time_zone: str
    tenant_id: str | None = None
    client_id: str | None = None
    certificate: Path | None = None
    authority: str | None = None
    client_secret: str | None = None

    def __repr__(self) -> str:
        """The answers without the secret."""
        return f"Answers({self.url}, {self.method}, {self.time_zone})"

    def text(self, *, with_secret: bool) -> str:
        """The configuration file, with the comments of the example."""
        values = {
            ("dataverse", "url"): self.url,
            ("auth", "method"): self.method,
            ("auth", "tenant_id"): self.tenant_id,
            ("auth", "client_id"): self.client_id,
            ("auth", "certificate"): self.certificate and self.certificate.absolute().as_posix(),
            ("auth", "authority"): self.authority,
            ("auth", "client_secret"): self.client_secret if with_secret else None,
            ("run", "time_zone"): self.time_zone,
        }
        return filled(example_text(), {key: value for key, value in values.items() if value})

    def settings(self) -> Settings:
        """The settings that the file will stand for; raises `ConfigError` with every fault."""
        variables = {SECRET: self.client_secret or "", PASSWORD: os.environ.get(PASSWORD, "")}
        with tempfile.TemporaryDirectory(prefix="proforma-") as folder:
            file = Path(folder) / "config.toml"
            file.write_text(self.text(with_secret=False), encoding="utf-8")
            try:
                return load_settings(file, variables)
            except ConfigError as error:
                told = (fault.removeprefix(f"{file}: ") for fault in error.faults)
                raise ConfigError(tuple(told)) from None


def try_settings(answers: Answers, *, announce: Callable[[str], None]) -> SignedIn:
    """Sign in as *answers* say; raises `ConfigError` and `DataverseError`."""
    settings = answers.settings()
    announce(f"trying {settings.dataverse.url} …")
    try:
        with Connector(settings, announce=announce) as connector:
            return connector.sign_in()
    except DataverseError as error:
        error.add_note("nothing was written; --untried writes the file without signing in")
        raise


def write_settings(path: Path, answers: Answers, *, with_secret: bool) -> None:
    """
    Write the file, whole or not at all; raises `ConfigError` when it could not be used.

    A file with a secret can be read by its owner only.
    """
    answers.settings()
    text = answers.text(with_secret=with_secret)
    unfinished = path.with_name(f".{path.name}.new")
    try:
        mode = _OWNER_ONLY if with_secret else 0o666
        number = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(text)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        message = f"{path} cannot be written: {error.strerror or error}"
        raise ConfigError((message,)) from error


def zone_doubt(zone: str, signed_in: SignedIn) -> str | None:
    """What makes *zone* look wrong; None where most people keep it."""
    if signed_in.zone is None:
        return f"whether {zone} is the tenant's zone is not known: {signed_in.because}"
    if signed_in.zone.is_like(ZoneInfo(zone)):
        return None
    return f"{signed_in.zone.text}, not {zone}: make sure that schedules are kept in {zone}"


def other_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """Variables that will overrule the file, those of secrets left out."""
    for name in sorted(environ):
        if name.upper().startswith(PREFIX) and name.upper() not in (SECRET, PASSWORD):
            yield name
