"""`docs/messages.md` tells every code that the code has, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from connector.cli import main
from connector.invoicing.reasons import Reason
from connector.outcome import DifferenceKind
from connector.report.texts.warnings import ADVICE
from connector.scope import CODES
from tests.docs.messages_page import PAGE, page
from tests.docs.messages_texts import BOUNDS, DIFFERENCES, ERRORS, INVARIANTS, USAGE_ERRORS

ROOT = Path(__file__).resolve().parents[2]
TEXT = PAGE.read_text("utf-8")


def told(heading: str) -> list[str]:
    """The codes of the table below *heading*."""
    section = re.split("\n##+ ", TEXT.split(f"\n## {heading}\n", 1)[1])[0]
    rows = re.findall(r"^\| `?([a-z0-9-]+)`? \|", section, re.MULTILINE)
    return rows[2:]  # without head and rule


def in_calls(module: str, call: str) -> set[str]:
    """Each first text in a call of *call* that looks like a code."""
    source = (ROOT / "connector" / module).read_text("utf-8")
    return set(re.findall(rf"{call}\((?:plan, )?(?:code=)?\"([a-z-]+)\"", source))


def test_the_page_is_as_its_generator_writes_it() -> None:
    assert page() == TEXT, "run python -m tests.docs.messages_page"


def test_every_reason_and_warning_is_told() -> None:
    assert told("Why something stays behind") == [reason.value for reason in Reason]
    assert told("Warnings") == sorted(ADVICE)


def test_every_bound_and_invariant_is_told_and_no_other() -> None:
    bounds = in_calls("invoicing/bounds.py", "[vV]iolation")

    assert set(told("Safety bounds")) == set(BOUNDS) == bounds == set(CODES)
    assert set(told("Invariants")) == set(INVARIANTS)
    assert in_calls("invoicing/invariants.py", "_violation") == set(INVARIANTS)


def test_every_exit_code_of_the_design_is_told() -> None:
    # Design section 2.2.
    assert told("Exit codes") == ["0", "1", "2", "3", "4", "5", "130"]


def test_every_error_that_is_drawn_is_told() -> None:
    assert len(told("Errors")) == len(ERRORS) > 40
    assert {"lease-held", "plan-rejected", "sign-in-failed", "not-sent"} <= set(told("Errors"))


@pytest.mark.parametrize(
    ("words", "error"),
    [
        ("undo --json one another", "usage-error"),
        ("rum --json", "no-such-command"),
        ("run --json --jsn", "no-such-option"),
        ("plan --json", "missing-parameter"),
        ("run --json --run-date soon", "bad-parameter"),
    ],
)
def test_a_usage_error_has_the_word_that_is_told(
    words: str, error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(words.split())

    document = json.loads(capsys.readouterr().out)
    assert (code, document["error"], document["exit_code"]) == (2, error, 2)
    assert error in USAGE_ERRORS
    assert f"\n| `{error}` | " in TEXT.split("### Of the command line itself")[1]


def test_every_difference_is_told() -> None:
    assert list(DIFFERENCES) == list(DifferenceKind)


def test_no_placeholder_of_a_hint_is_left() -> None:
    assert re.findall(r"\{[a-z.]+\}", TEXT) == []
