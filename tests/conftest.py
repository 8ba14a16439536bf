"""
What holds for every test: what is asserted never depends on how fast the machine is.

And what tests of several folders share: a real Azurite, for those that are marked `cloud`.
"""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from connector.dataverse.transport import RequestsTransport
from tests.azurite.server import Azurite, by_key, running_azurite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.storage.blob import ContainerClient

_CONTAINERS = itertools.count(1)

# Set by pytest-xdist for its workers; commands under test take it for the width that is asked for.
os.environ.pop("COLUMNS", None)

# On top of hypothesis' own choice, which draws the same examples every time where CI is set.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def attempts_without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that failed are sent again at once: for tests of what is said when all failed."""
    monkeypatch.setattr(RequestsTransport, "sleep", lambda *_: None)


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """One Azurite for all tests of this process; each test takes containers of its own."""
    with running_azurite() as started:
        yield started


@pytest.fixture
def container(azurite: Azurite) -> Iterator[ContainerClient]:
    """An empty container of Azurite for one test, seen from outside of the product."""
    from azure.storage.blob import ContainerClient  # noqa: PLC0415 - for few tests

    name = f"test-{next(_CONTAINERS)}"
    with ContainerClient(azurite.blobs, name, credential=by_key(), retry_total=0) as client:
        client.create_container()
        yield client
        client.delete_container()
