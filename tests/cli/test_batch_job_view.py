"""How a recurring job stands, as a person reads it in the business time zone."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from rich.console import Console

from connector.cli.batch_job_view import print_status, status_text
from connector.usecases.batch_job import JobStatus
from tests.runs.test_batch_job_file import STATE

JOB = "'Créer des factures' (ProcessRunCaller)"
BERLIN = ZoneInfo("Europe/Berlin")


def shown(status: JobStatus) -> list[str]:
    console = Console(file=io.StringIO(), width=60, color_system=None)
    print_status(console, status, BERLIN)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_a_running_job_says_since_when_where_and_when_next() -> None:
    assert shown(JobStatus(is_running=True, state=STATE)) == [
        f"{JOB} runs on vm1 since 2020-10-05 08:00 CEST, phase: sleep.",
        "Next run: 2020-10-06 08:20 CEST",
        "Last run: R1, ended 2020-10-05 08:20 CEST, exit code 5",
        "  held",
    ]


def test_a_job_that_was_killed_is_not_said_to_run() -> None:
    lines = shown(JobStatus(is_running=False, state=STATE))
    document = json.loads(status_text(JobStatus(is_running=False, state=STATE)))

    assert "does not run; it was started 2020-10-05 08:00 CEST on vm1" in lines[0]
    assert not any(line.startswith("Next run") for line in lines)
    assert (document["phase"], document["next_start"]) == (None, None)
    assert document["last_run"]["ended"] == "2020-10-05T06:20:00+00:00"


def test_a_job_of_which_nothing_is_kept_runs_or_does_not() -> None:
    assert shown(JobStatus(is_running=True, state=None)) == ["The job runs."]
    fresh = replace(STATE, last=None)
    assert not any("Last run" in line for line in shown(JobStatus(is_running=True, state=fresh)))
