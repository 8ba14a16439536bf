"""A connection knows both of its ends, and is forgotten when the caller leaves it."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest

from connector.emulator import VirtualClock
from connector.testing.connections import SWEEP_AT, Connections

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def connections() -> Iterator[Connections]:
    made = Connections(VirtualClock())
    yield made
    made.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=256) as made:
        yield made


def test_both_ends_find_the_same_connection(
    connections: Connections, listener: socket.socket
) -> None:
    with socket.create_connection(listener.getsockname()) as client:
        connections.opened(client)
        port = str(client.getsockname()[1])

        assert connections.of_port(port) is connections.of_client(client) is not None
        assert connections.of_port("1") is None


def test_connections_that_were_left_are_swept_away(
    connections: Connections, listener: socket.socket
) -> None:
    ports = []
    for _ in range(SWEEP_AT + 1):
        with socket.create_connection(listener.getsockname()) as client:
            connections.opened(client)
            ports.append(str(client.getsockname()[1]))

    assert [connections.of_port(port) for port in ports[:-1]] == [None] * SWEEP_AT
    assert connections.of_port(ports[-1]) is not None


def test_nobody_waits_for_a_caller_that_has_left(
    connections: Connections, listener: socket.socket
) -> None:
    client = socket.create_connection(listener.getsockname())
    connections.opened(client)
    found = connections.of_client(client)
    assert found is not None
    client.close()
    begun = time.perf_counter()

    found.hold(60, lambda: False)

    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize("by_release", [True, False])
def test_an_answer_is_not_held_back_beyond_the_test(
    connections: Connections,
    listener: socket.socket,
    by_release: bool,  # noqa: FBT001  a case
) -> None:
    with socket.create_connection(listener.getsockname()) as client:
        connections.opened(client)
        found = connections.of_client(client)
        assert found is not None
        if by_release:
            connections.release()
        begun = time.perf_counter()

        found.hold(60, lambda: not by_release)

        assert time.perf_counter() - begun < 5
