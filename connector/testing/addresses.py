"""Which addresses an emulator stands for, as scheme, host and port."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

PORTS: Final = {"http": 80, "https": 443}

#: The environments of every cloud.
ENVIRONMENTS: Final = (
    "https://*.dynamics.com",
    "https://*.microsoftdynamics.us",
    "https://*.appsplatform.us",
    "https://*.dynamics.cn",
    "https://*.microsoftdynamics.de",
)
#: Where those who use them sign in, under every name that the sign-in services go by.
SIGN_IN: Final = (
    "https://login.microsoftonline.com",
    "https://login.microsoft.com",
    "https://login.windows.net",
    "https://sts.windows.net",
    "https://login-us.microsoftonline.com",
    "https://login.microsoftonline.us",
    "https://login.usgovcloudapi.net",
    "https://login.partner.microsoftonline.cn",
    "https://login.chinacloudapi.cn",
    "https://login.microsoftonline.de",
    "https://login.sovcloud-identity.fr",
    "https://login.sovcloud-identity.de",
    "https://login.sovcloud-identity.sg",
)
EVERY_ENVIRONMENT: Final = (*ENVIRONMENTS, *SIGN_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A scheme, a host and a port; `*` in *host* stands for any part of a name."""

    scheme: str
    host: str
    port: int

    @property
    def is_secure(self) -> bool:
        """Whether TLS is spoken there."""
        return self.scheme == "https"

    def names(self, host: str) -> bool:
        """Whether *host* is meant, whatever the port."""
        pattern = re.escape(self.host).replace(r"\*", ".+")
        return re.fullmatch(pattern, host.rstrip("."), re.IGNORECASE) is not None

    def covers(self, host: str, port: int) -> bool:
        """Whether a connection to *host* and *port* is meant."""
        return port == self.port and self.names(host)


def read_address(text: str) -> Address:
    """Read `https://host` or `https://host:port`; raises ValueError for anything else."""
    parts = urlsplit(text)
    if parts.scheme not in PORTS or not parts.hostname or parts.path not in {"", "/"}:
        message = f"'{text}' is no address to answer: expected https://HOST or https://HOST:PORT"
        raise ValueError(message)
    port = parts.port or PORTS[parts.scheme]
    return Address(scheme=parts.scheme, host=parts.hostname, port=port)
