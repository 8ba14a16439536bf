"""The address of a blob container, read as people copy it and refused where it cannot be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn
from urllib.parse import parse_qs, urlsplit

from connector.dataverse.address import is_loopback

if TYPE_CHECKING:
    from urllib.parse import SplitResult

EXPECTED: Final = (
    "expected https://ACCOUNT.blob.core.windows.net/CONTAINER, or for Azurite on this machine"
    " http://127.0.0.1:10000/devstoreaccount1/CONTAINER"
)
#: The account of every Azurite; its key is published, so that it needs none from the settings.
DEVELOPMENT_ACCOUNT: Final = "devstoreaccount1"
#: What Microsoft's page "Naming and referencing containers, blobs, and metadata" allows.
_CONTAINER: Final = re.compile(r"(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*")
_ACCOUNT: Final = re.compile(r"[a-z0-9]{1,24}")
_BLOB_HOST: Final = re.compile(r"\.blob\.(?:core|storage)\.")
_DATA_LAKE_HOST: Final = re.compile(r"\.dfs\.(?:core|storage)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerAddress:
    """A blob container; *account_url* has no slash at its end, and nothing here is secret."""

    account_url: str
    account: str
    container: str

    @property
    def url(self) -> str:
        """The address of the container, as messages name it."""
        return f"{self.account_url}/{self.container}"

    @property
    def is_on_loopback(self) -> bool:
        """Whether the account is an emulator on this machine."""
        return is_loopback(self.account_url)

    @property
    def is_development(self) -> bool:
        """Whether it is an emulator's own account on this machine, whose key everybody knows."""
        return self.is_on_loopback and self.account == DEVELOPMENT_ACCOUNT

    @property
    def is_plain(self) -> bool:
        """Whether it is reached by plain http, which must not carry a token."""
        return self.account_url.startswith("http://")

    @property
    def needs_a_key(self) -> bool:
        """Whether no sign-in can open it."""
        return self.is_plain and not self.is_development


def container_address(text: str) -> ContainerAddress:
    """
    The container that *text* names, without a query; raises `ValueError` for anything else.

    An emulator has the account in its path, every other host has it in its name.
    """
    parts = _split(text)
    pieces = parts.path.removesuffix("/").split("/")[1:]
    at_home = is_loopback(text)
    leading = 1 if at_home else 0
    if len(pieces) != leading + 1 or not all(pieces):
        _refuse(f"{text!r} has {len(pieces)} pieces after its host", EXPECTED)
    account = pieces[0] if at_home else (parts.hostname or "").partition(".")[0]
    container = pieces[-1]
    if not _CONTAINER.fullmatch(container):
        _refuse(
            f"{container!r} is no name of a container",
            "expected 3 to 63 lowercase letters, digits and single hyphens",
        )
    path = f"/{account}" if at_home else ""
    return ContainerAddress(
        account_url=f"{parts.scheme}://{parts.netloc.lower()}{path}",
        account=account,
        container=container,
    )


def looks_like_container(text: str) -> bool:
    """Whether a text without a scheme is an address all the same, and no folder."""
    return "://" not in text and _BLOB_HOST.search(text) is not None


def parted(text: str) -> tuple[str, str | None]:
    """
    An address and the shared access signature behind its question mark.

    Raises `ValueError`, which repeats nothing of it, for another query than a signature.
    """
    address, mark, query = text.partition("?")
    if not mark:
        return text, None
    if not parse_qs(query).get("sig"):
        _refuse("the address has a query that is no shared access signature", "there is no sig=")
    return address, query


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or not text.isprintable() or text != text.strip():
        _refuse(f"{text!r} is no address", EXPECTED)
    if "@" in parts.netloc or parts.query or parts.fragment or "\\" in text or "%" in text:
        _refuse("the address carries more than host and path", EXPECTED)
    if parts.scheme == "http" and not is_loopback(text):
        _refuse(f"plain http is for a loopback host only; use https, not {text!r}")
    if parts.scheme not in ("http", "https"):
        _refuse(f"{text!r} is neither a folder nor a blob container", EXPECTED)
    _check_host(parts.hostname or "")
    return parts


def _check_host(host: str) -> None:
    if _DATA_LAKE_HOST.search(host):
        _refuse(f"{host!r} is the address for Data Lake clients", "use the one with .blob.")
    account = host.partition(".")[0]
    if _BLOB_HOST.search(host) and not _ACCOUNT.fullmatch(account.partition("-")[0]):
        _refuse(
            f"{account!r} is no name of a storage account",
            "expected lowercase letters and digits, at most 24",
        )


def _refuse(*said: str) -> NoReturn:
    raise ValueError("; ".join(said))
