"""The limiter against the emulator's limits, which count independently, in virtual time."""

from __future__ import annotations

import heapq
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter, ProtectionLimits
from connector.dataverse.message import Method, Request, Response, RetrySafety
from connector.dataverse.retry import RetryPolicy
from connector.emulator.faults import DataverseFault
from connector.emulator.service import limits as emulated
from tests.dataverse.far_side import ROOT, FarSide, answer, error, scripted

READ = Request(method=Method.GET, path="accounts", retry=RetrySafety.SAFE)
START = datetime(2020, 10, 5, tzinfo=UTC)


class VirtualTime:
    """A clock for a fixed number of threads: it moves when all of them sleep."""

    def __init__(self, threads: int) -> None:
        self._awake = threads
        self._now = 0.0
        self._wakes: list[float] = []
        self._changed = threading.Condition()

    def clock(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._changed:
            wake = self._now + seconds
            heapq.heappush(self._wakes, wake)
            self._rest()
            self._changed.wait_for(lambda: self._now >= wake)

    def end(self) -> None:
        """This thread sleeps no more."""
        with self._changed:
            self._rest()

    def _rest(self) -> None:
        self._awake -= 1
        if self._awake == 0 and self._wakes:
            self._now = self._wakes[0]
            while self._wakes and self._wakes[0] <= self._now:
                heapq.heappop(self._wakes)
                self._awake += 1
            self._changed.notify_all()


@dataclass
class Server:
    """A server with the emulator's limits, whose every request takes the same time."""

    time: VirtualTime
    limits: emulated.ProtectionLimits
    seconds: float
    latency: float = 0.0
    tells_the_way: bool = True
    root: str = ROOT
    refused: int = 0
    done: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, request: Request) -> Response:
        del request
        self.time.sleep(self.latency / 2)
        arrived = START + timedelta(seconds=self.time.clock())
        try:
            self.limits.admit("user", arrived)
        except DataverseFault as fault:
            with self.lock:
                self.refused += 1
            return error(fault.status, fault.code, headers=fault.headers)
        self.time.sleep(self.seconds)
        self.limits.complete("user", arrived, self.seconds)
        self.time.sleep(self.latency / 2)
        with self.lock:
            self.done += 1
        return replace(answer(200, {}), on_the_way=self.latency if self.tells_the_way else 0.0)

    def sleep(self, seconds: float) -> None:
        self.time.sleep(seconds)

    def clock(self) -> float:
        return self.time.clock()

    def close(self) -> None:
        """There is nothing to close."""


def run(server: Server, limiter: Limiter, workers: int, until: float) -> None:
    """Send as much as the limiter lets through for so many virtual seconds."""
    client = DataverseClient(server, RetryPolicy(budget=10_000), limiter)

    def work() -> None:
        while server.clock() < until:
            client.send(READ)
        server.time.end()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)


def server_with(
    workers: int,
    seconds: float,
    latency: float = 0.0,
    *,
    tells_the_way: bool = True,
    requests: int = 6000,
) -> Server:
    enforced = emulated.LimitSettings(enforced=True, requests=requests)
    limits = emulated.ProtectionLimits(enforced)
    return Server(VirtualTime(workers), limits, seconds, latency, tells_the_way)


def test_the_execution_time_limit_is_used_up_and_never_hit() -> None:
    server = server_with(8, seconds=2.0)

    run(server, Limiter(8), 8, until=1500)

    ceiling = 1500 * 4
    assert server.refused == 0
    assert server.done * server.seconds >= 0.95 * ceiling


@pytest.mark.parametrize("workers", [8, 20])
@pytest.mark.parametrize(("seconds", "latency"), [(2.0, 0.05), (2.0, 0.2), (0.5, 0.05), (0.5, 0.2)])
def test_with_time_on_the_way_the_limit_is_still_used_up_and_never_hit(
    workers: int, seconds: float, latency: float
) -> None:
    server = server_with(workers, seconds, latency)

    run(server, Limiter(workers), workers, until=900)

    assert server.refused == 0
    assert server.done * server.seconds >= 0.95 * 900 * 4


def test_unknown_time_on_the_way_counts_as_execution_and_is_never_too_little() -> None:
    server = server_with(20, seconds=2.0, latency=0.05, tells_the_way=False)

    run(server, Limiter(20), 20, until=900)

    assert server.refused == 0


def test_the_number_of_requests_is_used_up_and_never_hit() -> None:
    server = server_with(4, seconds=0.5, latency=0.02, requests=300)

    run(server, Limiter(4, ProtectionLimits(requests=300)), 4, until=1500)

    assert server.refused == 0
    assert server.done >= 0.95 * 300 * 5


def test_without_the_model_the_server_would_refuse() -> None:
    """The same load as above, let through: the server's limits are real."""
    server = server_with(8, seconds=2.0)

    run(server, Limiter(8, ProtectionLimits(execution_seconds=1e9)), 8, until=400)

    assert server.refused > 0


def test_no_more_are_under_way_than_workers() -> None:
    most = 0
    under_way = 0
    lock = threading.Lock()

    def app(_request: Request) -> Response:
        nonlocal most, under_way
        with lock:
            under_way += 1
            most = max(most, under_way)
        time.sleep(0.002)
        with lock:
            under_way -= 1
        return answer(200, {})

    client = DataverseClient(FarSide(app), None, Limiter(3))
    threads = [threading.Thread(target=client.send, args=(READ,)) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 3


@pytest.mark.parametrize(
    ("workers", "hint", "then"),
    [
        (None, "4", 4),
        (None, "200", 51),
        (None, "0", 8),
        (None, "many", 8),
        (6, "4", 6),
        (99, "", 51),
    ],
)
def test_the_servers_advice_counts_unless_the_workers_were_given(
    workers: int | None, hint: str, then: int
) -> None:
    limiter = Limiter(workers)
    limiter.observe(answer(200, {}, (("x-ms-dop-hint", hint),)))

    assert limiter.workers == then


def test_too_many_at_once_lowers_the_number_and_good_answers_raise_it_again() -> None:
    limiter = Limiter(8)
    refused = error(429, "0x80072326", headers=(("Retry-After", "1"),))
    client = DataverseClient(FarSide(scripted(refused, answer(200, {}))), None, limiter)

    client.send(READ)
    lowered = limiter.workers
    for _ in range(400):
        client.send(READ)

    assert lowered == 6
    assert limiter.workers == 8


def test_after_a_429_everybody_waits_as_long_as_the_server_said() -> None:
    limiter = Limiter(2)
    refused = error(429, "0x80072322", headers=(("Retry-After", "40"),))
    far = FarSide(scripted(refused, answer(200, {})))
    DataverseClient(far, None, limiter).send(READ)
    assert far.slept == [40]

    other = FarSide(scripted(answer(200, {})), slept=[1.0])
    DataverseClient(other, None, limiter).send(READ)
    assert sum(other.slept) == 40
