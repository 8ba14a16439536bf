"""Addresses of one tenant: its service root, and the refusal of everything that is not below it."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from connector.dataverse.errors import UnusableSettings

DEFAULT_API_VERSION = "9.2"

_VERSION = re.compile(r"v?(\d{1,2}\.\d{1,2})")
_API_PATH = re.compile(r"/?(?:api/data/v\d{1,2}\.\d{1,2}/?)?")
_DEFAULT_PORTS = {"https": 443, "http": 80}


class ForeignAddressError(ValueError):
    """A link that leads away from the tenant: no token may go there."""


def service_root(url: str, api_version: str = DEFAULT_API_VERSION) -> str:
    """
    The Web API's root of an environment, with a slash at its end.

    Takes what people copy: with or without a final slash or the API's own path. Raises
    UnusableSettings for anything but https, plain http to this machine excepted.
    """
    version = _VERSION.fullmatch(api_version)
    if version is None:
        message = f"api_version: expected a number such as 9.2, found {api_version!r}"
        raise UnusableSettings(message)
    return f"{resource_url(url)}/api/data/v{version.group(1)}/"


def resource_url(url: str) -> str:
    """The environment's own address without a final slash, which tokens are issued for."""
    parts = _split(url)
    if parts is None or not _API_PATH.fullmatch(parts.path) or parts.query or parts.fragment:
        message = f"url: expected https://organisation.crm.dynamics.com, found {url!r}"
        raise UnusableSettings(message)
    if parts.scheme == "http" and not is_loopback(url):
        message = f"url: http would show the token to everyone on the way; use https for {url!r}"
        raise UnusableSettings(message)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine."""
    host = (urlsplit(url).hostname or "").lower()
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def absolute_url(root: str, path: str) -> str:
    """
    Where a request goes; a link that the server gave is kept as it is below the tenant's host.

    Raises ForeignAddressError for a link to another scheme, host or port.
    """
    if "://" not in path.partition("?")[0]:
        return root + path
    parts, home = _split(path), _split(root)
    if parts is None or home is None or _origin(parts) != _origin(home):
        message = f"the link leads away from {urlsplit(root).netloc}"
        raise ForeignAddressError(message)
    # The tenant's own origin is put before the rest, so that no reading of the link's host by
    # another library can send the token elsewhere.
    rest = path.partition("://")[2].removeprefix(parts.netloc)
    return f"{home.scheme}://{home.netloc}{rest}"


def _split(url: str) -> SplitResult | None:
    """The parts of an http(s) address; None when it has credentials, no host, or tricks in it."""
    try:
        parts = urlsplit(url)
        usable = parts.hostname is not None and (parts.port is None or parts.port > 0)
    except ValueError:
        return None
    odd = "@" in parts.netloc or "\\" in url or url != url.strip()
    return parts if usable and not odd and parts.scheme in _DEFAULT_PORTS else None


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return parts.scheme, (parts.hostname or "").lower(), port
