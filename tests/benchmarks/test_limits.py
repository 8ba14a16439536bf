"""How much of a tenant's protection limits a bulk write uses, in virtual time, with no refusal."""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Headers, Request, Response
from connector.dataverse.operations import request_create_with_id
from connector.dataverse.retry import RetryPolicy
from connector.emulator import Emulator, EmulatorOptions, LimitSettings, VirtualClock
from tests.dataverse.far_side import ROOT
from tests.dataverse.test_limiter import VirtualTime

pytestmark = pytest.mark.long

START = datetime(2020, 10, 5, tzinfo=UTC)
OK = 200
VIRTUAL_SECONDS = 900.0
CEILING = 4.0
"""Seconds of execution that 1,200 in a window of 300 allow each second."""


@dataclass
class Tenant:
    """The emulator at some distance, in virtual time; each request takes its server time."""

    emulator: Emulator
    time: VirtualTime
    seconds: float
    latency: float
    root: str = ROOT

    def send(self, request: Request) -> Response:
        self.time.sleep(self.latency / 2)
        environ = EnvironBuilder(
            path=f"/api/data/v9.2/{request.path}",
            method=request.method.value,
            data=request.body,
            headers=list(request.headers),
        ).get_environ()
        chunks, status, headers = run_wsgi_app(self.emulator.app, environ, buffered=True)
        answer = Response(
            status=int(status[:3]),
            headers=Headers(tuple(headers.to_wsgi_list())),
            body=b"".join(chunks),
            on_the_way=self.latency,
        )
        self.time.sleep(self.seconds if answer.status == OK else 0.0)
        self.time.sleep(self.latency / 2)
        return answer

    def sleep(self, seconds: float) -> None:
        self.time.sleep(seconds)

    def clock(self) -> float:
        return self.time.clock()

    def close(self) -> None:
        """There is nothing to close."""


def bulk_write(tenant: Tenant, workers: int, operations: int) -> DataverseClient:
    """Batches of new rows from several threads, for so many virtual seconds."""
    client = DataverseClient(tenant, RetryPolicy(budget=10_000), Limiter(workers))
    numbers = count(1)

    def work() -> None:
        while tenant.clock() < VIRTUAL_SECONDS:
            rows = [UUID(int=next(numbers)) for _ in range(operations)]
            answers = client.batch(
                [request_create_with_id("accounts", row, {"name": "n"}) for row in rows]
            )
            assert all(isinstance(answer, Response) for answer in answers)
        tenant.time.end()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert not any(thread.is_alive() for thread in threads)
    return client


@pytest.mark.parametrize("workers", [8, 20])
@pytest.mark.parametrize(("seconds", "latency"), [(2.0, 0.05), (2.0, 0.2), (0.3, 0.05)])
def test_a_bulk_write_under_protection_limits(workers: int, seconds: float, latency: float) -> None:
    time = VirtualTime(workers)
    clock = VirtualClock(source=lambda: START + timedelta(seconds=time.clock()))
    limits = LimitSettings(enforced=True, request_seconds=seconds)
    options = EmulatorOptions(limits=limits)
    with closing(Emulator(behaviour="plain", clock=clock, options=options)) as emulator:
        tenant = Tenant(emulator, time, seconds, latency)
        client = bulk_write(tenant, workers, operations=2)

    counted = client.statistics
    share = (counted.batch - counted.throttled) * seconds / (CEILING * VIRTUAL_SECONDS)
    sys.stdout.write(
        f"\n{workers} workers, {seconds} s requests, {latency * 1000:.0f} ms on the way:"
        f" {share:.1%} of the ceiling, {counted.throttled} refused"
    )
    assert counted.throttled == 0
