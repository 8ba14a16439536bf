"""An error is a message for people and a document for programs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from connector.cli.failures import failure_message, failure_text
from connector.errors import ConnectorError
from connector.runs.plan_text import PlanFileError
from connector.usecases.bounds import PlanRejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

INTERRUPTED = 130
FULL = Path("/dev/full")


def test_a_message_says_error_and_keeps_the_notes() -> None:
    error = ConnectorError("no such contract")
    error.add_note("environment: https://contoso.crm.dynamics.com")

    assert failure_message(error, INTERRUPTED) == (
        "error: no such contract\nenvironment: https://contoso.crm.dynamics.com"
    )


def test_a_message_of_ten_megabytes_is_shortened_and_commands_no_terminal() -> None:
    shown = failure_message(ConnectorError(f"contract {'x' * 10_000_000}\x1b[2J"), INTERRUPTED)

    assert len(shown) < 2_000
    assert "\x1b" not in shown


def test_a_rejected_plan_names_its_bounds_in_the_document() -> None:
    rejected = PlanRejected(["too much"], codes=("amount-per-run",))

    document = json.loads(failure_text(rejected, 3))

    assert document == {
        "format": "proforma-error/1",
        "error": "plan-rejected",
        "exit_code": 3,
        "message": "the plan was rejected and nothing of it was written:\n- too much",
        "notes": [],
        "bounds": ["amount-per-run"],
    }


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (PlanFileError("cut"), "plan-file-error"),
        (click.UsageError("no"), "usage-error"),
        (click.Abort(), "abort"),
        (PermissionError(13, "Permission denied", "plan.json"), "permission-error"),
    ],
)
def test_every_error_has_a_word(error: Exception, word: str) -> None:
    assert json.loads(failure_text(error, 2))["error"] == word


def test_an_error_is_a_document_where_json_is_asked_for(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    missing = tmp_path / "no.json"

    ended = proforma("apply", missing, "--config", tenant.config, "--json")

    assert ended.code == 2
    document = json.loads(ended.out)
    assert (document["error"], document["exit_code"]) == ("plan-file-error", 2)
    assert str(missing) in document["message"]
    assert str(missing) in ended.err


def test_a_usage_error_is_a_document_too(proforma: Proforma) -> None:
    ended = proforma("run", "--json", "--run-date", "tomorrow")

    assert ended.code == 2
    assert json.loads(ended.out)["exit_code"] == 2
    assert "tomorrow" in ended.err


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a device that is always full")
def test_a_full_device_is_no_fault_of_ours() -> None:
    code = "import sys; from connector.cli import main; sys.exit(main(['--version']))"

    with FULL.open("w", encoding="utf-8") as full:
        ended = subprocess.run(
            [sys.executable, "-c", code],
            check=False,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert ended.returncode == 2
    assert ended.stderr == "error: the output: No space left on device\n"
