"""The blob store keeps the contract of every run store, whatever becomes of an answer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from azure.storage.blob import ContainerClient

from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.runs.store import RunStoreError, RunStoreUnreachable
from connector.settings.container import container_address
from tests.azurite.relay import Loss
from tests.azurite.server import by_key, running_azurite
from tests.runs.store_contract import PLAN, RunStoreContract, terms

if TYPE_CHECKING:
    from tests.azurite.relay import Relay

pytestmark = pytest.mark.cloud


class TestBlobRunStore(RunStoreContract):
    """The contract, in a container."""


def test_every_page_of_a_long_list_is_read(
    behind_relay: BlobRunStore, relay: Relay, container: ContainerClient
) -> None:
    for name in ("R1/run.json", "R1/part-0001.plan", "R2/run.json", "R3/a/b", "R4", "R5/run.json"):
        container.upload_blob(f"runs/{name}", b"")
    behind_relay.names_per_page = 2

    relay.lose(Loss.ANSWER, containing="marker=")
    found = behind_relay.names("runs/")

    assert found == ("runs/R1/", "runs/R2/", "runs/R3/", "runs/R4", "runs/R5/")
    assert len([line for line in relay.seen if "marker=" in line]) > 1


def test_a_large_file_comes_back_whole(store: BlobRunStore) -> None:
    """Above 64 MiB the library sends blocks and commits them."""
    chunks = [bytes([number]) * 10_000_000 for number in range(7)]

    assert store.put_once(PLAN, chunks)

    assert store.get(PLAN) == b"".join(chunks)


@pytest.mark.parametrize("loss", list(Loss))
def test_a_seal_whose_answer_was_lost_is_known_for_our_own(
    behind_relay: BlobRunStore, relay: Relay, container: ContainerClient, loss: Loss
) -> None:
    relay.lose(loss, containing="PUT")

    assert behind_relay.put_once(PLAN, (b"first",))
    assert not behind_relay.put_once(PLAN, (b"second",))

    assert container.download_blob(PLAN).readall() == b"first"


def test_a_seal_of_another_is_no_seal_of_ours_although_an_answer_was_lost(
    behind_relay: BlobRunStore, relay: Relay, store: BlobRunStore
) -> None:
    assert store.put_once(PLAN, (b"theirs",))
    relay.lose(Loss.ANSWER, containing="PUT")

    assert not behind_relay.put_once(PLAN, (b"theirs",))


@pytest.mark.parametrize("loss", list(Loss))
def test_reading_listing_replacing_and_deleting_survive_a_lost_connection(
    behind_relay: BlobRunStore, relay: Relay, loss: Loss
) -> None:
    relay.lose(loss, containing="PUT")
    behind_relay.put(PLAN, (b"text",))
    relay.lose(loss, containing="GET")
    assert behind_relay.get(PLAN) == b"text"
    relay.lose(loss, containing="GET")
    assert behind_relay.names("runs/R1/") == (PLAN,)
    relay.lose(loss, containing="DELETE")
    behind_relay.delete(PLAN)

    assert behind_relay.get(PLAN) is None


def test_a_network_that_stays_away_is_told(behind_relay: BlobRunStore, relay: Relay) -> None:
    behind_relay.put(PLAN, (b"text",))
    relay.is_cut = True

    with pytest.raises(RunStoreUnreachable, match=r"cannot read http://127.0.0.1.*no whole answer"):
        behind_relay.get(PLAN)
    with pytest.raises(RunStoreUnreachable, match="cannot keep"):
        behind_relay.append("runs/R1/part-0001.progress", b"line")
    relay.is_cut = False

    assert behind_relay.get(PLAN) == b"text"


def test_a_container_that_is_gone_is_told_and_not_taken_for_an_empty_one(
    store: BlobRunStore, container: ContainerClient
) -> None:
    container.delete_container()

    for use in (
        lambda: store.get(PLAN),
        lambda: store.names("runs/"),
        lambda: store.put(PLAN, (b"1",)),
        lambda: store.put_once(PLAN, (b"1",)),
        lambda: store.append(PLAN, b"1"),
        lambda: store.delete(PLAN),
    ):
        with pytest.raises(RunStoreError, match="there is no container 'test-") as caught:
            use()
        assert caught.value.exit_code == 2
    container.create_container()


def test_an_azurite_that_was_started_as_it_is_serves_as_a_store() -> None:
    """It refuses versions of the service that it does not know."""
    with running_azurite(options=()) as plain:
        address = container_address(f"{plain.blobs}/runs")
        with ContainerClient(
            plain.blobs, "runs", credential=by_key(), api_version="2021-12-02"
        ) as container:
            container.create_container()
        store = BlobRunStore(BlobService(address, by_key))
        assert store.put_once(PLAN, (b"kept",))
        store.append("runs/R1/part-0001.progress", b"line")
        with store.lease("tenants/T/lease.json", terms("R1")) as held:
            held.check()
        assert store.names("runs/R1/") == (PLAN, "runs/R1/part-0001.progress")
        store.close()


def test_as_many_threads_as_a_tenant_takes_at_once_are_served_without_a_warning(
    store: BlobRunStore, caplog: pytest.LogCaptureFixture
) -> None:
    with ThreadPoolExecutor(52) as pool:
        list(
            pool.map(lambda n: store.append(f"runs/R1/part-{n % 52:04}.progress", b"x"), range(208))
        )

    assert len(store.names("runs/R1/")) == 52
    assert caplog.text == ""
