"""Ctrl-C at the keyboard: the command ends at a safe point, says how far it came, exit code 130."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import LimitSettings
from tests.reliability.undisturbed import content, violations
from tests.usecases.conftest import DAY
from tests.usecases.parts.test_write_part import written_alone

if TYPE_CHECKING:
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
PATIENCE = 60.0


@pytest.fixture
def config(many: TestTenant, tmp_path: Path) -> Path:
    path = tmp_path / "own.toml"
    text = (
        f'[dataverse]\nurl = "{many.url}"\nworkers = 1\n'
        f'[run]\ntime_zone = "UTC"\nstore = "{tmp_path / "runs"}"\n'
    )
    path.write_text(text, encoding="utf-8")
    return path


#: What a shell starts in the background ignores interrupts; a person's terminal does not.
HEARS_INTERRUPTS = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from connector.cli import main; sys.exit(main())"
)


def started(config: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-c", HEARS_INTERRUPTS),
            *("run", "--config", str(config), "--run-date", str(DAY), "--json"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE)
    return process.returncode, out, err


def wait_for_drafts(many: TestTenant, count: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while len(many.rows("invoices")) < count:
        assert process.poll() is None, "the run ended before it could be interrupted"
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_interrupted_command_says_what_is_written_and_the_next_one_reports_the_rest(
    many: TestTenant, config: Path
) -> None:
    expected = written_alone(many)
    many.emulator.limits.configure(LimitSettings(latency=0.1))
    process = started(config)
    wait_for_drafts(many, 4, process)
    os.kill(process.pid, signal.SIGINT)
    code, out, err = ended(process)
    drafts = len(many.rows("invoices"))

    assert code == 130
    said = re.search(r"interrupted: (\d+) of 12 invoices of run (\S+) are written, (\d+)", err)
    assert said is not None, err
    assert (int(said[1]), int(said[3])) == (drafts, 12 - drafts)
    assert 4 <= drafts < 12
    assert "Traceback" not in err
    document = json.loads(out)
    assert (document["error"], document["run_id"]) == ("run-interrupted", said[2])

    many.emulator.limits.configure(LimitSettings())
    code, out, err = ended(started(config))

    finished, own = json.loads(out)["runs"]
    assert code == 0, err
    assert finished["run_id"] == said[2]
    assert (len(finished["invoices"]), len(own["invoices"])) == (12, 0)
    assert count(finished, "written") + count(finished, "already-written") == 12
    assert count(finished, "written") >= 12 - drafts
    assert content(many) == expected
    assert violations(many) == []


def count(document: Any, status: str) -> int:
    return [invoice["status"] for invoice in document["invoices"]].count(status)


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_while_it_reads_has_written_nothing(
    many: TestTenant, config: Path, stop: signal.Signals
) -> None:
    many.emulator.limits.configure(LimitSettings(latency=0.3))
    many.emulator.app.parts.trace.clear()
    process = started(config)
    end = time.monotonic() + PATIENCE
    while len(many.emulator.trace) < 5:  # the contracts are being read
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(process.pid, stop)
    code, out, err = ended(process)

    assert (code, json.loads(out)["exit_code"]) == (130, 130)
    assert "interrupted" in err
    assert "Traceback" not in err
    assert many.rows("invoices") == ()
