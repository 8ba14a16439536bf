"""The emulator and the command line as processes of their own, and what a command costs."""

from __future__ import annotations

import json
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
#: Measures a command from a small process: a child counts the memory of the one that it was forked
#: from, and that of a test run is larger than what is measured here.
_MEASURED = """
import json, os, sys
child = os.spawnv(os.P_NOWAIT, sys.executable, [sys.executable, *sys.argv[2:]])
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w", encoding="utf-8") as file:
    json.dump({
        "processor": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss,
        "exit_code": os.waitstatus_to_exitcode(status),
    }, file)
"""


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
        output, figures = self.folder / "output.txt", self.folder / "figures.json"
        start = perf_counter()
        with output.open("wb") as file:
            subprocess.run(
                [sys.executable, "-c", _MEASURED, str(figures), "-m", "connector", *words],
                env=environment,
                cwd=self.folder,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=True,
            )
        seconds = perf_counter() - start
        found = json.loads(figures.read_text(encoding="utf-8"))
        return Cost(
            seconds=seconds,
            processor=found["processor"],
            peak_mb=found["peak"] / _KIB_PER_MB,
            exit_code=found["exit_code"],
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
