"""`utilization` and its recurring job at the keyboard."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.cli import main
from tests.emulator.operations.calendars import uid
from tests.end_to_end.worked_month import (
    ANALYST,
    DEVELOPER,
    config_of,
    serving_october,
    stored_roles,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant


@pytest.fixture
def month(tmp_path: Path) -> Iterator[TestTenant]:
    with serving_october(tmp_path) as served:
        yield served


def test_the_command_prints_a_table_and_a_document(
    month: TestTenant, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(month.folder)
    words = [
        "utilization",
        "--from",
        "2020-10-01",
        "--to",
        "2020-10-31",
        "--config",
        config_of(month),
    ]

    assert main([*words, "--json", "--write"]) == 0

    out, err = capfd.readouterr()
    document = json.loads(out)
    assert document["format"] == "proforma-utilization/1"
    assert document["written"] == ["Analyst", "Developer"]
    developer = document["roles"][1]
    assert (developer["utilization_percent"], developer["billable_percent"]) == (63, "62.5")
    assert developer["resources"][1]["billable_percent"] == "56.8182"
    assert "Developer" in err
    assert "62.5 % (-17)" in err
    assert f"Left out: New ({uid(15)}) lacks a default role." in err


def test_dates_in_the_wrong_order_are_a_usage_error(
    month: TestTenant, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(month.folder)
    monkeypatch.setenv("PROFORMA__DATAVERSE__URL", month.url)
    monkeypatch.setenv("PROFORMA__RUN__TIME_ZONE", "UTC")

    assert main(["utilization", "--from", "2020-10-31", "--to", "2020-10-01"]) == 2
    assert "--to 2020-10-01 lies before --from 2020-10-31" in capfd.readouterr().err


def test_the_job_writes_the_seven_days_before_its_run(
    month: TestTenant, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No time is approved these days: the percentages are 0, and the targets are set."""
    monkeypatch.chdir(month.folder)
    start = ("batch-job", "start", "--workflow", "UpdateRoleUtilization", "--no-daily")

    code = main([*start, "--name", "Utilization by role", "--config", config_of(month)])

    assert code == 0
    assert "2 roles written" in capfd.readouterr().err
    assert stored_roles(month) == {
        uid(DEVELOPER): ("Developer", 80, 0),
        uid(ANALYST): ("Analyst", 60, 0),
    }
