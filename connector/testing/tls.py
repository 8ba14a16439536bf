"""Lets every library that uses the `ssl` module trust the emulated hosts, and no others."""

from __future__ import annotations

import os
import ssl
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch
from weakref import WeakKeyDictionary, WeakSet

from connector.testing.certificates import authority_text
from connector.testing.network import NETWORK

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from connector.testing.connections import Connections

    File = str | bytes | os.PathLike[str]
    Load = Callable[[ssl.SSLContext], Any]

#: From this size on a file of authorities is the public ones, not the few of a test.
BUNDLE_BYTES: Final = 65_536


@contextmanager
def trusted(connections: Connections) -> Iterator[None]:
    """
    Callers accept the certificates of the emulated hosts while the context lasts.

    A context of the caller's gets the authority when it is about to speak to such a host; the
    authority's key lives in this process only.
    """
    trust = _Trust()
    with ExitStack() as stack:
        stack.callback(trust.load_all)
        for name, own in (
            ("wrap_socket", _wrapped(ssl.SSLContext.wrap_socket, trust, connections)),
            ("wrap_bio", _introduced(ssl.SSLContext.wrap_bio, trust)),
            ("load_verify_locations", _loaded(ssl.SSLContext.load_verify_locations, trust)),
            ("load_default_certs", _loaded_by_default(ssl.SSLContext.load_default_certs, trust)),
        ):
            stack.enter_context(patch.object(ssl.SSLContext, name, own))
        reading = _read(ssl.SSLSocket.read, connections)
        stack.enter_context(patch.object(ssl.SSLSocket, "read", reading))
        yield


class _Trust:
    """
    Whom the contexts of callers trust.

    Libraries read the public authorities anew for each session, which takes longer than most
    tests. For an emulated host nobody needs them: they are read when another host is asked for,
    or at the end.
    """

    def __init__(self) -> None:
        self._introduced: WeakSet[ssl.SSLContext] = WeakSet()
        self._waiting: WeakKeyDictionary[ssl.SSLContext, list[Load]] = WeakKeyDictionary()

    def load_later(self, context: ssl.SSLContext, load: Load) -> None:
        """Read authorities by *load* when they are needed."""
        self._waiting.setdefault(context, []).append(load)

    def prepare(self, context: ssl.SSLContext, host: object) -> None:
        """Let *context* trust whom it must for *host*."""
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if not (isinstance(name, str) and NETWORK.stands_for(name)):
            self._load(context)
        elif context not in self._introduced:
            context.load_verify_locations(cadata=authority_text())
            self._introduced.add(context)

    def load_all(self) -> None:
        """Read them for every context that is still there."""
        for context in list(self._waiting):
            self._load(context)

    def _load(self, context: ssl.SSLContext) -> None:
        for load in self._waiting.pop(context, []):
            load(context)


def _loaded(original: Callable[..., Any], trust: _Trust) -> Callable[..., Any]:
    """`load_verify_locations`, which reads a file of many authorities later."""

    @wraps(original)
    def load(
        self: ssl.SSLContext,
        cafile: File | None = None,
        capath: object = None,
        cadata: object = None,
    ) -> None:
        if cafile and not capath and not cadata and _is_bundle(cafile):
            trust.load_later(self, lambda context: original(context, cafile))
        else:
            original(self, cafile, capath, cadata)

    return load


def _loaded_by_default(original: Callable[..., Any], trust: _Trust) -> Callable[..., Any]:
    @wraps(original)
    def load(self: ssl.SSLContext, purpose: object = ssl.Purpose.SERVER_AUTH) -> None:
        trust.load_later(self, lambda context: original(context, purpose))

    return load


def _is_bundle(cafile: File) -> bool:
    with suppress(OSError):  # the original says what is wrong with it
        return Path(os.fsdecode(cafile)).stat().st_size >= BUNDLE_BYTES
    return False


def _introduced(original: Callable[..., Any], trust: _Trust) -> Callable[..., Any]:
    @wraps(original)
    def wrap(
        self: ssl.SSLContext,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,  # noqa: FBT001, FBT002  as the original
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> Any:  # noqa: ANN401  as the original
        trust.prepare(self, server_hostname)
        return original(self, incoming, outgoing, server_side, server_hostname, session)

    return wrap


def _wrapped(
    original: Callable[..., Any], trust: _Trust, connections: Connections
) -> Callable[..., Any]:
    @wraps(original)
    def wrap(self: ssl.SSLContext, sock: socket.socket, *further: Any, **named: Any) -> Any:  # noqa: ANN401  as the original
        place = 3  # of server_hostname, after sock
        trust.prepare(self, named.get("server_hostname", (further[place:] or (None,))[0]))
        with connections.taken_over(sock) as taken:
            secured = original(self, sock, *further, **named)
            taken.append(secured)
        return secured

    return wrap


def _read(original: Callable[..., Any], connections: Connections) -> Callable[..., Any]:
    """`SSLSocket.read`, through which every blocking read goes: an answer may be late."""

    @wraps(original)
    def read(self: ssl.SSLSocket, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002, ANN401  as the original
        connection = connections.of_client(self)
        if connection is not None:
            connection.wait(self)
        return original(self, len, buffer)

    return read
