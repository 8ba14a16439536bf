"""Exchanges are shown one below the other, the last ones, with short bodies."""

from __future__ import annotations

from datetime import UTC, datetime

from connector.emulator import Exchange
from connector.testing.exchanges import LAST, SHORT, text_of


def exchange(**changed: str | int) -> Exchange:
    given = {
        "method": "POST",
        "url": "https://contoso.example/accounts",
        "request_body": "{}",
        "status": 429,
        "response_body": "busy",
        **changed,
    }
    at = datetime(2020, 10, 1, tzinfo=UTC)
    return Exchange(at=at, request_headers={}, response_headers={}, **given)  # type: ignore[arg-type]


def test_request_status_and_bodies_stand_below_each_other() -> None:
    assert text_of([exchange()]) == (
        "POST https://contoso.example/accounts\n        {}\n    429 Too Many Requests\n        busy"
    )


def test_a_connection_that_broke_says_so() -> None:
    broken = exchange(status=0, note="dropped before the operation", response_body="")

    assert text_of([broken]).endswith("        {}\n    dropped before the operation")


def test_a_status_without_words_is_its_number() -> None:
    assert text_of([exchange(status=299, response_body="")]).endswith("\n    299")


def test_long_bodies_are_cut() -> None:
    shown = text_of([exchange(request_body="x" * (SHORT + 1))]).splitlines()[1]

    assert shown == f"        {'x' * SHORT} …"


def test_only_the_last_ones_are_shown() -> None:
    shown = text_of([exchange(url=f"https://a/{number}") for number in range(LAST + 5)])

    assert [line for line in shown.splitlines() if line.startswith("POST")] == [
        f"POST https://a/{number}" for number in range(5, LAST + 5)
    ]


def test_that_there_were_none_is_said() -> None:
    assert text_of([]) == "There were none: nothing was asked of the emulator."
