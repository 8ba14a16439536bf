"""What is said of a run as a whole, and of what in it needs a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.outcome import GOOD_STATUSES
from connector.report.needs import NeedKind
from connector.report.texts.marks import marked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.report.texts.catalogue import Texts
    from connector.run_report import RunReport


@dataclass(frozen=True, slots=True)
class State:
    """The word at the head of a run, and its colour."""

    label: str
    tone: str


#: A title and what to do, by kind.
_NEEDS: Final[Mapping[NeedKind, tuple[str, str]]] = {
    NeedKind.HALTED: (
        marked("the run was halted"),
        marked("Mend what is named, and run again: the rest is written then."),
    ),
    NeedKind.REJECTED: (
        marked("a safety bound is broken"),
        marked("Check the invoices; --override CODE=REASON lifts the bound for one run."),
    ),
    NeedKind.LEFT_OUT: (
        marked("contract left out"),
        marked("Correct the records that are named, and run again for this contract."),
    ),
    NeedKind.FAILED: (
        marked("not written"),
        marked("Correct what the message names; the next run tries again."),
    ),
    NeedKind.CONFLICT: (
        marked("another invoice stands in its place"),
        marked("Compare the two, and delete the one that is wrong."),
    ),
    NeedKind.DRIFTED: (
        marked("changed since it was planned"),
        marked("Run again: the contract is planned anew from what it is now."),
    ),
    NeedKind.OVERRIDDEN: (
        marked("safety bound lifted"),
        marked("Check that the reason given still holds for these invoices."),
    ),
}


def run_state(texts: Texts, report: RunReport) -> State:
    """What became of *report*, in a word."""
    if report.dry_run:
        return State(texts.text("Preview"), "warn")
    good = {item.status in GOOD_STATUSES for item in report.outcome_totals}
    if not good:
        return State(texts.text("Nothing due"), "soft")
    if good == {True}:
        return State(texts.text("Written"), "good")
    is_partly = True in good
    return State(texts.text("Partly written") if is_partly else texts.text("Not written"), "bad")


def need_title(texts: Texts, kind: NeedKind) -> str:
    """What has happened."""
    return texts.text(_NEEDS[kind][0])


def need_advice(texts: Texts, kind: NeedKind) -> str:
    """What to do about it."""
    return texts.text(_NEEDS[kind][1])
