"""What opening connections tells about the way."""

from __future__ import annotations

from contextlib import closing
from uuid import UUID

import pytest
import requests

from connector.dataverse.address import service_root
from connector.dataverse.auth import NoToken
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.round_trip import RoundTrip, TimedAdapter
from connector.dataverse.transport import RequestsTransport
from tests.dataverse.far_side import Handler, serving


def one_answer_a_connection(handler: Handler) -> None:
    handler.close_connection = True
    handler.reply(200, b"{}", ("Connection", "close"))


def test_the_shortest_time_of_opening_a_connection_counts() -> None:
    readings = iter([10.0, 10.25, 20.0, 20.125, 30.0, 31.0])  # begin and end of three
    round_trip = RoundTrip(lambda: next(readings))
    known = [round_trip.seconds]

    with serving(one_answer_a_connection) as url, requests.Session() as session:
        session.mount("http://", TimedAdapter(round_trip))
        for _ in range(3):
            session.get(url, timeout=2)
            known.append(round_trip.seconds)

    assert known == [0.0, 0.25, 0.125, 0.125]


def test_every_answer_says_how_long_it_was_on_the_way_at_least() -> None:
    request = Request(method=Method.GET, path="accounts", retry=RetrySafety.SAFE)
    seconds = iter(range(1000))
    with serving(one_answer_a_connection) as url:
        transport = RequestsTransport(
            service_root(url),
            NoToken(),
            ids=lambda: UUID(int=1),
            clock=lambda: float(next(seconds)),  # each look takes a second
            sleep=lambda _: None,
        )
        with closing(transport):
            answer = transport.send(request)

    assert answer.on_the_way == pytest.approx(1.0)
