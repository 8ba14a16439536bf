"""
What every run store must do, wherever it keeps its files.

A test module of a store subclasses `RunStoreContract` and gives it a fixture `store`: an empty one.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from connector.runs.lease import LeaseHeld, LeaseTerms
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.runs.store import RunStore

PLAN = "runs/R1/part-0001.plan"


def terms(run_id: str) -> LeaseTerms:
    return LeaseTerms(host="here", run_id=run_id, clock=lambda: datetime(2020, 10, 5, tzinfo=UTC))


class BrokenSourceError(Exception):
    """What is to be kept cannot be had."""


def broken(*chunks: bytes) -> Iterator[bytes]:
    yield from chunks
    raise BrokenSourceError


class RunStoreContract:
    """Tests that take a `store` and nothing else."""

    def test_what_was_put_is_got_byte_by_byte(self, store: RunStore) -> None:
        store.put(PLAN, (b"one\r\n", b"\xc3\xa9\x00", b"", b"three"))

        assert store.get(PLAN) == b"one\r\n\xc3\xa9\x00three"

    def test_nothing_is_got_where_nothing_was_put(self, store: RunStore) -> None:
        assert store.get(PLAN) is None
        store.put(PLAN, ())

        assert store.get(PLAN) == b""
        assert store.get(f"{PLAN}/below") is None

    def test_what_is_put_again_gives_way_to_the_new(self, store: RunStore) -> None:
        store.put(PLAN, (b"a long first text",))
        store.put(PLAN, (b"short",))

        assert store.get(PLAN) == b"short"

    def test_a_source_that_breaks_leaves_the_former_file_whole(self, store: RunStore) -> None:
        store.put(PLAN, (b"before",))

        with pytest.raises(BrokenSourceError):
            store.put(PLAN, broken(b"after", b"wards"))
        with pytest.raises(BrokenSourceError):
            store.put_once("runs/R1/manifest.json", broken(b"half"))

        assert store.get(PLAN) == b"before"
        assert store.get("runs/R1/manifest.json") is None
        assert store.names("runs/R1/") == (PLAN,)

    def test_what_was_sealed_stays_as_it_is(self, store: RunStore) -> None:
        assert store.put_once(PLAN, (b"first", b" seal"))
        assert not store.put_once(PLAN, (b"second",))

        assert store.get(PLAN) == b"first seal"

    def test_of_several_that_seal_at_once_one_is_first_and_whole(self, store: RunStore) -> None:
        start, texts = Barrier(4), [bytes([65 + n]) * 100_000 for n in range(4)]

        def seal(text: bytes) -> bool:
            start.wait()
            return store.put_once(PLAN, (text[:50_000], text[50_000:]))

        with ThreadPoolExecutor(4) as pool:
            won = list(pool.map(seal, texts))

        assert won.count(True) == 1
        assert store.get(PLAN) == texts[won.index(True)]

    def test_lines_are_added_in_order_and_each_has_its_end(self, store: RunStore) -> None:
        name = "runs/R1/part-0001.progress"
        for word in (b"one", b"two", b"three"):
            store.append(name, word)

        assert store.get(name) == b"one\ntwo\nthree\n"

    def test_lines_from_several_threads_are_never_mixed(self, store: RunStore) -> None:
        name = "runs/R1/part-0001.progress"
        lines = [f"{number}:".encode() + b"x" * 300 for number in range(40)]

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda line: store.append(name, line), lines))

        assert sorted((store.get(name) or b"").splitlines()) == sorted(lines)

    def test_a_folder_tells_what_is_directly_in_it(self, store: RunStore) -> None:
        store.put("runs/R1/manifest.json", (b"1",))
        store.put(PLAN, (b"2",))
        store.put("runs/R10/manifest.json", (b"3",))
        store.put("tenants/T/lease.json", (b"4",))

        assert store.names("runs/") == ("runs/R1/", "runs/R10/")
        assert store.names("runs/R1/") == ("runs/R1/manifest.json", PLAN)
        assert store.names("nowhere/") == ()
        assert store.names(f"{PLAN}/") == ()

    def test_what_was_deleted_is_gone_and_can_be_sealed_anew(self, store: RunStore) -> None:
        store.put_once(PLAN, (b"1",))
        store.delete(PLAN)
        store.delete(PLAN)
        store.delete("nowhere/nothing")

        assert store.get(PLAN) is None
        assert store.names("runs/R1/") == ()
        assert store.put_once(PLAN, (b"2",))

    def test_a_folder_goes_with_its_last_file(self, store: RunStore) -> None:
        store.put("runs/R1/manifest.json", (b"1",))
        store.append("runs/R1/part-0001.progress", b"2")
        store.put("runs/R2/manifest.json", (b"3",))

        store.delete("runs/R1/manifest.json")
        assert store.names("runs/") == ("runs/R1/", "runs/R2/")
        store.delete("runs/R1/part-0001.progress")

        assert store.names("runs/") == ("runs/R2/",)
        store.put("runs/R1/manifest.json", (b"4",))
        assert store.get("runs/R1/manifest.json") == b"4"

    def test_lines_begin_anew_in_a_file_that_was_deleted(self, store: RunStore) -> None:
        name = "runs/R1/part-0001.progress"
        store.append(name, b"before")
        store.delete(name)
        store.append(name, b"after")

        assert store.get(name) == b"after\n"

    def test_a_name_that_leads_out_of_the_store_is_refused(self, store: RunStore) -> None:
        for name in ("../outside", "runs/../../outside", "/outside", "", "runs\\outside"):
            with pytest.raises(RunStoreError):
                store.put(name, (b"1",))

    def test_a_lease_has_one_holder_until_it_is_given_back(self, store: RunStore) -> None:
        name = "tenants/T/lease.json"
        with store.lease(name, terms("first")) as first:
            first.check()
            with pytest.raises(LeaseHeld, match="first"):
                store.lease(name, terms("second")).__enter__()
        with store.lease(name, terms("third")) as third:
            third.check()

    def test_leases_of_two_tenants_do_not_meet(self, store: RunStore) -> None:
        with (
            store.lease("tenants/T/lease.json", terms("first")) as first,
            store.lease("tenants/U/lease.json", terms("second")) as second,
        ):
            first.check()
            second.check()
