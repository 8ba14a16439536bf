"""The order of the steps, replayed by the real SDK: what is tried again, and what ends a run."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from tests.azure.scripted_steps import (
    SETTINGS,
    ActivityDiedError,
    ScriptedHost,
    dated,
    ended,
    failed,
    opened,
    to_write,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.azure.durable_host import Activity

APP = Path(__file__).resolve().parents[2] / "azure-function"
DIED = "the worker process ended"
Script: TypeAlias = "Callable[[Activity], dict[str, Any] | None]"


@pytest.fixture(scope="module")
def host(runtime: Path) -> Iterator[ScriptedHost]:
    with ScriptedHost(APP, SETTINGS, runtime) as host:
        yield host


def at(name: str, answer: dict[str, Any], *, number: int | None = None, times: int = 99) -> Script:
    """*answer* to the first calls of one activity, or of one part's."""
    left = [times]

    def script(activity: Activity) -> dict[str, Any] | None:
        is_it = activity.name == name and number in (None, activity.document.get("number"))
        if not is_it or not left[0]:
            return None
        left[0] -= 1
        return answer

    return script


def seconds(waits: Any) -> list[float]:
    return [wait.total_seconds() for wait in waits]


def test_a_run_opens_plans_every_part_seals_writes_every_part_and_closes(
    host: ScriptedHost,
) -> None:
    outcome = host.carry_out(parts=2)

    assert outcome.error is None
    assert [run["run_id"] for run in outcome.output] == ["R"]
    assert host.names() == [
        *("open_order", "begin_run", "find_parts", "plan_part", "plan_part", "seal_plan"),
        *("write_part", "write_part", "finish_run", "close_order"),
    ]
    # 2 batches to find the parts, 1 request to seal, 2 a part: the report adds its own.
    [finish] = host.given("finish_run")
    assert finish["written"]["requests"] == {"get": 5, "batch": 2, "other": 0, "throttled": 0}
    assert {tuple(call["hold"].items()) for call in host.given("write_part")} == {
        (("run_id", "R"), ("epoch", 7))
    }


def test_a_run_with_nothing_due_is_sealed_and_finished_all_the_same(host: ScriptedHost) -> None:
    outcome = host.carry_out(parts=0)

    assert outcome.error is None
    assert host.names()[2:] == ["find_parts", "seal_plan", "finish_run", "close_order"]


@pytest.mark.parametrize("width", [1, 3])
def test_no_more_parts_are_under_way_at_once_than_the_order_says(
    host: ScriptedHost, width: int
) -> None:
    counting, now, most = threading.Lock(), [0], [0]

    def script(activity: Activity) -> None:
        if activity.name != "write_part":
            return
        with counting:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.02)
        with counting:
            now[0] -= 1

    host.carry_out(script, parts=8, width=width)

    assert most == [width]
    assert len(host.given("write_part")) == 8


def test_what_may_go_well_is_tried_six_times_with_waits_that_double(host: ScriptedHost) -> None:
    outcome = host.carry_out(at("plan_part", failed("again", "503"), number=2), parts=3)

    # 15 s doubled up to 240 s: together less than the 15 minutes that a lease lasts.
    assert seconds(outcome.waits) == [15, 30, 60, 120, 240]
    assert host.tried["plan_part", 2] == 6
    assert host.tried["plan_part", 1] == 1
    [seal] = host.given("seal_plan")
    assert [part.get("because") for part in seal["parts"]] == [None, "503", None]


def test_a_throttled_part_waits_as_long_as_the_tenant_says_but_at_most_five_minutes(
    host: ScriptedHost,
) -> None:
    throttled = at("write_part", failed("again", "429", retry_after=40.0), times=1)
    longer = at("write_part", failed("again", "429", retry_after=900.0), times=1)

    first = host.carry_out(throttled)
    second = host.carry_out(longer)

    assert seconds(first.waits) == [40]
    assert seconds(second.waits) == [300]
    assert (first.error, second.error) == (None, None)


def test_an_activity_that_dies_is_tried_again(host: ScriptedHost) -> None:
    died: list[Activity] = []

    def script(activity: Activity) -> None:
        if activity.name == "write_part" and len(died) < 2:
            died.append(activity)
            raise ActivityDiedError(DIED)

    outcome = host.carry_out(script)

    assert outcome.error is None
    assert seconds(outcome.waits) == [15, 30]
    assert host.tried["write_part", 1] == 3


@pytest.mark.parametrize(
    "step", ["open_order", "begin_run", "find_parts", "plan_part", "seal_plan"]
)
@pytest.mark.parametrize("kind", ["everybodys", "over"])
def test_what_settings_or_bounds_refuse_is_not_tried_again(
    host: ScriptedHost, step: str, kind: str
) -> None:
    outcome = host.carry_out(at(step, failed(kind, "no privilege")))

    assert outcome.error is not None
    assert f"{step}: no privilege" in outcome.error
    assert outcome.waits == []
    assert host.names().count(step) == 1
    [note] = host.given("note_failure")
    assert (note["run_id"], note["step"]) == ("R", step)
    assert ("close_order" in host.names()) is (step != "open_order")
    assert "write_part" not in host.names()


def test_after_a_failure_that_every_part_meets_no_other_part_is_planned(
    host: ScriptedHost,
) -> None:
    outcome = host.carry_out(
        at("plan_part", failed("everybodys", "403"), number=1), parts=9, width=1
    )

    assert outcome.error is not None
    assert len(host.given("plan_part")) == 1
    assert host.given("seal_plan") == []


