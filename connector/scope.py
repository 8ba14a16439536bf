"""What a run looks at, as small values that are kept with its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from connector.errors import ConnectorError
from connector.invoicing.ids import ContractId
from connector.invoicing.policy import MissedDates

if TYPE_CHECKING:
    from collections.abc import Iterable

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    What a run looks at: one date, all contracts or the named ones.

    Under catch-up *late_days* is how old a milestone may be that is billed after its date: a
    replayed date bills what it called out itself, only the last one bills what came late (DR-9).
    """

    run_date: date
    contracts: tuple[ContractId, ...] = ()
    beside_platform_job: bool = False
    missed_dates: MissedDates = MissedDates.STRICT
    late_days: int = 0
    overrides: tuple[Override, ...] = ()


def scope_of(
    run_date: date,
    contracts: Iterable[ContractId],
    overrides: Iterable[Override],
    *,
    beside_platform_job: bool,
) -> Scope:
    """The scope of one date as a caller gives it, strict about missed dates."""
    return Scope(
        run_date=run_date,
        contracts=tuple(contracts),
        beside_platform_job=beside_platform_job,
        overrides=tuple(overrides),
    )
