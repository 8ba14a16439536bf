"""Requests are counted in all, and from one moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.outcome import RequestCounts
from connector.usecases.requests import all_requests, request_counts, requests_since
from tests.projectops.one_contract import tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path


def test_what_was_sent_before_the_moment_does_not_count(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)
    environment.client.read_many(())
    _ = environment.reading
    before = request_counts(environment)

    since = requests_since(environment)
    none = since()
    environment.read_anew()

    assert none == RequestCounts()
    assert before == since()
    assert request_counts(environment) == all_requests((before, before))


def test_counts_are_added_kind_by_kind() -> None:
    one, two = RequestCounts(get=1, batch=2, other=3, throttled=4), RequestCounts(get=10)

    assert all_requests((one, two)) == RequestCounts(get=11, batch=2, other=3, throttled=4)
    assert all_requests(()) == RequestCounts()
