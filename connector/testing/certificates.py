"""An authority of this process alone, and what a server shows for any host's name."""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from ssl import SSLObject, SSLSocket

_NAMELESS = "localhost"


@lru_cache(maxsize=1)
def authority() -> trustme.CA:
    """The authority; its key is made with the process and never leaves it."""
    return trustme.CA(organization_name="Dataverse emulator", key_type=trustme.KeyType.ECDSA)


def authority_text() -> str:
    """The authority's certificate, PEM."""
    return authority().cert_pem.bytes().decode("ascii")


@lru_cache(maxsize=256)
def context_of(host: str) -> ssl.SSLContext:
    """What a server needs to be *host*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0  # nobody resumes a session with a server that lives for one test
    authority().issue_cert(host).configure_cert(context)
    return context


def server_context() -> ssl.SSLContext:
    """A server's context that is whatever host the client asks for by name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.num_tickets = 0
    authority().issue_cert(_NAMELESS).configure_cert(context)
    context.sni_callback = _shown
    return context


def _shown(connection: SSLObject | SSLSocket, host: str | None, _context: ssl.SSLContext) -> None:
    if host:
        connection.context = context_of(host.lower())
