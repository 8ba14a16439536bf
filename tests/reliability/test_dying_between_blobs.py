"""
A run that dies before or after any request to its container leaves nothing to repair.

The requests to the tenant are broken elsewhere; here it is the store whose files are half there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import pytest
from azure.storage.blob import BlobLeaseClient

from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.settings.container import container_address
from tests.azurite.server import by_key
from tests.end_to_end.tenant import serving
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from azure.storage.blob import ContainerClient

    from connector import Connector
    from tests.end_to_end.tenant import TestTenant

pytestmark = pytest.mark.cloud

T = TypeVar("T")

#: Two contracts are due on it.
DAY = date(2020, 10, 7)


class Dead(BaseException):
    """The process is gone: from here on nothing of it reaches the store."""


@dataclass(slots=True)
class Dying(BlobService):
    """A service of whose actions so many are *left*; the last is carried out or not."""

    left: int = 1_000_000
    is_carried_out: bool = False

    def once(self, action: Callable[[ContainerClient], T]) -> T:
        self.left -= 1
        if self.left > 0:
            return BlobService.once(self, action)
        if self.left == 0 and self.is_carried_out:
            BlobService.once(self, action)
        raise Dead


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    with serving(tmp_path) as served:
        yield served


def dying(
    tenant: TestTenant, container: ContainerClient, left: int, *, is_carried_out: bool = False
) -> tuple[Connector, Dying]:
    """A connector whose store dies after *left* actions."""
    service = Dying(
        container_address(str(container.url)), by_key, left=left, is_carried_out=is_carried_out
    )
    connector = tenant.connector(RUN__STORE=str(container.url))
    connector._environment._store = BlobRunStore(service)
    return connector, service


def freed(container: ContainerClient) -> None:
    """As an operator does it, instead of waiting until the service ends the lease of the dead."""
    for name in container.list_blob_names():
        blob = container.get_blob_client(name)
        if blob.get_blob_properties().lease.state == "leased":
            BlobLeaseClient(blob).break_lease(0)


def emptied(container: ContainerClient) -> None:
    freed(container)
    for name in [*container.list_blob_names()]:
        container.delete_blob(name)


def test_a_run_that_dies_at_any_request_to_its_store_is_finished_by_the_next(
    tenant: TestTenant, container: ContainerClient
) -> None:
    before = tenant.emulator.snapshot()
    whole, counting = dying(tenant, container, 1_000_000)
    with whole:
        whole.run(DAY, run_id="whole")
    counting.close()
    expected, actions = content(tenant), 1_000_000 - counting.left
    assert actions > 15

    for number in range(1, actions + 1):
        for is_carried_out in (False, True):
            where = f"action {number} of {actions}, carried out: {is_carried_out}"
            emptied(container)
            tenant.emulator.restore(before)
            connector, service = dying(tenant, container, number, is_carried_out=is_carried_out)
            with pytest.raises(Dead), connector:
                connector.run(DAY, run_id="dead")
            service.close()
            freed(container)

            with tenant.connector(RUN__STORE=str(container.url)) as again:
                again.run(DAY, run_id="again")
                states = {record.run_id: str(record.state) for record in again.history()}

            assert content(tenant) == expected, where
            assert violations(tenant) == [], where
            assert "unfinished" not in states.values(), where
