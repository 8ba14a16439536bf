from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.load import load_schema
from connector.emulator.storage.store import Store
from tests.emulator.web import InProcess, OverSocket, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Schema


@pytest.fixture
def plain() -> Iterator[Emulator]:
    """An emulator of bare tables."""
    emulator = Emulator(behaviour="plain")
    yield emulator
    emulator.close()


@pytest.fixture(params=["in process", "over a socket"])
def web(plain: Emulator, request: pytest.FixtureRequest) -> Iterator[Web]:
    """A client of the plain emulator, once for each way to reach it."""
    if request.param == "in process":
        yield Web(InProcess(plain.app))
        return
    with plain.serve() as server:
        carrier = OverSocket(server.port)
        yield Web(carrier)
        carrier.connection.close()


@pytest.fixture
def tenant() -> Iterator[Emulator]:
    """An emulator that behaves like a Project Operations tenant."""
    emulator = Emulator()
    yield emulator
    emulator.close()


@pytest.fixture
def project_web(tenant: Emulator) -> Web:
    """A client of the Project Operations emulator, in process."""
    return Web(InProcess(tenant.app))


@pytest.fixture
def schema() -> Schema:
    """The Project Operations tables."""
    return load_schema()


@pytest.fixture
def store(schema: Schema) -> Iterator[Store]:
    """An empty store of those tables."""
    made = Store(schema)
    yield made
    made.close()
