"""The emulator and the command line as processes of their own, and what a command costs."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import requests

from tests.benchmarks.large_tenant import write_seed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_READY = "listening on "
_KIB_PER_MB = 1024


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one command took: by the clock, of the processor, and of memory at its peak."""

    seconds: float
    processor: float
    peak_mb: float
    exit_code: int
    output: str


class Traffic(NamedTuple):
    """Requests, and the bytes of their answers."""

    requests: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Served:
    """An emulator on a loopback port, and a folder for what the commands write."""

    url: str
    folder: Path

    def proforma(self, *words: str, **settings: str) -> Cost:
        """Run `proforma` with *words*; *settings* are named like `run__store`."""
        environment = {
            **os.environ,
            "PROFORMA__DATAVERSE__URL": self.url,
            "PROFORMA__RUN__TIME_ZONE": "UTC",
            "PROFORMA__RUN__STORE": str(self.folder / "runs"),
            **{f"PROFORMA__{name.upper()}": value for name, value in settings.items()},
        }
        output = self.folder / "output.txt"
        start = perf_counter()
        with output.open("wb") as file:
            child = subprocess.Popen(
                [sys.executable, "-m", "connector", *words],
                env=environment,
                cwd=self.folder,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return Cost(
            seconds=perf_counter() - start,
            processor=usage.ru_utime + usage.ru_stime,
            peak_mb=usage.ru_maxrss / _KIB_PER_MB,
            exit_code=child.returncode,
            output=output.read_text(encoding="utf-8"),
        )

    def traffic(self) -> Traffic:
        """What has come since this was last asked."""
        address = f"{self.url}/_emulator/trace"
        entries = requests.get(address, timeout=60).json()["trace"]
        requests.delete(address, timeout=60).raise_for_status()
        return Traffic(len(entries), sum(entry["response_bytes"] for entry in entries))


@contextmanager
def serving(
    folder: Path,
    *,
    contracts: int,
    open_each: int,
    billed_each: int = 0,
    options: tuple[str, ...] = (),
) -> Iterator[Served]:
    """A large tenant, served by a process of its own for as long as the context lasts."""
    seed = folder / "tenant.json"
    write_seed(seed, contracts, open_each, billed_each)
    command = [sys.executable, "-m", "connector", "emulator", "serve", "--port", "0"]
    server = subprocess.Popen(
        [*command, "--seed", str(seed), *options], stdout=subprocess.PIPE, text=True, cwd=folder
    )
    assert server.stdout is not None
    try:
        line = next(line for line in server.stdout if line.startswith(_READY))
        yield Served(url=line.removeprefix(_READY).strip(), folder=folder)
    finally:
        server.terminate()
        server.wait(30)
        server.stdout.close()
