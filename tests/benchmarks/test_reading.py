"""What reading costs beside `json.loads` of the same bytes, and how much of the way is saved."""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import pytest

from connector.dataverse.batch import decode
from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Headers, Method, Request, Response, RetrySafety
from connector.dataverse.page import raw_page, row_page
from connector.dataverse.query import Query
from tests.dataverse.far_side import FarSide, answer, multipart

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.long

PAGES, ROWS_OF_A_PAGE = 20, 4_200
READ = Request(method=Method.GET, path="msdyn_actuals", retry=RetrySafety.SAFE)
OUTER = "multipart/mixed; boundary=batchresponse_1"
PART = (
    b"--batchresponse_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n"
    b"\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
)
ROW = {
    "@odata.etag": 'W/"1234567"',
    "msdyn_actualid": "a0000000-0000-4000-8000-000000000001",
    "msdyn_amount": 1234.56,
    "msdyn_quantity": 8.5,
    "msdyn_price": 100.5,
    "msdyn_documentdate": "2020-10-05T00:00:00Z",
    "_msdyn_contractline_value": "b0000000-0000-4000-8000-000000000001",
    "_msdyn_contractline_value@Microsoft.Dynamics.CRM.lookuplogicalname": "salesorderdetail",
    "msdyn_transactionclassification": 192350000,
    "msdyn_billingstatus": 192350001,
    "statecode": 0,
    "statuscode": 1,
    "msdyn_description": 'Implementation work "phase 2"',
    "_transactioncurrencyid_value": "c0000000-0000-4000-8000-000000000001",
}
ROUND_TRIP = 0.1
BATCHES = 100


class Actual(msgspec.Struct, gc=False):
    """What a decoder of a caller's own may want of a row."""

    msdyn_actualid: str
    msdyn_amount: Decimal | None
    msdyn_quantity: Decimal | None
    msdyn_documentdate: str | None
    line: str | None = msgspec.field(name="_msdyn_contractline_value")


class Actuals(msgspec.Struct):
    value: list[Actual]


def processor_seconds(work: Callable[[], object]) -> float:
    trials = []
    for _ in range(5):
        began = time.process_time()
        work()
        trials.append(time.process_time() - began)
    return min(trials)


def test_reading_fifty_megabytes_out_of_a_batch() -> None:
    page = json.dumps({"value": [ROW] * ROWS_OF_A_PAGE}).encode()
    body = (PART + page + b"\r\n") * PAGES + b"--batchresponse_1--\r\n"
    parts = [part for part in decode(OUTER, body, [READ] * PAGES) if part]
    decoder = msgspec.json.Decoder(Actuals)

    loads = processor_seconds(lambda: [json.loads(page) for _ in range(PAGES)])
    steps = {
        "parted": processor_seconds(lambda: decode(OUTER, body, [READ] * PAGES)),
        "looked through": processor_seconds(
            lambda: [raw_page(part, query=0, expands=False) for part in parts]
        ),
        "decoded by a typed decoder": processor_seconds(
            lambda: [decoder.decode(part.body) for part in parts]
        ),
        "rows as dictionaries, exact": processor_seconds(
            lambda: [row_page(part, expands=False) for part in parts]
        ),
    }

    sys.stdout.write(f"\n{len(body) / 1e6:.1f} MB, json.loads {loads:.2f} s; beside it:")
    for step, seconds in steps.items():
        sys.stdout.write(f"\n  {step}: {seconds / loads:.3f}")
    assert len(parts) == PAGES


def test_reading_batches_at_once_with_a_tenant_at_some_distance() -> None:
    def app(request: Request) -> Response:
        time.sleep(ROUND_TRIP)
        count = (request.body or b"").count(b"HTTP/1.1") or 1
        pages = multipart(*[answer(200, {"value": [ROW]})] * count)
        headers = Headers((*pages.headers.items(), ("x-ms-dop-hint", "8")))
        return Response(status=200, headers=headers, body=pages.body)

    def seconds(workers: int | None) -> float:
        client = DataverseClient(FarSide(app), None, Limiter(workers))
        began = time.perf_counter()
        pages = list(client.pages_many([Query(entity_set="msdyn_actuals")] * (50 * BATCHES)))
        assert len(pages) == 50 * BATCHES
        assert client.statistics.batch == BATCHES
        return time.perf_counter() - began

    alone, together = seconds(1), seconds(None)

    sys.stdout.write(
        f"\n{BATCHES} batches, {ROUND_TRIP * 1000:.0f} ms there and back, 8 recommended:"
        f" {alone:.1f} s one after the other, {together:.1f} s at once,"
        f" {alone / together:.1f} times as fast"
    )
