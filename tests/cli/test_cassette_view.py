"""Where an emulator answers otherwise, as a person and a program read it."""

from __future__ import annotations

import io
import json
from pathlib import Path

from rich.console import Console

from connector.cassette.compare import Compared
from connector.cassette.shapes import Gap
from connector.cli.cassette_view import compared_text, print_compared
from tests.cassette.test_exchange import ONE

GAP = Gap(what="header etag", recorded="there", emulated="none")
BOTH = (Compared(exchange=ONE, gaps=(GAP,)), Compared(exchange=ONE, gaps=()))


def shown(*, verbose: bool) -> list[str]:
    console = Console(file=io.StringIO(), width=60, color_system=None)
    print_compared(console, BOTH, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


def test_what_differs_is_shown_with_its_request_and_the_rest_is_counted() -> None:
    assert shown(verbose=False) == [
        "1. GET /api/data/v9.2/accounts: differs",
        "   header etag: recorded there, emulated none",
        "2 exchanges: 1 agree, 1 differ",
    ]
    assert "1. GET /api/data/v9.2/accounts: agrees" in shown(verbose=True)


def test_the_document_names_the_cassette_and_every_exchange() -> None:
    document = json.loads(compared_text(Path("folder") / "c.jsonl", BOTH))

    assert (document["format"], document["cassette"]) == ("proforma-cassette-conform/1", "c.jsonl")
    assert document["exchanges"][0]["differences"] == [
        {"what": "header etag", "recorded": "there", "emulated": "none"}
    ]
    assert document["exchanges"][1]["differences"] == []
