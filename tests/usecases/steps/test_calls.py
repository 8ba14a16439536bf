"""A library that orchestrates a run itself, step by step, on a connector of its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from connector.usecases.steps.calls import STEPS
from connector.usecases.steps.values import RunOrder
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path

    from connector.run_report import RunReport

DAY = date(2020, 10, 5)


def test_steps_by_value_and_steps_by_name_are_the_same_steps(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        opened = connector.steps.open(RunOrder(run_id="R1", run_date=DAY))
        hold = {"run_id": opened.hold.run_id, "epoch": opened.hold.epoch}
        again = connector.answer_step(
            "open_order", {"order": {"run_id": "R1", "run_date": "2020-10-05"}}
        )
        closed = connector.answer_step("close_order", {"hold": hold})

    assert again["value"]["hold"] == hold == {"run_id": "R1", "epoch": 1}
    assert closed == {"value": {}}
    assert {"open_order", "close_order"} <= set(STEPS)


def test_the_report_of_a_finished_run_is_heard(tmp_path: Path) -> None:
    heard: list[RunReport] = []
    order = {"run_id": "R1", "run_date": "2020-10-05", "dry_run": True}

    with serving(tmp_path) as tenant, tenant.connector() as connector:
        opened = connector.answer_step("open_order", {"order": order})["value"]
        given = {"hold": opened["hold"], "run": opened["runs"][0]}
        connector.answer_step("find_parts", given)
        part = {"hold": opened["hold"], "run_id": "R1", "number": 1}
        planned = connector.answer_step("plan_part", part)["value"]
        sealed = connector.answer_step("seal_plan", {**given, "parts": [planned]})["value"]
        written = {"requests": sealed["requests"]}
        end = {"hold": opened["hold"], "run_id": "R1", "written": written}
        connector.answer_step("finish_run", end, heard.append)

    assert [(report.run_id, report.dry_run, report.totals.invoices) for report in heard] == [
        ("R1", True, 1)
    ]
