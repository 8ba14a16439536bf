"""When a holder of a lease has to be taken for alive, and what the others are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.runs.lease import LeaseHeld, LeaseLost, LeaseRecord

NOW = datetime(2020, 10, 5, 6, tzinfo=UTC)
LASTS = timedelta(seconds=90)
RECORD = LeaseRecord(host="here", run_id="R1", since=NOW, renewed=NOW, epoch=3)


@pytest.mark.parametrize(
    ("seconds", "fresh"), [(0, True), (90, True), (91, False), (-90, True), (-91, False)]
)
def test_a_holder_lives_as_long_as_its_last_sign_of_life_is_near(
    seconds: int, *, fresh: bool
) -> None:
    assert RECORD.is_fresh(NOW + timedelta(seconds=seconds), LASTS) is fresh


def test_a_lease_that_was_given_back_is_free_at_once() -> None:
    assert not replace(RECORD, released=True).is_fresh(NOW, LASTS)


def test_who_holds_the_lease_is_told_to_the_others() -> None:
    assert str(LeaseHeld(RECORD)) == (
        "run R1 on here since 2020-10-05T06:00:00+00:00 holds the lease of this tenant;"
        " nothing was written"
    )
    assert str(LeaseHeld(None)) == (
        "another run that is just beginning holds the lease of this tenant; nothing was written"
    )
    assert LeaseHeld(None).exit_code == 5


def test_who_lost_the_lease_is_told_to_whom() -> None:
    assert "(run R1 on here has it now)" in str(LeaseLost(RECORD))
    assert "(it is gone)" in str(LeaseLost(None))
