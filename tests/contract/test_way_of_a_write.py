"""
How many functions of ours one write passes from the command line to the socket.

Measured where the standard library writes to the socket, so that neither the transport nor a test's
own stand-in is left out. What other packages do in between (`requests`, `tenacity`) is not ours.
"""

from __future__ import annotations

import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

import connector
from connector.cli import main
from connector.emulator import Emulator
from connector.sample_tenant import sample_seed

OURS = Path(connector.__file__).parent
MOST_FRAMES = 15
MOST_FRAMES_OF_THE_CLIENT = 6

Way = list[tuple[str, str]]
"""Package and function of each frame, the outermost first."""


def frames_of_ours() -> Way:
    found: Way = []
    frame = sys._getframe(1)
    while frame is not None:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(OURS):
            found.append((path.relative_to(OURS).parts[0], frame.f_code.co_qualname))
        frame = frame.f_back  # type: ignore[assignment]
    return found[::-1]


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[bytes, Way]:
    """The way of each message that a run of the sample tenant puts on a socket."""
    seen: dict[bytes, Way] = {}
    send = HTTPConnection.send

    def noting(self: HTTPConnection, data: bytes) -> None:
        seen[bytes(data)] = frames_of_ours()
        send(self, data)

    monkeypatch.setattr(HTTPConnection, "send", noting)
    emulator = Emulator(seed=sample_seed())
    with emulator.serve() as server:
        config = tmp_path / "config.toml"
        config.write_text(
            f'[dataverse]\nurl = "{server.url}"\n[auth]\nmethod = "none"\n'
            f'[run]\ntime_zone = "UTC"\nstore = "{(tmp_path / "runs").as_posix()}"\n',
            encoding="utf-8",
        )
        assert main(["run", "--run-date", "2020-10-05", "--config", str(config)]) == 0
    assert len(emulator.rows("invoices")) == 1
    emulator.close()
    return seen


def test_a_write_passes_few_functions_from_the_command_line_to_the_socket(
    ways: dict[bytes, Way],
) -> None:
    writes = [way for data, way in ways.items() if b"PATCH /api/data/" in data]

    assert len(writes) == 1
    assert len(writes[0]) <= MOST_FRAMES
    assert [name for package, name in writes[0] if package == "dataverse"] == [
        "DataverseClient.batch",
        "TagLayer.carry",
        "RetryLayer.carry",
        "LimitLayer.send",
        "CountLayer.send",
        "GuardedTransport.send",
        "RequestsTransport.send",
    ]


def test_every_request_takes_the_same_layers(ways: dict[bytes, Way]) -> None:
    layers = [
        "TagLayer.carry",
        "RetryLayer.carry",
        "LimitLayer.send",
        "CountLayer.send",
        "GuardedTransport.send",
        "RequestsTransport.send",
    ]

    assert len(ways) > MOST_FRAMES_OF_THE_CLIENT
    for way in ways.values():
        assert [name for _, name in way][-6:] == layers
