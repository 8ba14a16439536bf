"""
A real Azurite for tests: blobs, queues and tables on free ports of this machine.

Its state is in memory unless it is given a folder. Account name and key are the published ones of
the development account; they open nothing but Azurite.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, Queue
from typing import TYPE_CHECKING, Final

from tests.azurite.install import PROGRAM, install

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from azure.core.credentials import AzureNamedKeyCredential

ACCOUNT: Final = "devstoreaccount1"
KEY: Final = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)
#: Microsoft's libraries speak a newer version of the service than this Azurite knows by name.
NEWER_CLIENTS: Final = "--skipApiVersionCheck"
SERVICES: Final = ("Blob", "Queue", "Table")
_LISTENS: Final = re.compile(r"Azurite (\w+) service is successfully listening at (\S+)")
_START_SECONDS: Final = 60


class AzuriteNotStartedError(Exception):
    """Azurite ended or stayed silent; the message carries what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Azurite:
    """A running one; each address is that of the account, without a slash at its end."""

    blobs: str
    queues: str
    tables: str
    process: subprocess.Popen[str]

    @property
    def connection_string(self) -> str:
        """What the SDKs and the functions host take."""
        scheme = self.blobs.partition(":")[0]
        return (
            f"DefaultEndpointsProtocol={scheme};AccountName={ACCOUNT};AccountKey={KEY};"
            f"BlobEndpoint={self.blobs};QueueEndpoint={self.queues};TableEndpoint={self.tables};"
        )


def by_key() -> AzureNamedKeyCredential:
    """What opens the development account."""
    from azure.core.credentials import AzureNamedKeyCredential  # noqa: PLC0415 - for few tests

    return AzureNamedKeyCredential(ACCOUNT, KEY)


@contextmanager
def running_azurite(
    folder: Path | None = None,
    options: Sequence[str] = (NEWER_CLIENTS,),
    ports: Sequence[int] = (0, 0, 0),
) -> Iterator[Azurite]:
    """
    Azurite for the length of the block; *folder* keeps its state, *options* are its own.

    *ports* are those of blobs, queues and tables; 0 takes a free one.
    """
    lines: Queue[str | None] = Queue()
    with _started(folder, options, ports) as process:  # whose end also closes its output
        pump = threading.Thread(target=_pumped, args=(process, lines), daemon=True)
        pump.start()
        try:
            found = _addresses(lines)
            yield Azurite(
                blobs=found["Blob"], queues=found["Queue"], tables=found["Table"], process=process
            )
        finally:
            _ended(process)
            pump.join()


def _ended(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()


def _started(
    folder: Path | None, options: Sequence[str], ports: Sequence[int]
) -> subprocess.Popen[str]:
    program, node = install() / PROGRAM, shutil.which("node")
    if node is None:
        message = "node is not on the PATH: Azurite runs on Node.js 20 or newer."
        raise AzuriteNotStartedError(message)
    place = ("--inMemoryPersistence",) if folder is None else ("--location", str(folder))
    listening = [
        word
        for service, port in zip(SERVICES, ports, strict=True)
        for word in (f"--{service.lower()}Host", "127.0.0.1", f"--{service.lower()}Port", str(port))
    ]
    common = ("--disableTelemetry", "--silent")
    return subprocess.Popen(
        [node, str(program), *common, *place, *listening, *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _addresses(lines: Queue[str | None]) -> dict[str, str]:
    """Where each service listens, as Azurite prints it."""
    found: dict[str, str] = {}
    printed: list[str] = []
    while len(found) < len(SERVICES):
        try:
            line = lines.get(timeout=_START_SECONDS)
        except Empty:
            line = None
        if line is None:
            raise AzuriteNotStartedError("".join(printed))
        printed.append(line)
        listens = _LISTENS.search(line)
        if listens:
            found[listens[1]] = f"{listens[2]}/{ACCOUNT}"
    return found


def _pumped(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
    """What Azurite prints, to the end, so that it never waits for a reader."""
    if process.stdout is not None:
        for line in process.stdout:
            lines.put(line)
    lines.put(None)
