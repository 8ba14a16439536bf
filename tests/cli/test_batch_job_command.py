"""`batch-job` at the keyboard, and as a process that a service runner starts and ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

import connector
from connector.cli.batch_job_command import time_of_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

NAME = "Project operations create invoices"
START = ("batch-job", "start", "--workflow", "ProcessRunner", "--name")


def config_of(tenant: Tenant) -> tuple[str, ...]:
    return ("--config", str(tenant.config))


@pytest.mark.parametrize(("text", "value"), [("06:00", time(6)), ("23:59", time(23, 59))])
def test_an_anchor_is_a_time_of_day(text: str, value: time) -> None:
    assert time_of_day(click.Context(click.Command("x")), click.Option(["--x"]), text) == value


@pytest.mark.parametrize(
    "text", ["24:00", "6:00", "12:60", "noon", "06:00:00", "\u0660\u0666:00", ""]
)
def test_anything_else_is_a_usage_error(proforma: Proforma, text: str) -> None:
    ended = proforma(*START, NAME, "--anchor", text)

    assert ended.code == 2
    assert f"expected a time of day such as 06:00 or 22:30, not {text!r}" in ended.err


def test_a_name_without_the_documented_words_is_refused(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma(*START, "Nightly", *config_of(tenant))

    assert ended.code == 2
    assert ended.err.startswith("error: the name of the job must contain the words 'create inv")


def test_an_unknown_workflow_names_those_there_are(proforma: Proforma) -> None:
    ended = proforma("batch-job", "start", "--workflow", "ProcessRun", "--name", NAME)

    assert ended.code == 2
    assert "'ProcessRunCaller', 'ProcessRunner', 'UpdateRoleUtilization'" in ended.err


def test_a_job_that_is_not_daily_runs_once_and_is_told_of(
    proforma: Proforma, tenant: Tenant
) -> None:
    ended = proforma(*START, NAME, "--no-daily", *config_of(tenant))
    told = proforma("batch-job", "status", *config_of(tenant))

    assert ended.code == 0
    assert "nothing was due" in ended.err
    assert told.code == 0
    assert f"'{NAME}' (ProcessRunner) does not run; it was started " in told.out
    assert "exit code 0" in told.out


def test_an_inactive_job_ends_at_once(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma(*START, NAME, "--inactive", *config_of(tenant))

    assert (ended.code, "is not active" in ended.err) == (0, True)


def test_a_job_that_never_ran_says_so(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("batch-job", "status", "--json", *config_of(tenant))

    assert json.loads(ended.out) == {
        "format": "proforma-batch-job/1",
        "is_running": False,
        "name": None,
        "workflow": None,
        "host": None,
        "phase": None,
        "next_start": None,
        "last_run": None,
    }
    assert "The job has not run yet." in ended.err


def test_the_platforms_own_job_fails_the_run_and_not_the_service(
    proforma: Proforma, tenant: Tenant
) -> None:
    [row] = tenant.emulator.rows("msdyn_batchjobs")
    active = {**row, "msdyn_isactive": True}
    tenant.emulator.seed({"msdyn_batchjobs": [active]})

    refused = proforma(*START, NAME, "--no-daily", *config_of(tenant))
    beside = proforma(*START, NAME, "--no-daily", "--beside-platform-job", *config_of(tenant))

    assert refused.code == 2
    assert "failed: the tenant's own invoice job is active" in refused.err
    assert beside.code == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows sends a program of its own no such signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_sleeps_refuses_a_second_one_and_ends_when_told(
    proforma: Proforma, tenant: Tenant, number: signal.Signals
) -> None:
    command = [sys.executable, "-m", "connector", *START, NAME, *config_of(tenant)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )
    try:
        assert process.stderr is not None
        lines = [process.stderr.readline()]
        while lines[-1] and (len(lines) < 2 or "next run of" not in lines[-1]):
            lines.append(process.stderr.readline())
        second = proforma(*START, NAME, *config_of(tenant))
        told = proforma("batch-job", "status", "--json", *config_of(tenant))
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()

    assert second.code == 5
    assert "several instances of it cause errors" in second.err
    status = json.loads(told.out)
    assert (status["is_running"], status["phase"]) == (True, "sleep")
    assert (status["last_run"]["exit_code"], status["next_start"] is None) == (0, False)
    assert (process.returncode, out) == (0, "")
    assert err.rstrip().endswith("has ended")
    assert not json.loads(proforma("batch-job", "status", "--json", *config_of(tenant)).out)[
        "is_running"
    ]
