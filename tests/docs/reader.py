"""Somebody who follows a page: a folder, a tenant, a shell, and the servers that they started."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.cli import main
from tests.docs.typed import RUN_ID

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.docs.typed import Typed

#: Commands that go on until they are stopped, by how they begin.
SERVERS = (
    "proforma emulator serve",
    "proforma emulator record",
    "proforma emulator replay",
    "proforma batch-job start",
    "proforma-emulator",
)
#: What makes a line more than one call with words.
_OF_A_SHELL = re.compile(r"[|&;<>$`*]")
_PORT = re.compile(r"(?<=--port )\d+|(?<=127\.0\.0\.1:)\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str = ""


@dataclass(slots=True, kw_only=True)
class Reader:
    """
    Follows a page in *folder*.

    Ports of the page stand for free ones here: *ports* says which. Run ids of the page stand for
    those of the runs that really were: *runs*, filled from what commands printed.
    """

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]
    ports: dict[str, str] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    servers: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def follow(self, typed: Typed) -> Ended:
        """What came of the command; what it printed speaks of the page's ports."""
        command = self._here(typed.command)
        if typed.command.startswith(SERVERS):
            ended = self._serve(typed.command)
        elif command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.monkeypatch.setenv(name, shlex.split(value)[0])
            ended = Ended(code=0, out="")
        elif command.startswith("cd "):
            self.monkeypatch.chdir(self.folder / command.removeprefix("cd "))
            ended = Ended(code=0, out="")
        elif typed.program == "proforma" and not _OF_A_SHELL.search(command):
            ended = self._call(shlex.split(command, comments=True)[1:])
        else:
            ended = self._in_a_shell(command)
        self._note_runs(typed, ended)
        return Ended(code=ended.code, out=self._there(ended.out), err=self._there(ended.err))

    def stop(self) -> None:
        """End the servers that are still there."""
        for command in list(self.servers):
            self._end(command)

    def _call(self, words: list[str]) -> Ended:
        self.capfd.readouterr()
        code = main(words)
        out, err = self.capfd.readouterr()
        return Ended(code=code, out=out, err=err)

    def _in_a_shell(self, command: str) -> Ended:
        done = subprocess.run(
            ["bash", "-c", command],  # noqa: S607 - the reader's shell
            cwd=os.getcwd(),  # noqa: PTH109 - where `cd` has led
            env=self._environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Ended(code=done.returncode, out=done.stdout, err=done.stderr)

    def _serve(self, command: str) -> Ended:
        """The first line that a server prints; all of them where it ends at once."""
        found = re.search(r"--port (\d+)", command)
        place = found[1] if found else command
        self._end(place)
        if found:
            self._take_port(found[1])
        process = subprocess.Popen(
            ["bash", "-c", f"exec {self._here(command)}"],  # noqa: S607 - the reader's shell
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.servers[place] = process
        assert process.stdout is not None
        first = process.stdout.readline()
        if not first or first.startswith(("error", "Error", "Usage")):
            return Ended(code=process.wait(timeout=30), out=first + process.stdout.read())
        return Ended(code=0, out=first)

    def _take_port(self, shown: str) -> None:
        """Let a port of the page stand for a free one, in the settings too."""
        before = self.ports.get(shown, shown)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.ports[shown] = str(free.getsockname()[1])
        for settings in self.folder.glob("*.toml"):
            text = settings.read_text("utf-8")
            settings.write_text(text.replace(f":{before}", f":{self.ports[shown]}"), "utf-8")

    def _end(self, place: str) -> None:
        process = self.servers.pop(place, None)
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)

    def _environment(self) -> dict[str, str]:
        path = f"{sys.prefix}/bin{os.pathsep}{os.environ['PATH']}"
        return {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1"}

    def _here(self, command: str) -> str:
        """The command with the ports, addresses and run ids of this place."""
        text = _PORT.sub(lambda found: self.ports.get(found[0], found[0]), command)
        for shown, real in (*self.addresses.items(), *self.runs.items()):
            text = text.replace(shown, real)
        return text

    def _there(self, output: str) -> str:
        """What was printed, as the page says it."""
        for shown, real in self.ports.items():
            output = output.replace(f":{real}", f":{shown}")
        return output

    def _note_runs(self, typed: Typed, ended: Ended) -> None:
        """Bind the run ids that the page shows to those that were printed, in their order."""
        shown = dict.fromkeys(RUN_ID.findall("\n".join(typed.shown)))
        real = dict.fromkeys(RUN_ID.findall(ended.out))
        new = [run for run in real if run not in self.runs.values()]
        for run in shown:
            if run not in self.runs and new:
                self.runs[run] = new.pop(0)
