"""Explanations and generated schedules, for people and as JSON documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from connector.invoicing.explain import Explanation
    from connector.invoicing.schedule_rows import Generation

EXPLANATION: Final = "proforma-explanation/1"
SCHEDULE: Final = "proforma-schedule/1"


def explanation_text(found: Explanation, run_date: date) -> str:
    """The JSON document of an explanation."""
    return _dumped(
        {
            "format": EXPLANATION,
            "id": str(found.subject),
            "kind": found.kind,
            "run_date": run_date.isoformat(),
            "verdict": found.verdict.value,
            "rules": list(found.rules),
            "text": found.text,
            "what_would_change_it": found.what_would_change_it,
            "next_date": _iso(found.next_date),
        }
    )


def print_explanation(console: Console, found: Explanation, run_date: date) -> None:
    """Verdict, rules and way out, a line each."""
    console.print(Text(f"{found.kind} {found.subject} on {run_date}: {found.verdict.value}"))
    console.print(Text(f"  {found.text}"))
    rows = (
        ("rules", ", ".join(found.rules)),
        ("what would change it", found.what_would_change_it),
        ("next date", _iso(found.next_date)),
    )
    for name, value in rows:
        if value:
            console.print(Text(f"  {name}: {value}"))


def schedule_text(made: Generation, *, written: bool) -> str:
    """The JSON document of a generated schedule."""
    return _dumped(
        {
            "format": SCHEDULE,
            "written": written,
            "rows": [
                {
                    "id": str(row.id),
                    "run_date": row.run_date.isoformat(),
                    "cut_off_date": row.cutoff_date.isoformat(),
                }
                for row in made.rows
            ],
            "milestones": [
                {
                    "id": str(item.id),
                    "name": item.name,
                    "date": item.date.isoformat(),
                    "amount": f"{item.amount:f}",
                    "tax": f"{item.tax:f}",
                }
                for item in made.milestones
            ],
            "existing": [day.isoformat() for day in made.existing],
        }
    )


def print_schedule(console: Console, made: Generation, *, written: bool) -> None:
    """Each row or milestone that is made, and how many dates had one already."""
    for row in made.rows:
        console.print(Text(f"{row.run_date:%a} {row.run_date}  cut-off {row.cutoff_date}"))
    for item in made.milestones:
        console.print(Text(f"{item.date:%a} {item.date}  {item.amount:,f} before tax"))
    count, what = len(made.rows) + len(made.milestones), "written" if written else "to be written"
    console.print(Text(f"{count} {what}, {len(made.existing)} dates have a row already"))


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dumped(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