def test_one_part_that_cannot_be_read_fails_alone_three_in_a_row_end_the_run(
    host: ScriptedHost,
) -> None:
    def unread(*numbers: int) -> Any:
        def script(activity: Activity) -> dict[str, Any] | None:
            is_one = activity.name == "plan_part" and activity.document["number"] in numbers
            return failed("alone", "half a page") if is_one else None

        return script

    alone = host.carry_out(unread(1, 2, 4), parts=5, width=1)
    sealed = host.given("seal_plan")
    in_a_row = host.carry_out(unread(2, 3, 4), parts=9, width=1)

    assert alone.error is None
    assert [bool(part.get("because")) for part in sealed[0]["parts"]] == [
        *(True, True, False, True, False)
    ]
    assert in_a_row.error is not None
    assert len(host.given("plan_part")) == 4


def test_a_part_that_was_halted_keeps_the_others_from_being_begun(host: ScriptedHost) -> None:
    halted = written(2, summary={"number": 2, "halts": "403"}, because="403. Give prvX.")

    host.carry_out(at("write_part", halted, number=2), parts=6, width=1)

    [finish] = host.given("finish_run")
    assert [call["number"] for call in host.given("write_part")] == [1, 2]
    assert finish["written"]["halted"] == "403. Give prvX."
    assert [part["number"] for part in finish["written"]["parts"]] == [1, 2]


def test_a_part_that_fails_alone_while_it_is_written_is_told_in_the_report(
    host: ScriptedHost,
) -> None:
    host.carry_out(at("write_part", failed("alone", "half a page"), number=1), parts=2)

    [finish] = host.given("finish_run")
    assert [part["because"] for part in finish["written"]["parts"]] == ["half a page", None]
    assert finish["written"]["halted"] is None


def test_a_run_that_lost_its_lease_is_not_finished_by_its_late_steps(host: ScriptedHost) -> None:
    lost = failed("over", "another run goes on", exit_code=5)

    outcome = host.carry_out(at("write_part", lost, number=1), parts=5, width=1)

    assert outcome.error is not None
    assert "another run goes on" in outcome.error
    assert host.given("finish_run") == []
    assert len(host.given("write_part")) == 1


def test_dates_are_run_in_order_and_a_date_that_fails_ends_the_order(host: ScriptedHost) -> None:
    dates = at("open_order", opened(*(dated(f"R-{day}") for day in (1, 2, 3))))

    def script(activity: Activity) -> dict[str, Any] | None:
        second = activity.name == "seal_plan" and activity.document["run"]["run_id"] == "R-2"
        return failed("over", "a bound", exit_code=3) if second else dates(activity)

    every = host.carry_out(dates)
    order = [call["run_id"] for call in host.given("finish_run")]
    stopped = host.carry_out(script)

    assert every.error is None
    assert order == ["R-1", "R-2", "R-3"]
    assert stopped.error is not None
    assert [call["run_id"] for call in host.given("finish_run")] == ["R-1"]
    assert [call["run_id"] for call in host.given("note_failure")] == ["R-2"]
    assert host.names()[-1] == "close_order"


def test_unfinished_runs_are_finished_before_the_date_is_planned(host: ScriptedHost) -> None:
    begun = {"value": {"run": dated("R"), "unfinished": ["A", "B"]}}

    def script(activity: Activity) -> dict[str, Any] | None:
        if activity.name == "begin_run":
            return begun
        is_a = activity.document.get("run_id") == "A"
        if activity.name == "take_up_run" and is_a:
            return to_write(resumed=True, unusable="it is cut")
        return None

    outcome = host.carry_out(script)

    assert outcome.error is None
    assert host.names()[2:] == [
        *("take_up_run", "take_up_run", "write_part", "finish_run"),
        *("find_parts", "plan_part", "seal_plan", "write_part", "finish_run", "close_order"),
    ]
    written_to = host.given("finish_run")[-1]["written"]
    assert written_to["earlier"] == ["B"]
    assert [warning["code"] for warning in written_to["warnings"]] == [
        "unfinished-run-unreadable",
        "earlier-run-finished",
    ]
    assert host.given("write_part")[0]["parts"]["resumed"] is True


def test_what_changed_since_an_unfinished_run_was_planned_is_planned_anew(
    host: ScriptedHost,
) -> None:
    def script(activity: Activity) -> dict[str, Any] | None:
        if activity.name == "begin_run":
            return {"value": {"run": dated("R"), "unfinished": ["A"]}}
        if activity.name == "finish_run" and activity.document["run_id"] == "A":
            return ended("A", drifted=["c1"])
        return None

    def rejected(activity: Activity) -> dict[str, Any] | None:
        is_it = activity.name == "seal_plan" and activity.document["run"]["run_id"] == "A.again"
        return failed("over", "a bound", exit_code=3) if is_it else script(activity)

    outcome = host.carry_out(script)
    anew = [call["run_id"] for call in host.given("finish_run")]
    earlier = host.given("finish_run")[-1]["written"]["earlier"]
    refused = host.carry_out(rejected)

    assert (outcome.error, refused.error) == (None, None)
    assert (anew, earlier) == (["A", "A.again", "R"], ["A", "A.again"])
    told = host.given("finish_run")[-1]["written"]["warnings"]
    assert "earlier-run-not-planned" in [warning["code"] for warning in told]


def test_a_run_that_left_something_unwritten_makes_the_orchestration_fail(
    host: ScriptedHost,
) -> None:
    outcome = host.carry_out(at("finish_run", ended("R", exit_code=1)))

    assert outcome.error is not None
    assert "run R left something unwritten" in outcome.error
    assert host.names()[-1] == "close_order"


def test_the_time_between_two_attempts_is_the_history_s_and_not_the_clock_s(
    host: ScriptedHost,
) -> None:
    outcome = host.carry_out(at("begin_run", failed("again"), times=1))

    # The replay host stands at a fixed date: a wait by the machine's clock would be far off.
    assert outcome.waits == [timedelta(seconds=15)]
