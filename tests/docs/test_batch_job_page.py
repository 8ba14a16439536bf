"""The unit that the page shows is one that systemd takes, and its command exists."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from connector.cli.entry import proforma
from tests.docs.test_documented_commands import unknown_words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "batch-job.md"
#: What systemd calls a service of little exposure: 0 is none, 10 is all.
EXPOSED = 2.0


def unit() -> str:
    found = re.search(r"```ini\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def parsed() -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # as its documentation says
    parser.read_string(unit())
    return parser


def test_the_unit_starts_a_command_that_exists_with_a_name_that_is_taken() -> None:
    words = shlex.split(parsed()["Service"]["ExecStart"])

    assert words[0] == "/opt/proforma/bin/proforma"
    assert unknown_words(words[1:], proforma) == []
    assert "create invoices" in words[words.index("--name") + 1]


def test_the_unit_does_not_start_again_what_no_start_will_mend() -> None:
    service = parsed()["Service"]

    # Exit codes of design section 2.2: 2 settings, 5 runs already, 130 interrupted.
    assert service["Restart"] == "on-failure"
    assert service["RestartPreventExitStatus"].split() == ["2", "5"]
    assert service["SuccessExitStatus"] == "130"
    assert service["TimeoutStopSec"] == "10min"


def test_the_runs_are_kept_where_the_unit_may_write() -> None:
    service = parsed()["Service"]

    assert service["ProtectSystem"] == "strict"
    assert f"PROFORMA__RUN__STORE=/var/lib/{service['StateDirectory']}/runs" in unit()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_verifies_the_unit_and_rates_its_exposure(tmp_path: Path) -> None:
    file = tmp_path / "proforma-batch-job.service"
    file.write_text(unit().replace("/opt/proforma/bin/proforma", sys.executable), encoding="utf-8")

    verified = analyzed("verify", "--man=no", str(file))
    rated = analyzed("security", "--offline=true", "--no-pager", str(file))

    assert [line for line in verified.stderr.splitlines() if file.name in line] == []
    overall = re.search(r"exposure level for \S+: ([\d.]+)", rated.stdout + rated.stderr)
    assert overall is not None
    assert float(overall[1]) <= EXPOSED


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    command = [shutil.which("systemd-analyze") or "", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
