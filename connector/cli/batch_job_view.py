"""How a recurring job stands, for a person and as a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from rich.console import Console

    from connector.runs.batch_job_file import JobState
    from connector.usecases.batch_job import JobStatus


def print_status(console: Console, status: JobStatus, zone: tzinfo) -> None:
    """A line each: whether it runs, since when, when next, and how the last run ended."""
    for line in _lines(status, zone):
        console.print(Text(line), soft_wrap=True)


def status_text(status: JobStatus) -> str:
    """The same as a JSON document; instants are in UTC."""
    state = status.state
    last = state.last if state else None
    document = {
        "format": "proforma-batch-job/1",
        "is_running": status.is_running,
        "name": state.name if state else None,
        "workflow": state.workflow.value if state else None,
        "host": state.host if state else None,
        "phase": state.phase.value if state and status.is_running else None,
        "next_start": _stamp(state.next_start) if state and status.is_running else None,
        "last_run": None
        if last is None
        else {
            "run_id": last.run_id,
            "run_date": last.run_date.isoformat(),
            "began": _stamp(last.began),
            "ended": _stamp(last.ended),
            "exit_code": int(last.exit_code),
            "said": last.said,
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _lines(status: JobStatus, zone: tzinfo) -> Iterator[str]:
    state = status.state
    if state is None:
        yield "The job runs." if status.is_running else "The job has not run yet."
        return
    yield _whether(status, state, zone)
    if status.is_running and state.next_start is not None:
        yield f"Next run: {_shown(state.next_start, zone)}"
    if state.last is not None:
        ended = _shown(state.last.ended, zone)
        code = int(state.last.exit_code)
        yield f"Last run: {state.last.run_id}, ended {ended}, exit code {code}"
        yield f"  {state.last.said}"


def _whether(status: JobStatus, state: JobState, zone: tzinfo) -> str:
    job = f"{state.name!r} ({state.workflow.value})"
    if not status.is_running:
        return f"{job} does not run; it was started {_shown(state.since, zone)} on {state.host}."
    since = _shown(state.since, zone)
    return f"{job} runs on {state.host} since {since}, phase: {state.phase.value}."


def _shown(instant: datetime, zone: tzinfo) -> str:
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def _stamp(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
