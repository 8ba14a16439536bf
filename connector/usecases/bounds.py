"""Safety bounds while a run is planned: what breaks one stops the run, unless there is a reason."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from connector.errors import ConnectorError
from connector.invoicing.invariants import check_bounds
from connector.invoicing.plan import PlanWarning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.policy import Bounds
    from connector.invoicing.violations import Violation

#: The bounds that can be lifted; invariants cannot.
CODES: Final = (
    "amount-per-invoice",
    "lowest-amount-per-invoice",
    "amount-per-run",
    "invoices-per-run",
    "details-per-invoice",
    "months-ahead",
    "deviation",
)


class OverrideRefused(ConnectorError):  # noqa: N818 - named by what happened
    """An override that names no bound, or gives no reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A bound that does not count in this run, and why."""

    code: str
    reason: str

    def __post_init__(self) -> None:
        """Raises `OverrideRefused`."""
        if self.code not in CODES:
            message = f"there is no bound {self.code!r}; known are {', '.join(CODES)}"
            raise OverrideRefused(message)
        if not self.reason.strip():
            message = f"the override of {self.code} needs a reason: {self.code}=WHY"
            raise OverrideRefused(message)


@dataclass(slots=True, kw_only=True)
class BoundsWatch:
    """
    The bounds of one run; each contract is judged while its history is at hand.

    *today* is the business date on which the run takes place.
    """

    bounds: Bounds
    today: date
    overrides: tuple[Override, ...]
    _found: list[Violation] = field(default_factory=list)

    def see(self, snapshot: ContractSnapshot, plan: ContractPlan) -> None:
        """Judge one contract by itself."""
        single = replace(self.bounds, amount_per_run=None, invoices_per_run=None)
        self._found += check_bounds([plan], single, today=self.today, snapshots=[snapshot])

    def broken(self, plans: Sequence[ContractPlan]) -> tuple[Violation, ...]:
        """What stops the run: bounds that are broken and not overridden."""
        lifted = {override.code for override in self.overrides}
        return tuple(v for v in self._all(plans) if v.code not in lifted)

    def lifted(self, plans: Sequence[ContractPlan]) -> Iterator[PlanWarning]:
        """What would have stopped the run, with the reason why it did not."""
        reasons = {override.code: override.reason for override in self.overrides}
        for violation in self._all(plans):
            if violation.code in reasons:
                text = f"{violation.text} Overridden ({violation.code}): {reasons[violation.code]}"
                yield PlanWarning(code="bound-overridden", text=text, subject=violation.subject)
        broken = {violation.code for violation in self._all(plans)}
        for code in sorted(reasons.keys() - broken):
            text = f"The override of {code} was not needed: {reasons[code]}"
            yield PlanWarning(code="override-not-needed", text=text)

    def _all(self, plans: Sequence[ContractPlan]) -> tuple[Violation, ...]:
        bounds = self.bounds
        whole = replace(
            bounds,
            amount_per_invoice=None,
            lowest_amount_per_invoice=None,
            details_per_invoice=None,
            months_ahead=None,
            deviation_factor=None,
        )
        return (*check_bounds(plans, whole), *self._found)
