"""Orchestrations in the real worker and SDK, whose activities a test answers itself."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from tests.azure.durable_host import Activity, DurableHost, Ended

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

NO_REQUESTS = {"get": 0, "batch": 0, "other": 0, "throttled": 0}
SETTINGS = {
    "PROFORMA_SCHEDULE": "0 5 * * * *",
    "PROFORMA__DATAVERSE__URL": "http://127.0.0.1:1",
    "PROFORMA__RUN__TIME_ZONE": "UTC",
}
ORDER = {"run_id": "R", "run_date": "2020-10-05", "days": None, "dry_run": False}


class ActivityDiedError(Exception):
    """The activity ended without an answer."""


def failed(kind: str, text: str = "no", **facts: object) -> dict[str, Any]:
    """An answer of an activity that failed."""
    return {"failure": {"kind": kind, "text": text, "exit_code": 4, **facts}}


def dated(run_id: str, day: str = "2020-10-05") -> dict[str, Any]:
    return {"run_id": run_id, "scope": {"run_date": day}}


def opened(*runs: dict[str, Any]) -> dict[str, Any]:
    return {"value": {"hold": {"run_id": "R", "epoch": 7}, "runs": list(runs)}}


def planned(number: int) -> dict[str, Any]:
    summary = {"number": number, "sha256": f"hash {number}"}
    return {"value": {"number": number, "summary": summary, "requests": {**NO_REQUESTS, "get": 2}}}


def to_write(*numbers: int, **facts: object) -> dict[str, Any]:
    value = {"parts": list(numbers), "invoices": len(numbers), "resumed": False, "unusable": None}
    return {"value": {**value, "requests": {**NO_REQUESTS, "get": 1}, **facts}}


def written(number: int, **facts: object) -> dict[str, Any]:
    summary = {"number": number, "halts": None}
    value = {"number": number, "summary": summary, "because": None, "requests": NO_REQUESTS}
    return {"value": {**value, **facts}}


def ended(run_id: str, **facts: object) -> dict[str, Any]:
    value = {"run_id": run_id, "run_date": "2020-10-05", "exit_code": 0, "invoices": 1}
    return {"value": {**value, "drifted": [], **facts}}


def usual(activity: Activity, parts: int) -> dict[str, Any]:
    """The answers of a run of so many parts in which nothing goes wrong."""
    document, name = activity.document, activity.name
    answers: dict[str, Callable[[], dict[str, Any]]] = {
        "open_order": lambda: opened(dated("R")),
        "begin_run": lambda: {"value": {"run": document["run"], "unfinished": []}},
        "begin_again": lambda: {
            "value": {"run": dated(document["ended"]["run_id"] + ".again"), "unfinished": []}
        },
        "take_up_run": lambda: to_write(1, resumed=True),
        "find_parts": lambda: {"value": {"parts": parts, "requests": {**NO_REQUESTS, "batch": 2}}},
        "plan_part": lambda: planned(document["number"]),
        "seal_plan": lambda: to_write(*range(1, parts + 1)),
        "write_part": lambda: written(document["number"]),
        "finish_run": lambda: ended(document["run_id"]),
        "note_failure": lambda: {"value": {}},
        "close_order": lambda: {"value": {}},
    }
    return answers[name]()


class ScriptedHost(DurableHost):
    """
    A host whose activities are answered by *script*, or as usual where that says None.

    *calls* lists the activities in the order in which they were begun, *most* is how many of each
    were under way at once.
    """

    def __init__(self, app: Path, settings: Mapping[str, str], runtime: Path) -> None:
        super().__init__(app, settings, runtime)
        self.parts = 1
        self.script: Callable[[Activity], dict[str, Any] | None] = lambda _: None
        self.calls: list[Activity] = []
        self.tried: dict[tuple[str, Any], int] = defaultdict(int)

    def carried_out(self, activity: Activity) -> tuple[Activity, str | None, str]:
        self.calls.append(activity)
        self.tried[activity.name, activity.document.get("number")] += 1
        try:
            answer = self.script(activity) or usual(activity, self.parts)
        except ActivityDiedError as error:
            return activity, None, str(error)
        return activity, json.dumps(answer), ""

    def carry_out(
        self,
        script: Callable[[Activity], dict[str, Any] | None] = lambda _: None,
        *,
        parts: int = 1,
        width: int = 4,
    ) -> Ended:
        """One order from its beginning to its end."""
        self.script, self.parts, self.calls = script, parts, []
        self.tried.clear()
        given = {"order": ORDER, "parts_in_flight": width}
        self.statuses.clear()
        self.start("run_order", "proforma-1", json.dumps(given))
        return self.run()

    def names(self) -> list[str]:
        return [activity.name for activity in self.calls]

    def given(self, name: str) -> list[dict[str, Any]]:
        """What the activities of that name were given."""
        return [activity.document for activity in self.calls if activity.name == name]
