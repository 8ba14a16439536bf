"""A container of its own for each test, in a real Azurite."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from azure.core.credentials import AzureNamedKeyCredential
from azure.storage.blob import ContainerClient

from connector.blobs.blob_store import BlobRunStore
from connector.blobs.service import BlobService
from connector.settings.container import container_address
from tests.azurite.relay import relayed
from tests.azurite.server import ACCOUNT, KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.settings.container import ContainerAddress
    from tests.azurite.relay import Relay
    from tests.azurite.server import Azurite

_NUMBERS = itertools.count(1)


def by_key() -> AzureNamedKeyCredential:
    return AzureNamedKeyCredential(ACCOUNT, KEY)


@pytest.fixture
def container(azurite: Azurite) -> Iterator[ContainerClient]:
    """An empty container, seen from outside of the product."""
    name = f"container-{next(_NUMBERS)}"
    with ContainerClient(azurite.blobs, name, credential=by_key(), retry_total=0) as client:
        client.create_container()
        yield client
        client.delete_container()


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
