"""Stores in a container of a real Azurite, also behind a network that loses things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.settings.container import container_address
from tests.azurite.relay import relayed
from tests.azurite.server import by_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from azure.storage.blob import ContainerClient

    from connector.settings.container import ContainerAddress
    from tests.azurite.relay import Relay
    from tests.azurite.server import Azurite


@pytest.fixture
def address(container: ContainerClient) -> ContainerAddress:
    return container_address(str(container.url))


@pytest.fixture
def store(address: ContainerAddress) -> Iterator[BlobRunStore]:
    opened = BlobRunStore(BlobService(address, by_key))
    yield opened
    opened.close()


@pytest.fixture
def relay(azurite: Azurite) -> Iterator[Relay]:
    """What loses requests and answers between the product and Azurite."""
    with relayed(azurite.blobs) as opened:
        yield opened


@pytest.fixture
def behind_relay(relay: Relay, container: ContainerClient) -> Iterator[BlobRunStore]:
    """A store that reaches its container through the relay only."""
    address = container_address(f"{relay.url}/{container.container_name}")
    opened = BlobRunStore(BlobService(address, by_key, sleep=lambda _: None))
    yield opened
    opened.close()
