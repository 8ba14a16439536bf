"""The emulator beside the other answers of a test that works with `responses` already."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import requests
from urllib3 import HTTPHeaderDict

from connector.emulator import ConnectionDropped
from connector.testing.addresses import EVERY_ENVIRONMENT
from connector.testing.wsgi import ask

if TYPE_CHECKING:
    import responses

    from connector.emulator import Emulator

METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

_Reply = tuple[int, HTTPHeaderDict, bytes]


def answer_through(mock: responses.RequestsMock, emulator: Emulator, *addresses: str) -> None:
    """
    Lets *mock* answer requests for *addresses* from *emulator*, beside what it answers itself.

    An address is scheme and host; `*` stands for any part of a host's name. Without addresses,
    `EVERY_ENVIRONMENT` is answered. `responses` replaces the adapter of `requests`, so that
    retries and time-outs of the caller's own do not act, and other libraries are not answered:
    `mount` has neither limit.
    """

    def reply(request: requests.PreparedRequest) -> _Reply:
        try:
            answer = ask(emulator.app, request)
        except ConnectionDropped as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from error
        return answer.status, HTTPHeaderDict(answer.headers), answer.body

    for address in addresses or EVERY_ENVIRONMENT:
        for method in METHODS:
            mock.add_callback(method, pattern_of(address), callback=reply, content_type=None)


def pattern_of(address: str) -> re.Pattern[str]:
    """Matches the addresses of everything on a host; `*` matches within the host's name."""
    host = re.escape(address.rstrip("/")).replace(r"\*", "[^/?#]+")
    return re.compile(rf"{host}(?:[/?#]|$)", re.IGNORECASE)
