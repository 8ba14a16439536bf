"""Where an emulator answers otherwise than a cassette, for a person and as a document."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.console import Console

    from connector.cassette.compare import Compared

FORMAT: Final = "proforma-cassette-conform/1"


def print_compared(console: Console, compared: Sequence[Compared], *, verbose: bool) -> None:
    """Each exchange that differs with its differences, all with *verbose*, and the numbers."""
    for one in compared:
        if one.gaps or verbose:
            state = "differs" if one.gaps else "agrees"
            line = f"{one.exchange.number}. {one.exchange.request.line}: {state}"
            console.print(Text(line, style="red" if one.gaps else "green"), soft_wrap=True)
        for gap in one.gaps:
            text = f"   {gap.what}: recorded {gap.recorded}, emulated {gap.emulated}"
            console.print(Text(text), soft_wrap=True)
    differing = sum(1 for one in compared if one.gaps)
    agreeing = len(compared) - differing
    console.print(f"{len(compared)} exchanges: {agreeing} agree, {differing} differ")


def compared_text(path: Path, compared: Sequence[Compared]) -> str:
    """The same as a JSON document."""
    exchanges = [
        {
            "number": one.exchange.number,
            "request": one.exchange.request.line,
            "differences": [asdict(gap) for gap in one.gaps],
        }
        for one in compared
    ]
    document = {"format": FORMAT, "cassette": path.name, "exchanges": exchanges}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
