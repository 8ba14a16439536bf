"""What `emulator conform` found, for a person and as a JSON document."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich import box
from rich.table import Table
from rich.text import Text

from connector.conform.check import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from connector.conform.check import Outcome

FORMAT: Final = "proforma-conform/1"
_STYLE: Final = {Verdict.AGREES: "green", Verdict.DIFFERS: "red", Verdict.SKIPPED: "yellow"}


def conform_text(environment: str, outcomes: Sequence[Outcome]) -> str:
    """The outcomes as a JSON document."""
    checks = [
        {
            "name": one.check.name,
            "evidence": one.check.evidence.value,
            "verdict": one.verdict.value,
            "differences": [asdict(difference) for difference in one.differences],
            "skipped": one.skipped,
        }
        for one in outcomes
    ]
    document = {"format": FORMAT, "environment": environment, "checks": checks}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def print_outcomes(console: Console, outcomes: Sequence[Outcome], *, verbose: bool) -> None:
    """What differs and what was skipped, everything with *verbose*, and the numbers."""
    table = Table("Behaviour", "Evidence", "", "Found", box=box.SIMPLE_HEAD, pad_edge=False)
    shown = [one for one in outcomes if verbose or one.verdict is not Verdict.AGREES]
    for one in shown:
        verdict = Text(one.verdict.value, style=_STYLE[one.verdict])
        table.add_row(Text(one.check.name), one.check.evidence.value, verdict, _found(one))
    if shown:
        console.print(table)
    counts = Counter(one.verdict for one in outcomes)
    parts = [f"{counts[verdict]} {verdict.value}" for verdict in Verdict]
    console.print(f"{len(outcomes)} checks: {', '.join(parts)}")


def _found(outcome: Outcome) -> Text:
    text = Text(outcome.skipped or "")
    for difference in outcome.differences:
        text.append(f"{difference.request}\n", style="dim")
        text.append(f"{difference.what}: expected {difference.expected}, ")
        text.append(f"found {difference.found}\n")
    return text
