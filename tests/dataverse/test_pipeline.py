"""The way of a call: through which layers, in which order, and what each of them does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

import connector
from connector.dataverse.batch import ChangeSet
from connector.dataverse.calls import One
from connector.dataverse.client import DataverseClient
from connector.dataverse.counting import RequestCounter, RequestStatistics
from connector.dataverse.errors import BadRequest, Throttled
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.operations import request_create_with_id, request_get, request_update
from connector.dataverse.pipeline import CountLayer, LimitLayer, RetryLayer, TagLayer, pipeline
from connector.dataverse.query import Query
from connector.dataverse.retry import RetryPolicy
from tests.dataverse.far_side import FarSide, answer, error, multipart, scripted

if TYPE_CHECKING:
    from connector.dataverse.message import Response

ROW = UUID(int=7)
OURS = str(Path(connector.__file__).parent)
MOST_FRAMES_BEFORE_THE_TRANSPORT = 5


def frames_of_ours() -> list[str]:
    """The functions of the product that are on the way here, the outermost first."""
    found, frame = [], sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(OURS):
            found.append(frame.f_code.co_qualname)
        frame = frame.f_back  # type: ignore[assignment]
    return found[::-1]


def test_a_batch_passes_tag_retry_limit_and_count_in_this_order_and_nothing_else() -> None:
    seen: list[str] = []

    def app(_request: Request) -> Response:
        seen.extend(frames_of_ours())
        return multipart(answer(204))

    client = DataverseClient(FarSide(app), None, Limiter(1))
    client.batch([ChangeSet((request_create_with_id("accounts", ROW, {"name": "A"}),))])

    assert seen == [
        "DataverseClient.batch",
        "TagLayer.carry",
        "RetryLayer.carry",
        "LimitLayer.send",
        "CountLayer.send",
    ]
    assert len(seen) <= MOST_FRAMES_BEFORE_THE_TRANSPORT


def test_the_layers_stand_around_the_transport_in_the_order_of_the_documentation() -> None:
    far = FarSide(scripted(answer(204)))

    layer: object = pipeline(
        far, tag="", policy=RetryPolicy(), limiter=Limiter(1), counter=RequestCounter()
    )
    found = []
    while layer is not far:
        found.append(type(layer))
        layer = layer._inner  # type: ignore[attr-defined]

    assert found == [TagLayer, RetryLayer, LimitLayer, CountLayer]


def test_every_sending_carries_the_tag_once_and_is_limited_and_counted() -> None:
    limiter, counter = Limiter(1), RequestCounter()
    far = FarSide(scripted(error(503), error(503), answer(204)))
    way = pipeline(far, tag="night", policy=RetryPolicy(), limiter=limiter, counter=counter)

    way.carry(One(request_update("accounts", ROW, {"name": "A"}), lambda response: response))

    assert [request.path for request in far.requests] == [f"accounts({ROW})?tag=night"] * 3
    assert counter.statistics == RequestStatistics(get=0, batch=0, other=3, throttled=0)
    assert len(limiter._spent) == 3


def test_what_is_throttled_inside_a_batch_holds_back_every_other_call() -> None:
    throttled = error(429, "0x80072322", headers=(("Retry-After", "40"),))
    far = FarSide(scripted(multipart(answer(204), throttled)))
    limiter = Limiter(2)
    client = DataverseClient(far, RetryPolicy(throttled_attempts=1), limiter)
    writes = [request_create_with_id("accounts", UUID(int=at), {}) for at in (1, 2)]

    answers = client.batch(writes, continue_on_error=True)
    assert isinstance(answers[1], Throttled)
    assert far.slept == []

    other = FarSide(scripted(answer(200, {})))
    DataverseClient(other, None, limiter).send(request_get("accounts", ROW))
    assert other.slept == [40]


def test_a_place_under_way_is_free_again_when_the_transport_fails() -> None:
    limiter = Limiter(1)

    def app(_request: Request) -> Response:
        raise KeyError

    client = DataverseClient(FarSide(app), None, limiter)
    for _ in range(3):
        with pytest.raises(KeyError):
            client.send(request_get("accounts", ROW))

    assert limiter._under_way == []


def test_an_answer_is_read_after_its_place_was_given_back() -> None:
    """Decoding many megabytes is our time, and no execution time of the server's."""
    limiter = Limiter(1)
    busy: list[int] = []
    far = FarSide(scripted(answer(200, {"value": []})))
    way = pipeline(far, tag="", policy=RetryPolicy(), limiter=limiter, counter=RequestCounter())

    def read(_response: Response) -> None:
        busy.append(len(limiter._under_way))

    way.carry(One(Request(method=Method.GET, path="accounts", retry=RetrySafety.SAFE), read))

    assert busy == [0]


def test_a_layer_is_a_transport_with_the_clock_and_connections_of_the_one_it_stands_around() -> (
    None
):
    far = FarSide(scripted(error(400)))
    layer = CountLayer(RequestCounter(), LimitLayer(Limiter(1), far))

    layer.sleep(3)
    layer.close()

    assert (layer.root, layer.clock(), far.slept, far.closed) == (far.root, 3, [3], 1)
    with pytest.raises(BadRequest):
        DataverseClient(layer).read_all(Query(entity_set="accounts"))


def test_closing_the_client_closes_its_connections() -> None:
    far = FarSide(scripted(answer(204)))

    DataverseClient(far).close()

    assert far.closed == 1


def test_who_listens_hears_of_each_failure_before_it_is_sent_again_and_of_no_other() -> None:
    heard: list[tuple[str, float]] = []
    throttled = error(429, message="too much", headers=(("Retry-After", "7"),))
    far = FarSide(scripted(error(503), throttled, answer(204), error(400)))
    client = DataverseClient(
        far, limiter=Limiter(1), heard=lambda failure, wait: heard.append((str(failure), wait))
    )

    client.send(request_update("accounts", ROW, {"name": "A"}))
    with pytest.raises(BadRequest):
        client.send(request_update("accounts", ROW, {"name": "B"}))

    assert ["503" in heard[0][0], "too much" in heard[1][0]] == [True, True]
    assert 0 < heard[0][1] <= 1
    assert heard[1][1] == 7
    assert len(heard) == 2
