"""Exchanges with an emulator as the report of a failed test shows them."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.emulator import Exchange

#: So many exchanges are shown, the last ones.
LAST: Final = 10
#: So many characters of each body.
SHORT: Final = 500


def text_of(exchanges: Iterable[Exchange]) -> str:
    """The last exchanges, one below the other: method, address, status and short bodies."""
    last = tuple(exchanges)[-LAST:]
    if not last:
        return "There were none: nothing was asked of the emulator."
    return "\n".join(line for exchange in last for line in _lines(exchange))


def _lines(exchange: Exchange) -> Iterator[str]:
    yield f"{exchange.method} {exchange.url}"
    yield from _body(exchange.request_body)
    yield f"    {exchange.note or _status(exchange.status)}"
    yield from _body(exchange.response_body)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _body(body: str) -> Iterator[str]:
    short = body if len(body) <= SHORT else f"{body[:SHORT]} …"
    for line in short.splitlines():
        yield f"        {line}"
