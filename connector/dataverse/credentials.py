"""How a caller signs in, and what every way to sign in gives: values and one protocol."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

FEDERATED_TOKEN_FILE = "AZURE_FEDERATED_TOKEN_FILE"  # noqa: S105 - a variable's name
"""The variable that names the file of a workload's own token."""


class AuthMethod(StrEnum):
    """The ways to sign in."""

    CLIENT_SECRET = "client-secret"  # noqa: S105 - a method's name
    CERTIFICATE = "certificate"
    MANAGED_IDENTITY = "managed-identity"
    WORKLOAD_IDENTITY = "workload-identity"
    AZURE_CLI = "azure-cli"
    DEVICE_CODE = "device-code"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """
    How to sign in; secrets are kept out of its repr.

    *authority* is the sign-in service without the tenant; left empty it follows from the
    environment's national cloud. *certificate_path* is a PEM file with key and certificate, or a
    PFX file. A managed identity with a *client_id* is a user-assigned one.
    """

    method: AuthMethod
    tenant_id: str = ""
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    certificate_path: Path | None = None
    certificate_password: str = field(default="", repr=False)
    authority: str = ""


class TokenSource(Protocol):
    """Gives a token for every request; keeping it until it expires is the source's own affair."""

    def token(self) -> str:
        """A valid token, or an empty text for none; safe from any thread. Raises SignInFailed."""

    def invalidate(self) -> None:
        """Forget the current token: the server did not accept it."""


class NoToken:
    """Asks for nothing; for an emulator on this machine only."""

    def token(self) -> str:
        """No token."""
        return ""

    def invalidate(self) -> None:
        """Nothing to forget."""
