"""What is typed next is told whole, so that it works as it is shown."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

from connector.cli.flags import Flags, Scope
from connector.cli.next_steps import next_steps, override_words
from connector.invoicing.policy import MissedDates
from connector.outcome import InvoiceStatus
from connector.scope import Override
from tests.report.sample import ADATUM, YEN, report

CONFIGURED = Flags(config=Path("our config.toml"))


def commands(*args: object, **named: object) -> list[str]:
    return [command for command, _ in next_steps(*args, **named)]  # type: ignore[arg-type]


def test_after_a_run_its_drafts_can_be_shown_and_taken_back() -> None:
    assert commands([report(ADATUM)], CONFIGURED, Scope()) == [
        "proforma runs show run-1 --config 'our config.toml'",
        "proforma undo run-1 --config 'our config.toml'",
    ]


def test_after_a_failure_the_run_can_be_tried_again() -> None:
    found = commands([report(ADATUM, status=InvoiceStatus.FAILED)], Flags(), Scope())

    assert found == ["proforma runs show run-1", "proforma run --run-date 2020-10-05"]


def test_a_preview_is_written_by_the_same_command_without_dry_run() -> None:
    scope = Scope(
        contracts=("Adatum shop floor portal",),
        beside_platform_job=True,
        overrides=(Override(code="deviation", reason="year end"),),
    )

    [command] = commands([report(ADATUM, status=InvoiceStatus.PLANNED)], Flags(), scope)

    assert shlex.split(command) == [
        *("proforma", "run", "--run-date", "2020-10-05"),
        *("--contract", "Adatum shop floor portal", "--beside-platform-job"),
        *("--override", "deviation=year end"),
    ]


def test_a_plan_is_applied() -> None:
    preview = report(ADATUM, status=InvoiceStatus.PLANNED)

    files = [Path("plan-2020-10-05.json"), Path("plan-2020-10-19.json")]

    assert commands([preview], Flags(), Scope(), files[:1]) == [
        "proforma apply plan-2020-10-05.json"
    ]
    assert commands([preview, preview], Flags(), Scope(), files) == [
        "proforma apply plan-2020-10-05.json",
        "proforma apply plan-2020-10-19.json",
    ]


def test_a_preview_of_missed_dates_is_written_by_catching_up_as_far() -> None:
    preview = report(ADATUM, status=InvoiceStatus.PLANNED)
    scope = replace(preview.plan.scope, missed_dates=MissedDates.CATCH_UP, late_days=20)
    last = replace(preview, plan=replace(preview.plan, scope=scope))

    assert commands([preview, last], Flags(), Scope()) == [
        "proforma run --run-date 2020-10-05 --catch-up 20"
    ]


def test_many_runs_are_listed_instead() -> None:
    runs = [replace(report(YEN), run_id=f"run-{n}") for n in range(3)]

    assert commands(runs, Flags(), Scope()) == ["proforma runs"]


def test_what_lifts_a_bound_is_named_as_it_is_typed() -> None:
    assert override_words(("deviation", "amount-per-run")) == (
        "--override deviation='WHY' --override amount-per-run='WHY'"
    )
