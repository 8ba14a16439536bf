"""A lease as a file: one holder at a time, and whoever takes over counts the epoch up."""

from __future__ import annotations

import json
import logging
import shutil
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from connector.runs.file_lease import FileLease
from connector.runs.lease import LeaseHeld, LeaseLost, LeaseTerms
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2020, 10, 5, 6, tzinfo=UTC)


def lease(
    folder: Path,
    run_id: str = "R1",
    host: str = "here",
    now: datetime = NOW,
    lasts: timedelta = timedelta(seconds=90),
) -> FileLease:
    terms = LeaseTerms(host=host, run_id=run_id, clock=lambda: now, lasts=lasts)
    return FileLease(folder / "lease.json", terms)


def record(folder: Path, **changes: object) -> dict[str, object]:
    """What stands in the file, after *changes* by somebody else."""
    path = folder / "lease.json"
    found = {**json.loads(path.read_bytes()), **changes}
    if changes:
        path.write_text(json.dumps(found), encoding="utf-8")
    return found


def test_a_lease_is_written_down_while_it_is_held_and_released_afterwards(tmp_path: Path) -> None:
    with lease(tmp_path) as held:
        held.check()
        during = record(tmp_path)

    assert (during["run_id"], during["host"], during["epoch"], during["released"]) == (
        "R1",
        "here",
        1,
        False,
    )
    assert record(tmp_path)["released"] is True


def test_a_second_run_on_the_same_host_is_refused_by_name(tmp_path: Path) -> None:
    with lease(tmp_path), pytest.raises(LeaseHeld, match="run R1 on here"):
        lease(tmp_path, "R2").__enter__()


def test_each_holder_counts_the_epoch_up(tmp_path: Path) -> None:
    for run_id in ("R1", "R2", "R3"):
        with lease(tmp_path, run_id):
            pass

    assert record(tmp_path)["epoch"] == 3


def test_a_run_of_this_host_that_was_killed_gives_way_at_once(tmp_path: Path) -> None:
    with lease(tmp_path):
        pass
    record(tmp_path, released=False)

    with lease(tmp_path, "R2") as held:
        held.check()


@pytest.mark.parametrize(("seconds", "is_held"), [(90, True), (91, False)])
def test_a_run_of_another_host_is_waited_for_until_its_signs_of_life_stop(
    tmp_path: Path, seconds: int, *, is_held: bool
) -> None:
    with lease(tmp_path, host="there"):
        pass
    record(tmp_path, released=False)
    other = lease(tmp_path, "R2", now=NOW + timedelta(seconds=seconds))

    if is_held:
        with pytest.raises(LeaseHeld, match="run R1 on there"):
            other.__enter__()
        with lease(tmp_path, "R3", now=NOW + timedelta(hours=1)):
            pass  # the lock was not kept by the one that was refused
    else:
        with other:
            assert record(tmp_path)["run_id"] == "R2"


def test_who_was_taken_for_dead_notices_and_leaves_the_lease_to_the_other(tmp_path: Path) -> None:
    with lease(tmp_path) as held:
        record(tmp_path, run_id="R2", host="there", epoch=2)
        with pytest.raises(LeaseLost, match="run R2 on there has it now"):
            held.check()

    assert (record(tmp_path)["run_id"], record(tmp_path)["released"]) == ("R2", False)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"host": 5}'])
def test_a_file_that_says_nothing_is_no_holder_and_no_lease_of_ours(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "lease.json").write_bytes(content)

    with lease(tmp_path) as held:
        (tmp_path / "lease.json").write_bytes(content)
        with pytest.raises(LeaseLost, match="it is gone"):
            held.check()


def test_a_lease_is_renewed_while_it_is_held(tmp_path: Path) -> None:
    ticks = iter(NOW + timedelta(seconds=number) for number in range(1_000_000))
    terms = LeaseTerms(
        host="here", run_id="R1", clock=lambda: next(ticks), lasts=timedelta(seconds=0.03)
    )
    with FileLease(tmp_path / "lease.json", terms):
        first = record(tmp_path)["renewed"]
        deadline = time.monotonic() + 5
        while record(tmp_path)["renewed"] == first and time.monotonic() < deadline:
            time.sleep(0.01)
        assert record(tmp_path)["renewed"] != first


def test_a_place_that_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "lease.json").mkdir()

    with pytest.raises(RunStoreError, match=r"the run store cannot keep .*lease\.json: "):
        lease(tmp_path).__enter__()


def test_a_lease_that_cannot_be_given_back_is_told_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "store"
    folder.mkdir()
    with caplog.at_level(logging.WARNING), lease(folder):
        (folder / "lease.json").unlink()
        (folder / "lease.json").mkdir()

    assert "could not be given back" in caplog.text
    shutil.rmtree(folder)
