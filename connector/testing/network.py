"""The network as a test sees it: emulated hosts lead to their emulator, all others are refused."""

from __future__ import annotations

import errno
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.testing.addresses import Address
    from connector.testing.connections import Connections

DNS_PORT: Final = 53
_HERE: Final = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost"})
#: Addresses that RFC 2544 keeps for measurements: no host of any network has one.
_FIRST_ADDRESS: Final = int(IPv4Address("198.18.0.1"))


class HostRefusedError(ConnectionRefusedError):
    """A test was about to reach a host that no emulator stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a connection really leads."""

    host: str
    port: int
    connections: Connections | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulated:
    """
    What one emulator stands for.

    *ports* are those that its servers listen on, by whether they speak TLS. *allowed* are names
    or addresses that may be reached beside it, `*` for any part.
    """

    addresses: tuple[Address, ...] = ()
    ports: Mapping[bool, int] = field(default_factory=dict)
    connections: Connections | None = None
    allowed: tuple[str, ...] = ()


class Network:
    """All that is emulated at present, the last one first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._emulated: tuple[Emulated, ...] = ()
        self._numbers = count(_FIRST_ADDRESS)
        self._address_of: dict[str, str] = {}
        self._name_of: dict[str, str] = {}
        self._reachable: set[str] = set()

    @contextmanager
    def joined_by(self, emulated: Emulated) -> Iterator[None]:
        """Answer what *emulated* stands for while the context lasts."""
        with self._lock:
            self._emulated = (emulated, *self._emulated)
        try:
            yield
        finally:
            with self._lock:
                self._emulated = tuple(one for one in self._emulated if one is not emulated)
                self._reachable.clear()

    def stands_for(self, host: str) -> bool:
        """Whether an emulator answers for *host*, on one port or another."""
        return any(one.names(host) for each in self._emulated for one in each.addresses)

    def place_of(self, host: str, port: int) -> Place:
        """Where a connection to *host* and *port* leads; raises `HostRefusedError`."""
        name = self._name_of.get(host, host)
        for emulated in self._emulated:
            for address in emulated.addresses:
                if address.covers(name, port):
                    served = emulated.ports[address.is_secure]
                    return Place(host="127.0.0.1", port=served, connections=emulated.connections)
        if port == DNS_PORT or not self.may_be_reached(name):
            raise refusal(name, port)
        return Place(host=host, port=port)

    def address_of(self, host: str) -> str:
        """The address that the emulated *host* has in this process."""
        with self._lock:
            known = self._address_of.get(host)
            if known is None:
                known = self._address_of[host] = str(IPv4Address(next(self._numbers)))
                self._name_of[known] = host
            return known

    def name_of(self, address: str) -> str | None:
        """The emulated host that has *address*."""
        return self._name_of.get(address)

    def may_be_reached(self, host: str) -> bool:
        """Whether *host* is this machine, or allowed."""
        return is_this_machine(host) or host in self._reachable or self.is_allowed(host)

    def is_allowed(self, host: str) -> bool:
        """Whether a test has said that *host* may be reached."""
        return any(
            fnmatch(host.lower(), one.lower()) for each in self._emulated for one in each.allowed
        )

    def may_reach(self, address: str) -> None:
        """Let *address* be reached too: it is what an allowed name stands for."""
        self._reachable.add(address)


def is_this_machine(host: str) -> bool:
    """Whether *host* is loopback, or no host at all as servers give it."""
    if host.lower() in _HERE:
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    found = mapped or address
    return found.is_loopback or found.is_unspecified


def refusal(host: str, port: int | str | None) -> HostRefusedError:
    """What a test is told that wanted to reach *host*."""
    shown = f"[{host}]" if ":" in host else host
    where = f"{shown}:{port}" if port else shown
    message = (
        f"{where} was not reached: while a Dataverse is emulated, a test reaches only the emulated "
        "hosts and this machine. Emulate it by mount(emulator, 'https://HOST'), answer it with a "
        f"mock of your HTTP library, or let it be reached: dataverse(allow=['{host}'])."
    )
    return HostRefusedError(errno.ECONNREFUSED, message)


#: The one network of this process.
NETWORK: Final = Network()
