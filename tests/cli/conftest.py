"""An emulated tenant on loopback, and a command line that is called in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from connector.cli import main
from connector.emulator import Emulator
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from connector.emulator import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """An emulator on loopback and the configuration file that points to it."""

    emulator: Emulator
    config: Path

    @property
    def drafts(self) -> int:
        return len(self.emulator.rows("invoices"))


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PROFORMA__RUN__TIME_ZONE", "UTC")  # the sample tenant's
    return folder


@pytest.fixture
def proforma(capfd: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    def call(*arguments: object) -> Ended:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code=code, out=out, err=err)

    return call


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Emulator, Server, bytes]]:
    emulator = Emulator(seed=sample_seed())
    with emulator.serve() as server:
        yield emulator, server, emulator.snapshot()
    emulator.close()


@pytest.fixture
def tenant(served: tuple[Emulator, Server, bytes], tmp_path: Path) -> Tenant:
    emulator, server, fresh = served
    emulator.restore(fresh)
    config = tmp_path / "config.toml"
    config.write_text(f'[dataverse]\nurl = "{server.url}"\n', encoding="utf-8")
    return Tenant(emulator=emulator, config=config)
