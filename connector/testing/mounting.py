"""The emulator in the place of a Dataverse environment, for everything that uses `requests`."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import requests
import responses
from urllib3 import HTTPHeaderDict

from connector.emulator import ConnectionDropped
from connector.testing.wsgi import ask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator

#: Every Dataverse environment, and Microsoft's sign-in, which the emulator answers as well.
EVERY_ENVIRONMENT: Final = ("https://*.dynamics.com", "https://login.microsoftonline.com")
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

Reply = tuple[int, HTTPHeaderDict, bytes]


@contextmanager
def mount(emulator: Emulator, *addresses: str) -> Iterator[None]:
    """
    Answers requests for *addresses* from *emulator* while the context lasts.

    An address is scheme and host; `*` stands for any part of a host's name. Without addresses,
    `EVERY_ENVIRONMENT` is answered. Requests to any other host fail with `ConnectionError`, so
    that a script under test reaches no real system by mistake; loopback stays reachable.
    """
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_passthru(re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])[:/]"))
        for address in addresses or EVERY_ENVIRONMENT:
            answer_from(emulator, mock, address)
        yield


def answer_from(emulator: Emulator, mock: responses.RequestsMock, address: str) -> None:
    """Routes every request below *address* to the emulator's application."""

    def reply(request: requests.PreparedRequest) -> Reply:
        try:
            answer = ask(emulator.app, request)
        except ConnectionDropped as error:
            raise requests.exceptions.ConnectionError(str(error), request=request) from error
        return answer.status, HTTPHeaderDict(answer.headers), answer.body

    for method in METHODS:
        mock.add_callback(method, pattern_of(address), callback=reply, content_type=None)


def pattern_of(address: str) -> re.Pattern[str]:
    """Matches the addresses of everything on a host; `*` matches within the host's name."""
    host = re.escape(address.rstrip("/")).replace(r"\*", "[^/?#]+")
    return re.compile(rf"{host}(?:[/?#]|$)", re.IGNORECASE)
