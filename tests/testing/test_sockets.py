"""Every name of the socket module leads where the network says."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from connector.emulator import Emulator
from connector.testing import mount, sockets
from connector.testing.mounting import guard
from connector.testing.network import HostRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "contoso.crm4.dynamics.com"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    emulator = Emulator()
    with mount(emulator):
        yield emulator
    emulator.close()


def test_an_emulated_host_has_one_address_by_every_way_of_asking(emulator: Emulator) -> None:
    [found] = socket.getaddrinfo(HOST, 443, type=socket.SOCK_STREAM)
    address = str(found[4][0])

    assert (found[0], found[4]) == (socket.AF_INET, (address, 443))
    assert socket.gethostbyname(HOST) == address
    assert socket.gethostbyname_ex(HOST)[2] == [address]
    assert socket.gethostbyaddr(address) == (HOST, [], [address])
    assert socket.getnameinfo((address, 443), 0) == (HOST, "443")
    assert socket.getaddrinfo(HOST.encode(), "https", type=socket.SOCK_STREAM)[0][4] == (
        address,
        443,
    )
    assert emulator.trace == ()


def test_an_emulated_host_has_no_address_of_ipv6(emulator: Emulator) -> None:
    with pytest.raises(socket.gaierror, match="has no IPv6 address"):
        socket.getaddrinfo(HOST, 443, socket.AF_INET6)
    assert emulator.trace == ()


@pytest.mark.parametrize("by_name", [True, False])
def test_a_socket_is_connected_by_name_and_by_address(emulator: Emulator, by_name: bool) -> None:  # noqa: FBT001  a case
    host = HOST if by_name else socket.gethostbyname(HOST)
    for connect in (socket.socket.connect, socket.socket.connect_ex):
        with socket.socket() as connection:
            assert connect(connection, (host, 443)) in {None, 0}
            assert connection.getpeername()[0] == "127.0.0.1"
    assert emulator.trace == ()


@pytest.mark.usefixtures("emulator")
@pytest.mark.parametrize(
    "ask",
    [
        lambda: socket.getaddrinfo("other.example.com", 443),
        lambda: socket.getaddrinfo("other.example.com", None),
        lambda: socket.getaddrinfo("192.0.2.1", 443),
        lambda: socket.getaddrinfo(HOST, 8443),
        lambda: socket.gethostbyname("other.example.com"),
        lambda: socket.gethostbyname_ex("other.example.com"),
        lambda: socket.gethostbyaddr("192.0.2.1"),
        lambda: socket.getnameinfo(("192.0.2.1", 443), 0),
        lambda: socket.create_connection(("other.example.com", 443)),
        lambda: socket.create_connection(("192.0.2.1", 443)),
    ],
)
def test_no_name_of_another_host_is_looked_up(ask: Any) -> None:
    with pytest.raises(HostRefusedError, match="was not reached"):
        ask()


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_nothing_is_sent_to_another_address(family: socket.AddressFamily) -> None:
    address = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
    with guard(), socket.socket(family, socket.SOCK_DGRAM) as connection:
        for send in (
            lambda: connection.connect((address, 123)),
            lambda: connection.connect_ex((address, 123)),
            lambda: connection.sendto(b"x", (address, 123)),
            lambda: connection.sendto(b"x", 0, (address, 123)),
            lambda: connection.sendmsg([b"x"], [], 0, (address, 123)),
        ):
            with pytest.raises(HostRefusedError, match="was not reached"):
                send()


def test_sockets_of_this_machine_stay_as_they_are() -> None:
    with guard(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"by address", receiver.getsockname())
            assert receiver.recv(100) == b"by address"
            sender.connect(receiver.getsockname())
            sender.sendmsg([b"connected"])
            assert receiver.recv(100) == b"connected"


def test_aiohttp_asks_no_name_server_past_the_socket_module(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "find_spec", lambda _name: True)  # as if aiodns were installed
    monkeypatch.setattr(aiohttp.connector, "DefaultResolver", aiohttp.AsyncResolver)
    with guard():
        assert vars(aiohttp.connector)["DefaultResolver"] is aiohttp.ThreadedResolver
    assert vars(aiohttp.connector)["DefaultResolver"] is aiohttp.AsyncResolver


class _Proactor:
    """Stands for the one of Windows, which connects past the socket module."""

    def connect(self, connection: socket.socket, address: Any) -> Any:
        return connection, address


def test_the_proactor_of_windows_is_led_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncio, "IocpProactor", _Proactor, raising=False)
    with mount(Emulator()), socket.socket() as connection:
        found, (host, port) = _Proactor().connect(connection, (HOST, 443))
        with pytest.raises(HostRefusedError):
            _Proactor().connect(connection, ("192.0.2.1", 443))

    assert (found, host) == (connection, "127.0.0.1")
    assert port != 443
