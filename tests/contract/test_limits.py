"""A bulk write under the emulator's protection limits: its share is used up, and none refused."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.address import service_root
from connector.dataverse.auth import NoToken
from connector.dataverse.client import DataverseClient
from connector.dataverse.limiter import Limiter, ProtectionLimits
from connector.dataverse.message import Response
from connector.dataverse.operations import request_create_with_id
from connector.dataverse.transport import RequestsTransport
from connector.emulator import Emulator, EmulatorOptions, LimitSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

OPERATIONS = 10
SHARE = 150.0
"""Seconds of execution within 300: half of what one request after the other takes."""


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A slow tenant, in virtual time, that grants one worker half of what it could use."""
    limits = LimitSettings(
        enforced=True,
        execution_seconds=SHARE,
        request_seconds=0.1,
        operation_seconds=0.5,
        latency=0.05,
        advances_clock=True,
    )
    found = Emulator(behaviour="plain", options=EmulatorOptions(limits=limits))
    yield found
    found.close()


def bulk_write(emulator: Emulator, limiter: Limiter, seconds: float) -> DataverseClient:
    """Batches of creates, one after the other, for so many virtual seconds."""
    begin, number = emulator.clock().timestamp(), 0
    with emulator.serve() as server:
        transport = RequestsTransport(
            service_root(server.url),
            NoToken(),
            ids=lambda: UUID(int=1),
            clock=lambda: emulator.clock().timestamp(),
            sleep=emulator.clock.advance,
        )
        with closing(DataverseClient(transport, None, limiter)) as client:
            while emulator.clock().timestamp() - begin < seconds:
                answers = client.batch(
                    [
                        request_create_with_id("accounts", UUID(int=number + at), {"name": "n"})
                        for at in range(1, OPERATIONS + 1)
                    ]
                )
                assert all(isinstance(answer, Response) for answer in answers)
                number += OPERATIONS
            return client


def test_a_bulk_write_uses_its_share_up_and_is_never_refused(emulator: Emulator) -> None:
    client = bulk_write(emulator, Limiter(1, ProtectionLimits(execution_seconds=SHARE)), 1500)

    spent = sum(entry.seconds for entry in emulator.trace)
    assert client.statistics.throttled == 0
    assert spent >= 0.95 * 5 * SHARE
    assert len(emulator.rows("accounts")) == OPERATIONS * client.statistics.batch


def test_without_pacing_the_same_write_is_refused_and_still_writes_each_row_once(
    emulator: Emulator,
) -> None:
    client = bulk_write(emulator, Limiter(1), 700)

    counted = client.statistics
    assert counted.throttled > 0
    assert len(emulator.rows("accounts")) == OPERATIONS * (counted.batch - counted.throttled)
