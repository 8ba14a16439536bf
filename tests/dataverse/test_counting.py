"""Requests counted by kind, from any thread."""

from __future__ import annotations

import threading

import pytest

from connector.dataverse.counting import RequestCounter, RequestStatistics
from connector.dataverse.message import Method, Request, RetrySafety
from tests.dataverse.far_side import answer


def request(method: Method, path: str) -> Request:
    return Request(method=method, path=path, retry=RetrySafety.SAFE)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        (Method.GET, "accounts", "get"),
        (Method.POST, "$batch", "batch"),
        (Method.POST, "accounts", "other"),
        (Method.PATCH, "accounts(1)", "other"),
        (Method.DELETE, "accounts(1)", "other"),
    ],
)
def test_a_request_counts_among_its_kind(method: Method, path: str, kind: str) -> None:
    counter = RequestCounter()

    counter.note(request(method, path), answer(200))

    counted = {"get": 0, "batch": 0, "other": 0} | {kind: 1}
    assert counter.statistics == RequestStatistics(throttled=0, **counted)


def test_an_answer_429_counts_as_throttled_too() -> None:
    counter = RequestCounter()
    for status in (429, 200, 503, 429):
        counter.note(request(Method.GET, "accounts"), answer(status))

    assert counter.statistics == RequestStatistics(get=4, batch=0, other=0, throttled=2)


def test_no_request_of_any_thread_is_lost() -> None:
    counter = RequestCounter()

    def work() -> None:
        for _ in range(500):
            counter.note(request(Method.GET, "accounts"), answer(200))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counter.statistics.get == 4_000


def test_what_was_counted_before_does_not_change_any_more() -> None:
    counter = RequestCounter()
    before = counter.statistics

    counter.note(request(Method.GET, "accounts"), answer(200))

    assert (before.get, counter.statistics.get) == (0, 1)
