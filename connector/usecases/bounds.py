"""Safety bounds of a run, judged by the summaries of its parts: what breaks one stops the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConnectorError, ExitCode
from connector.invoicing.bounds import run_violations
from connector.invoicing.plan import PlanWarning
from connector.scope import CODES, Override, OverrideRefused
from connector.summary import TOLD, BrokenBound, combined_totals, grouped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.invoicing.policy import Bounds
    from connector.run_report import RunPlan, RunReport
    from connector.summary import PartSummary

__all__ = ["CODES", "Judgement", "Override", "OverrideRefused", "PlanRejected", "judged"]


class PlanRejected(ConnectorError):  # noqa: N818 - named by what happened
    """
    An invariant or a safety bound does not hold: nothing was written.

    *plan* is what was planned, where only bounds stand in its way, whose *codes* an override may
    name. *before* are the reports of what the same command had written by then.
    """

    exit_code = ExitCode.PLAN_REJECTED

    def __init__(
        self, texts: Sequence[str], plan: RunPlan | None = None, codes: Sequence[str] = ()
    ) -> None:
        lines = "\n".join(f"- {text}" for text in texts)
        super().__init__(f"the plan was rejected and nothing of it was written:\n{lines}")
        self.plan = plan
        self.codes = tuple(codes)
        self.before: tuple[RunReport, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What stops a run, and what would have, had it not been lifted for a reason."""

    broken: tuple[BrokenBound, ...]
    lifted: tuple[PlanWarning, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The bounds that stop the run."""
        return tuple(bound.code for bound in self.broken)

    @property
    def texts(self) -> tuple[str, ...]:
        """What stops the run, a line each; of one kind the first cases."""
        return tuple(line for bound in self.broken for line in _lines(bound))


def judged(
    parts: Sequence[PartSummary], bounds: Bounds, overrides: Sequence[Override]
) -> Judgement:
    """What the run of *parts* breaks, by itself and contract by contract."""
    reasons = {override.code: override.reason for override in overrides}
    found = (*_of_the_run(parts, bounds), *_of_contracts(parts))
    return Judgement(
        broken=tuple(bound for bound in found if bound.code not in reasons),
        lifted=(
            *(
                warning
                for bound in found
                if bound.code in reasons
                for warning in _lifted(bound, reasons[bound.code])
            ),
            *(
                PlanWarning(
                    code="override-not-needed",
                    text=f"The override of {code} was not needed: {reasons[code]}",
                )
                for code in sorted(reasons.keys() - {bound.code for bound in found})
            ),
        ),
    )


def _of_the_run(parts: Sequence[PartSummary], bounds: Bounds) -> Iterator[BrokenBound]:
    totals = combined_totals(part.totals for part in parts)
    amounts = {item.currency: item.amount for item in totals.currencies}
    found = run_violations(totals.invoices, amounts, bounds)
    for code, violations in grouped(found, lambda violation: violation.code):
        yield BrokenBound(code=code, count=len(violations), first=tuple(violations))


def _of_contracts(parts: Sequence[PartSummary]) -> Iterator[BrokenBound]:
    every = [bound for part in parts for bound in part.bounds]
    for code, same in grouped(every, lambda bound: bound.code):
        first = [violation for bound in same for violation in bound.first]
        count = sum(bound.count for bound in same)
        yield BrokenBound(code=code, count=count, first=tuple(first[:TOLD]))


def _lines(bound: BrokenBound) -> Iterator[str]:
    yield from (f"{violation.text} [{violation.code}]" for violation in bound.first)
    if more := bound.count - len(bound.first):
        yield f"… and {more} more [{bound.code}]"


def _lifted(bound: BrokenBound, reason: str) -> Iterator[PlanWarning]:
    tail = f"Overridden ({bound.code}): {reason}"
    for violation in bound.first:
        text = f"{violation.text} {tail}"
        yield PlanWarning(code="bound-overridden", text=text, subject=violation.subject)
    if more := bound.count - len(bound.first):
        text = f"{more} more contracts or invoices break this bound. {tail}"
        yield PlanWarning(code="bound-overridden", text=text)
