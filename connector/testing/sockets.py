"""Puts the `socket` module on the network of `connector.testing.network`."""

from __future__ import annotations

import asyncio
import os
import socket
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from connector.testing.network import NETWORK, Place, refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_INTERNET: Final = frozenset({socket.AF_INET, socket.AF_INET6})
_PROXIES: Final = ("http_proxy", "https_proxy", "all_proxy", "ftp_proxy")
#: Names of the socket module that ask for the address of a host and for nothing else.
_LOOKUPS: Final = ("gethostbyname", "gethostbyname_ex")


@contextmanager
def sockets_on_the_network() -> Iterator[None]:
    """Names are looked up, and connections made, as `NETWORK` says, while the context lasts."""
    with ExitStack() as stack:
        stack.enter_context(without_proxies())
        stack.enter_context(patch.object(socket, "getaddrinfo", _found(socket.getaddrinfo)))
        stack.enter_context(patch.object(socket, "getnameinfo", _named(socket.getnameinfo)))
        for name in _LOOKUPS:
            stack.enter_context(patch.object(socket, name, _looked_up(getattr(socket, name))))
        by_address = _named_by_address(socket.gethostbyaddr)
        stack.enter_context(patch.object(socket, "gethostbyaddr", by_address))
        for name in ("connect", "connect_ex"):
            own = _connected(getattr(socket.socket, name))
            stack.enter_context(patch.object(socket.socket, name, own))
        for name, place in (("sendto", 1), ("sendmsg", 3)):
            if hasattr(socket.socket, name):
                own = _sent(getattr(socket.socket, name), place)
                stack.enter_context(patch.object(socket.socket, name, own))
        _without_own_resolvers(stack)
        yield


@contextmanager
def without_proxies() -> Iterator[None]:
    """Proxies of the environment lead out of the test: nothing goes through them."""
    names = [name for name in os.environ if name.lower() in _PROXIES]
    with patch.dict(os.environ, {"no_proxy": "*", "NO_PROXY": "*"}):
        for name in names:
            del os.environ[name]
        yield


def _found(original: Callable[..., Any]) -> Callable[..., Any]:
    """`getaddrinfo`, which gives an emulated host an address of its own."""

    @wraps(original)
    def getaddrinfo(
        host: bytes | str | None,
        port: bytes | str | int | None,
        family: int = 0,
        *further: int,
        **named: int,
    ) -> Any:  # noqa: ANN401  as the original
        name = _text(host)
        if NETWORK.stands_for(name):
            if named.get("family", family) == socket.AF_INET6:
                message = f"{name} is emulated, and has no IPv6 address"
                raise socket.gaierror(socket.EAI_NONAME, message)
            if isinstance(port, int) and port:
                NETWORK.place_of(name, port)
            return original(NETWORK.address_of(name), port, family, *further, **named)
        _check(name, port)
        found = original(host, port, family, *further, **named)
        _keep(name, (entry[4][0] for entry in found))
        return found

    return getaddrinfo


def _looked_up(original: Callable[[str], Any]) -> Callable[[str], Any]:
    """The older functions, which take a host's name or address and nothing else."""

    @wraps(original)
    def lookup(host: str) -> Any:  # noqa: ANN401  as the original
        name = _text(host)
        if NETWORK.stands_for(name):
            return original(NETWORK.address_of(name))
        _check(name, None)
        found = original(host)
        _keep(name, [found] if isinstance(found, str) else found[2])
        return found

    return lookup


def _named_by_address(original: Callable[[str], Any]) -> Callable[[str], Any]:
    @wraps(original)
    def gethostbyaddr(address: str) -> Any:  # noqa: ANN401  as the original
        name = NETWORK.name_of(address) or address
        if NETWORK.stands_for(name):
            return name, [], [NETWORK.address_of(name)]
        _check(address, None)
        return original(address)

    return gethostbyaddr


def _named(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def getnameinfo(sockaddr: tuple[Any, ...], flags: int, /) -> Any:  # noqa: ANN401  as the original
        known = NETWORK.name_of(str(sockaddr[0]))
        if known is not None:
            return known, str(sockaddr[1])
        if not flags & socket.NI_NUMERICHOST:
            _check(str(sockaddr[0]), sockaddr[1])
        return original(sockaddr, flags)

    return getnameinfo


def _connected(original: Callable[..., Any]) -> Callable[..., Any]:
    """`connect` or `connect_ex`, which lead to the emulator, to this machine, or nowhere."""

    @wraps(original)
    def connect(self: socket.socket, address: Any, /) -> Any:  # noqa: ANN401  as the original
        place = _place(self, address)
        if place is None or place.connections is None:
            return original(self, address)
        try:
            return original(self, (place.host, place.port))
        finally:
            place.connections.opened(self)

    return connect


def _sent(original: Callable[..., Any], place: int) -> Callable[..., Any]:
    """`sendto` or `sendmsg`; an address is the last argument, from that *place* on."""

    @wraps(original)
    def send(self: socket.socket, *arguments: Any) -> Any:  # noqa: ANN401  as the original
        if len(arguments) > place:
            _place(self, arguments[-1])
        return original(self, *arguments)

    return send


def _place(connection: socket.socket, address: Any) -> Place | None:  # noqa: ANN401  any address
    """Where *address* leads, None where it is none of the internet's; raises if it is refused."""
    if connection.family not in _INTERNET or not isinstance(address, tuple):
        return None
    return NETWORK.place_of(_text(address[0]), address[1])


def _without_own_resolvers(stack: ExitStack) -> None:
    """Take what asks name servers or connects past the socket module."""
    proactor = getattr(asyncio, "IocpProactor", None)  # of Windows
    if proactor is not None:
        stack.enter_context(patch.object(proactor, "connect", _overlapped(proactor.connect)))
    if find_spec("aiohttp") and find_spec("aiodns"):
        from aiohttp import connector, resolver  # noqa: PLC0415  seldom, and slow to import

        threaded = resolver.ThreadedResolver
        stack.enter_context(patch.object(connector, "DefaultResolver", threaded))


def _overlapped(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def connect(self: Any, connection: socket.socket, address: Any) -> Any:  # noqa: ANN401  as the original
        place = _place(connection, address)
        if place is None or place.connections is None:
            return original(self, connection, address)
        found = original(self, connection, (place.host, place.port))
        place.connections.opened(connection)
        return found

    return connect


def _check(host: str, port: bytes | str | int | None) -> None:
    if NETWORK.name_of(host) is None and not NETWORK.may_be_reached(host):
        raise refusal(host, _text(port) if isinstance(port, bytes) else port)


def _keep(host: str, addresses: Any) -> None:  # noqa: ANN401  texts, as resolvers give them
    """Let what an allowed name stands for be reached by its address."""
    if NETWORK.is_allowed(host):
        for address in addresses:
            NETWORK.may_reach(str(address))


def _text(host: bytes | bytearray | str | None) -> str:
    if host is None:
        return ""
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else host
