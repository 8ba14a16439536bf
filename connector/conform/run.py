"""All checks, and one pass over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.conform import batches, definitions, identity, queries, rows
from connector.conform.check import Check, Outcome
from connector.conform.findings import Difference, Skipped
from connector.dataverse.errors import MalformedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.conform.probe import Probe

CHECKS: Final[tuple[Check, ...]] = (
    *identity.CHECKS,
    *rows.CHECKS,
    *queries.CHECKS,
    *batches.CHECKS,
    *definitions.CHECKS,
)


def run_checks(probe: Probe, checks: Sequence[Check] = CHECKS) -> Iterator[Outcome]:
    """
    The outcome of each check, one after the other, as it becomes known.

    Nothing is written. Raises `DataverseError` when the environment cannot be reached or refuses
    the sign-in; an answer that is not what it says it is counts as a difference.
    """
    for one in checks:
        yield _outcome(probe, one)


def _outcome(probe: Probe, check: Check) -> Outcome:
    differences: list[Difference] = []
    skipped = None
    try:
        for finding in check.steps(probe):
            if isinstance(finding, Skipped):
                skipped = finding.reason
            else:
                differences.append(finding)
    except (MalformedAnswer, KeyError) as error:
        differences.append(_unreadable(error))
    return Outcome(check=check, differences=tuple(differences), skipped=skipped)


def _unreadable(error: MalformedAnswer | KeyError) -> Difference:
    if isinstance(error, MalformedAnswer):
        return Difference(
            request=str(error.request), what="body", expected="a JSON object", found=str(error)
        )
    return Difference(request="", what="members", expected=f"{error.args[0]}", found="not there")
