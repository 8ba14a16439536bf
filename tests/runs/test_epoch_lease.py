"""An epoch belongs to one run, outlives its processes, and is over for those who come late."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from connector.invoicing.ids import OrganizationId
from connector.runs.epoch_lease import EPOCH_LASTS, EpochLease, Epochs
from connector.runs.folder_store import FolderRunStore
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseTerms
from connector.runs.names import epoch_folder
from connector.runs.store import RunStoreError

TENANT = OrganizationId(UUID(int=1))
LATER = EPOCH_LASTS + timedelta(seconds=1)


@dataclass
class Clock:
    now: datetime = datetime(2020, 10, 5, 6, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path)


def epochs(
    store: FolderRunStore, clock: Clock, run_id: str = "R1", lasts: timedelta = EPOCH_LASTS
) -> Epochs:
    terms = LeaseTerms(host="here", run_id=run_id, clock=clock, lasts=lasts)
    return Epochs(store=store, tenant=TENANT, terms=terms)


def test_epochs_grow_by_one_and_the_same_run_gets_its_own_again(
    store: FolderRunStore, clock: Clock
) -> None:
    first = epochs(store, clock)

    assert (first.take(), first.take()) == (1, 1)
    first.end(1)
    assert first.take() == 2
    first.end(2)
    assert epochs(store, clock, "R2").take() == 3


def test_another_run_is_refused_while_there_are_signs_of_life(
    store: FolderRunStore, clock: Clock
) -> None:
    first, second = epochs(store, clock), epochs(store, clock, "R2")
    first.take()
    clock.now += EPOCH_LASTS
    first.sign(1)
    clock.now += EPOCH_LASTS

    with pytest.raises(LeaseHeld, match="run R1 on here since 2020-10-05T06:00:00"):
        second.take()
    with pytest.raises(LeaseHeld, match="run R1"):
        second.refuse_others()
    clock.now += timedelta(seconds=1)
    assert second.take() == 2


def test_a_step_of_an_epoch_that_another_run_has_followed_may_not_write(
    store: FolderRunStore, clock: Clock
) -> None:
    first, second = epochs(store, clock), epochs(store, clock, "R2")
    lease = EpochLease(first, first.take())
    with lease:
        lease.check()
        clock.now += LATER
        second.take()
        with pytest.raises(LeaseLost, match="run R2 on here has it now"):
            lease.check()

    with pytest.raises(LeaseLost), EpochLease(first, 1):
        pass


def test_a_late_step_of_an_epoch_that_is_over_may_not_write(
    store: FolderRunStore, clock: Clock
) -> None:
    first = epochs(store, clock)
    lease = EpochLease(first, first.take())

    with lease:
        first.end(1)
        with pytest.raises(LeaseLost):
            lease.check()


def test_the_epoch_outlives_the_steps_that_join_it(store: FolderRunStore, clock: Clock) -> None:
    first = epochs(store, clock)
    epoch = first.take()

    for _ in range(2):
        with EpochLease(first, epoch) as lease:
            lease.check()

    with pytest.raises(LeaseHeld):
        epochs(store, clock, "R2").take()


def test_a_run_in_one_process_ends_an_epoch_that_shows_no_life(
    store: FolderRunStore, clock: Clock
) -> None:
    first, second = epochs(store, clock), epochs(store, clock, "R2")
    epoch = first.take()
    clock.now += LATER

    second.refuse_others()

    with pytest.raises(LeaseLost):
        first.check(epoch)
    assert second.take() == 3


def test_nobody_is_refused_where_no_run_in_steps_ever_was(
    store: FolderRunStore, clock: Clock
) -> None:
    epochs(store, clock).refuse_others()

    assert store.names(epoch_folder(TENANT)) == ()


def test_of_two_that_take_the_same_epoch_one_is_first(store: FolderRunStore, clock: Clock) -> None:
    first, second = epochs(store, clock), epochs(store, clock, "R2")
    first.take()
    first.end(1)

    assert first._begin(2) == 2
    with pytest.raises(LeaseHeld, match="run R1"):
        second._begin(2)


def test_signs_of_life_are_given_while_a_step_works(store: FolderRunStore, clock: Clock) -> None:
    first = epochs(store, clock, lasts=timedelta(seconds=0.04))
    epoch = first.take()
    lease = EpochLease(first, epoch)

    with lease:
        clock.now += timedelta(hours=1)
        signed = lease._ended.wait(0.5) or first.holding(epoch)

    assert signed is not None
    assert not isinstance(signed, bool)
    assert signed.renewed == clock.now


def test_old_epochs_are_forgotten(store: FolderRunStore, clock: Clock) -> None:
    first = epochs(store, clock)
    for epoch in (1, 2, 3, 4):
        assert first.take() == epoch
        first.end(epoch)

    names = {name.rpartition("/")[2] for name in store.names(epoch_folder(TENANT))}
    assert names == {
        *("00000003.taken", "00000003.over", "00000004.taken", "00000004.over"),
    }


def test_an_epoch_that_cannot_be_read_is_nobody_s(store: FolderRunStore, clock: Clock) -> None:
    store.put(f"{epoch_folder(TENANT)}00000001.taken", (b"half of",))

    assert epochs(store, clock).take() == 2


@pytest.mark.skipif(sys.platform == "win32", reason="a folder that refuses is a loop of links here")
def test_a_store_that_cannot_be_asked_for_too_long_means_that_the_lease_is_lost(
    store: FolderRunStore, clock: Clock, tmp_path: Path
) -> None:
    first = epochs(store, clock, lasts=timedelta(hours=1))
    lease = EpochLease(first, first.take())

    with lease:
        folder = tmp_path / epoch_folder(TENANT)
        folder.rename(tmp_path / "aside")
        Path(str(folder).rstrip("/")).symlink_to(folder)
        with pytest.raises(RunStoreError):
            first.check(1)
        lease.check()  # it was seen a moment ago
        lease._seen -= 3601
        with pytest.raises(LeaseLost):
            lease.check()
