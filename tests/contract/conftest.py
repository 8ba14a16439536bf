"""The client and the emulator, which share no code, with a real socket between them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.address import service_root
from connector.dataverse.auth import AuthMethod, AuthSettings, token_source
from connector.dataverse.client import DataverseClient
from connector.dataverse.transport import RequestsTransport, SessionOptions
from connector.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Tables only, no business behaviour; nothing in them."""
    found = Emulator(behaviour="plain")
    yield found
    found.close()


def users(emulator: Emulator) -> set[str]:
    """Who could be signed in."""
    return {str(row["systemuserid"]) for row in emulator.rows("systemusers")}


@pytest.fixture
def client(emulator: Emulator) -> Iterator[DataverseClient]:
    """A client of a loopback server; its waits move the emulator's clock and take no time."""
    numbers = iter(range(1, 1_000_000))
    none = AuthSettings(method=AuthMethod.NONE)
    with emulator.serve() as server:
        transport = RequestsTransport(
            service_root(server.url),
            token_source(none, server.url, now=lambda: emulator.clock().timestamp()),
            ids=lambda: UUID(int=next(numbers)),
            options=SessionOptions(connect_timeout=2, read_timeout=5),
            clock=lambda: emulator.clock().timestamp(),
            sleep=emulator.clock.advance,
        )
        with closing(transport):
            yield DataverseClient(transport)
