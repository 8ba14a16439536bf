"""
The lease in a container: granted by the service, judged by a clock that nobody sets.

A lease of the service lasts 15 seconds at least. Where a test would have to wait for its end, the
clock of the holder is moved instead, or the lease is broken as an operator breaks it.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

import pytest
from azure.storage.blob import BlobLeaseClient

from connector.errors import ExitCode
from connector.runs.blobs.blob_lease import BlobLease
from connector.runs.blobs.blob_store import BlobRunStore
from connector.runs.blobs.service import BlobService
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseTerms, record_in
from connector.runs.store import RunStoreError, RunStoreUnreachable
from tests.azurite.relay import Loss
from tests.azurite.server import ACCOUNT, by_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from azure.storage.blob import ContainerClient

    from connector.runs.lease import LeaseRecord
    from connector.settings.container import ContainerAddress
    from tests.azurite.relay import Relay

pytestmark = pytest.mark.cloud

T = TypeVar("T")

NAME = "tenants/T/lease.json"
NOON = datetime(2020, 10, 5, 12, tzinfo=UTC)


@dataclass(slots=True)
class HandMoved:
    """A clock that stands still until a test moves it."""

    seconds: float = 1_000.0

    def __call__(self) -> float:
        return self.seconds


def terms(run_id: str, now: datetime = NOON, seconds: float = 60) -> LeaseTerms:
    return LeaseTerms(
        host=f"host of {run_id}",
        run_id=run_id,
        clock=lambda: now,
        lasts=timedelta(seconds=seconds),
    )


def lease(store: BlobRunStore, run_id: str, clock: HandMoved | None = None) -> BlobLease:
    taken = store.lease(NAME, terms(run_id))
    assert isinstance(taken, BlobLease)
    if clock is not None:
        taken.clock = clock
    return taken


def record(container: ContainerClient) -> LeaseRecord:
    found = record_in(container.download_blob(NAME).readall())
    assert found is not None
    return found


def broken(container: ContainerClient) -> None:
    """As `az storage blob lease break` does."""
    BlobLeaseClient(container.get_blob_client(NAME)).break_lease(0)


def renewals(relay: Relay) -> int:
    return len([line for line in relay.seen if "comp=lease" in line]) - 1


def test_a_lease_is_written_down_while_it_is_held_and_released_afterwards(
    store: BlobRunStore, container: ContainerClient
) -> None:
    with lease(store, "R1") as held:
        held.check()
        during = record(container)
        properties = container.get_blob_client(NAME).get_blob_properties()
        assert (properties.lease.state, properties.lease.duration) == ("leased", "fixed")

    assert (during.run_id, during.host, during.epoch, during.released) == (
        "R1",
        "host of R1",
        1,
        False,
    )
    assert during.since == NOON
    assert record(container).released
    assert container.get_blob_client(NAME).get_blob_properties().lease.state == "available"


def test_a_second_run_is_refused_by_name_with_what_can_be_done(store: BlobRunStore) -> None:
    with (
        lease(store, "R1"),
        pytest.raises(LeaseHeld, match="run R1 on host of R1 since 2020-10-05T12") as caught,
    ):
        lease(store, "R2").__enter__()

    assert "if that run has died, its lease ends within 60 seconds" in str(caught.value)
    assert caught.value.exit_code is ExitCode.LEASE_HELD


def test_two_holders_never_go_by_one_id_even_if_their_processes_have_one_name(
    store: BlobRunStore,
) -> None:
    """To one id the service grants its lease again, so that both would have it."""
    stores = [BlobRunStore(store.service, process=lambda: "twin") for _ in range(2)]
    first, second = (lease(each, "R1") for each in stores)

    with first, pytest.raises(LeaseHeld):
        second.__enter__()


def test_a_lease_that_is_being_broken_is_held_until_that_is_over(
    store: BlobRunStore, container: ContainerClient
) -> None:
    with lease(store, "R1"):
        BlobLeaseClient(container.get_blob_client(NAME)).break_lease(10)
        with pytest.raises(LeaseHeld, match="run R1"):
            lease(store, "R2").__enter__()


def test_each_holder_counts_the_epoch_up_also_after_one_that_was_broken(
    store: BlobRunStore, container: ContainerClient
) -> None:
    with lease(store, "R1"):
        pass
    with lease(store, "R2"):
        broken(container)
    with lease(store, "R3"):
        assert (record(container).run_id, record(container).epoch) == ("R3", 3)


def test_a_lease_that_an_operator_broke_is_lost_within_a_second(
    store: BlobRunStore, container: ContainerClient
) -> None:
    clock = HandMoved()
    with lease(store, "R1", clock) as held:
        broken(container)
        held.check()  # it was renewed in this very second
        clock.seconds += 1
        with pytest.raises(LeaseLost, match="it was broken, or it ran out"):
            held.check()
        with pytest.raises(LeaseLost) as caught:
            held.check()

    assert caught.value.exit_code is ExitCode.LEASE_HELD
    assert not record(container).released


def test_who_lost_the_lease_hears_who_has_it_and_leaves_it_to_that_one(
    store: BlobRunStore, container: ContainerClient
) -> None:
    clock = HandMoved()
    with lease(store, "R1", clock) as first:
        broken(container)
        with lease(store, "R2") as second:
            clock.seconds += 1
            with pytest.raises(LeaseLost, match="run R2 on host of R2 has it now"):
                first.check()
            first.__exit__()
            second.check()
            assert (record(container).run_id, record(container).epoch) == ("R2", 2)
            assert not record(container).released


def test_a_lost_network_stops_writing_before_the_lease_can_have_run_out(
    behind_relay: BlobRunStore, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    clock = HandMoved()
    with lease(behind_relay, "R1", clock) as held:
        relay.is_cut = True
        clock.seconds += 40
        held.check()
        clock.seconds += 9.9
        held.check()
        clock.seconds += 0.1
        with pytest.raises(LeaseLost, match="it could not be renewed in time"):
            held.check()
        relay.is_cut = False
        clock.seconds += 1
        with pytest.raises(LeaseLost):  # a run that has stopped does not begin again
            held.check()

    assert caplog.text.count("could not be renewed") == 1


def test_a_network_that_comes_back_in_time_loses_nothing(
    behind_relay: BlobRunStore, relay: Relay
) -> None:
    clock = HandMoved()
    with lease(behind_relay, "R1", clock) as held:
        relay.is_cut = True
        clock.seconds += 45
        held.check()
        relay.is_cut = False
        clock.seconds += 2
        held.check()  # renewed: good for another 50 seconds
        relay.is_cut = True
        clock.seconds += 49
        held.check()


def test_the_time_counts_from_before_the_renewal_was_sent(address: ContainerAddress) -> None:
    """An answer that took 8 seconds gives 42 more seconds to write in, not 50."""
    clock = HandMoved()

    @dataclass(slots=True)
    class Slow(BlobService):
        """The service, by whose clock 8 seconds pass while a request is under way."""

        def once(self, action: Callable[[ContainerClient], T]) -> T:
            found = BlobService.once(self, action)
            clock.seconds += 8
            return found

    slow = BlobRunStore(Slow(address, by_key))
    with lease(slow, "R1", clock) as held:
        clock.seconds += 20
        asked = clock.seconds
        held.check()
        assert clock.seconds == asked + 8
        held.service = BlobService(address, by_key)  # nothing takes time any more
        held._asked = asked + 42  # and nobody asks again
        clock.seconds = asked + 49.9
        held._asked = clock.seconds
        held.check()
        clock.seconds = asked + 50
        held._asked = clock.seconds
        with pytest.raises(LeaseLost, match="could not be renewed in time"):
            held.check()
        held.service.close()
    slow.close()


def test_clocks_of_machines_that_differ_by_a_year_do_not_matter(store: BlobRunStore) -> None:
    early = store.lease(NAME, terms("early", NOON - timedelta(days=365)))
    late = store.lease(NAME, terms("late", NOON + timedelta(days=365)))
    with late as held:
        with pytest.raises(LeaseHeld, match="late"):
            early.__enter__()
        held.check()
    with early as held:
        with pytest.raises(LeaseHeld, match="early"):
            late.__enter__()
        held.check()


@pytest.mark.parametrize("loss", list(Loss))
def test_taking_it_survives_a_lost_request_or_answer(
    behind_relay: BlobRunStore, relay: Relay, container: ContainerClient, loss: Loss
) -> None:
    relay.lose(loss, containing="comp=lease")

    with lease(behind_relay, "R1") as held:
        held.check()
        assert record(container).epoch == 1
    with lease(behind_relay, "R2"):
        assert record(container).epoch == 2


def test_the_service_is_asked_once_a_second_at_most_and_in_the_background(
    behind_relay: BlobRunStore, relay: Relay
) -> None:
    clock = HandMoved()
    with lease(behind_relay, "R1", clock) as held:
        for _ in range(20):
            held.check()
        assert renewals(relay) == 0
        clock.seconds += 1
        for _ in range(20):
            held.check()
        assert renewals(relay) == 1

    relay.seen.clear()
    behind = behind_relay.lease(NAME, terms("R2", seconds=15))
    with behind:
        deadline = time.monotonic() + 20
        while renewals(relay) < 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert renewals(relay) >= 1


def test_a_lease_that_is_taken_away_before_it_is_written_down_is_not_held(
    behind_relay: BlobRunStore, relay: Relay, container: ContainerClient
) -> None:
    with lease(behind_relay, "R1"):
        pass
    relay.before("comp=lease", lambda: relay.before(f"PUT {_path(container)}", take))

    def take() -> None:
        broken(container)
        BlobLeaseClient(container.get_blob_client(NAME)).acquire(15)

    with pytest.raises(LeaseHeld):
        lease(behind_relay, "R2").__enter__()

    assert (record(container).run_id, record(container).epoch) == ("R1", 1)
    broken(container)


def test_a_network_that_goes_while_the_lease_is_written_down_is_told(
    behind_relay: BlobRunStore, relay: Relay, container: ContainerClient
) -> None:
    with lease(behind_relay, "R1"):
        pass

    def cut() -> None:
        relay.is_cut = True

    relay.before("comp=lease", lambda: relay.before("GET", cut))
    with pytest.raises(RunStoreUnreachable, match="cannot take the lease"):
        lease(behind_relay, "R2").__enter__()

    assert record(container).run_id == "R1"
    relay.is_cut = False
    broken(container)


def _path(container: ContainerClient) -> str:
    """Where the blob of the lease is, in the line of a request."""
    return f"/{ACCOUNT}/{container.container_name}/{NAME}"


def test_a_lease_that_cannot_be_given_back_is_told_in_the_log(
    behind_relay: BlobRunStore, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), lease(behind_relay, "R1"):
        relay.is_cut = True

    assert f"the lease {NAME} could not be given back" in caplog.text


def test_a_container_that_is_missing_is_told_before_anything(
    store: BlobRunStore, container: ContainerClient
) -> None:
    container.delete_container()

    with pytest.raises(RunStoreError, match="there is no container"):
        lease(store, "R1").__enter__()
    container.create_container()


def test_a_holder_that_died_gives_way_when_its_time_is_over(
    store: BlobRunStore, container: ContainerClient
) -> None:
    """No process renews the lease of the dead: the service itself ends it after 15 seconds."""
    dead = BlobLeaseClient(container.get_blob_client(NAME))
    with store.lease(NAME, terms("R1")):
        pass
    dead.acquire(15)
    began = time.monotonic()

    with pytest.raises(LeaseHeld, match="another run that is just beginning"):
        lease(store, "R2").__enter__()
    while True:
        try:
            with lease(store, "R2"):
                assert record(container).epoch == 2
            break
        except LeaseHeld:
            time.sleep(0.5)

    assert 14 < time.monotonic() - began < 25
