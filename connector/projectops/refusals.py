"""
Which refusals of the tenant are everybody's, and what a person has to mend (section 5 of DESIGN).

A property that the tenant does not declare is refused for every contract. A missing privilege may
be one contract's alone, of its business unit or its sharing: only when the first contracts that
are written all meet the same one is it taken for everybody's (DR-32).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import (
    BadRequest,
    Forbidden,
    NotFound,
    NotSent,
    SignInFailed,
    Throttled,
    Unauthorized,
)

if TYPE_CHECKING:
    from connector.dataverse.errors import DataverseError

#: Contracts that must all be refused alike, before any is written, for the run to halt.
FIRST_CONTRACTS: Final = 3

#: Failures that are nobody's in particular: the next contract would meet them as well.
_EVERYBODYS = (Unauthorized, SignInFailed, Throttled, NotSent)
_PAYLOAD_ERROR = "0x80048d19"
_UNDECLARED = re.compile(
    r"undeclared property '([^']+)'|invalid property '([^']+)'"
    r"|(?:could not find a )?property (?:named )?'([^']+)'(?: does not exist| on type)",
    re.IGNORECASE,
)
_PRIVILEGE = re.compile(r"is missing (prv\w+) privilege", re.IGNORECASE)
_ENTITY = re.compile(r"for entity '([^']+)'", re.IGNORECASE)


def is_everybodys(error: DataverseError) -> bool:
    """Whether every other contract would meet *error* as well: the run halts at once."""
    return isinstance(error, _EVERYBODYS) or undeclared_property(error) is not None


def concerns_the_draft(error: DataverseError) -> bool:
    """Whether *error* says something about the draft itself, so that its rows become Run Failed."""
    return not is_everybodys(error) and not isinstance(error, Forbidden)


def undeclared_property(error: DataverseError) -> str | None:
    """The property that the tenant does not declare, if that is what *error* says."""
    if not isinstance(error, BadRequest) or error.code.lower() != _PAYLOAD_ERROR:
        return None
    found = _UNDECLARED.search(error.message)
    return next((name for name in found.groups() if name), None) if found else None


def missing_privilege(error: DataverseError) -> str | None:
    """The privilege that the signed-in user lacks, with its table, as far as *error* names it."""
    if not isinstance(error, Forbidden):
        return None
    privilege, entity = _PRIVILEGE.search(error.message), _ENTITY.search(error.message)
    if privilege is None:
        return None
    return f"{privilege[1]} for {entity[1]}" if entity else privilege[1]


def remedy(error: DataverseError) -> str:
    """What a person has to mend before the run can go on; a sentence."""
    name = undeclared_property(error)
    if name is not None:
        return (
            f"The tenant has no property {name!r}: correct the mapping, or run `proforma check`"
            " to see what this tenant lacks."
        )
    if isinstance(error, Forbidden):
        privilege = missing_privilege(error) or "the privilege that it names"
        return f"Give the signed-in user {privilege}; docs/permissions.md lists what it needs."
    if isinstance(error, NotFound):
        return 'Correct [actions] in the mapping, or set write_mode = "rows".'
    if isinstance(error, Unauthorized | SignInFailed):
        return "Correct [auth], or the user's access to this environment."
    return "Start it again when the tenant answers."


@dataclass(slots=True)
class FirstRefusals:
    """
    Whether the first contracts of a run were all refused for want of one privilege.

    Fed with each contract as it is through, in any order. One that was written settles the
    question for the whole run: what is refused later concerns its contract alone.
    """

    enough: int = FIRST_CONTRACTS
    _refusals: list[Forbidden] = field(default_factory=list)
    _is_settled: bool = False

    @property
    def everybodys(self) -> Forbidden | None:
        """The refusal that every contract so far has met; None when one has not."""
        return None if self._is_settled or not self._refusals else self._refusals[0]

    def note(self, refusal: Forbidden | None) -> bool:
        """One more contract is through, refused or not; True when the run has to halt."""
        if self._is_settled:
            return False
        if refusal is None:
            self._is_settled = True
            return False
        self._refusals.append(refusal)
        self._is_settled = _mark(refusal) != _mark(self._refusals[0])
        return not self._is_settled and len(self._refusals) >= self.enough


def _mark(refusal: Forbidden) -> tuple[str, str | None]:
    return refusal.code, missing_privilege(refusal)
