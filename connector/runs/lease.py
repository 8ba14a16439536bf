"""One run per tenant at a time: who writes, since when, and what happens when that one dies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol, Self

from pydantic import TypeAdapter, ValidationError

from connector.errors import ConnectorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseTerms:
    """
    Who asks for a lease, by which clock, and for how long without a sign of life.

    *host* and *run_id* name the holder for people; on one host the operating system itself says
    whether a holder lives. A lease that was not renewed for *lasts* can be taken over.
    """

    host: str
    run_id: str
    clock: Callable[[], datetime]
    lasts: timedelta = timedelta(seconds=90)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRecord:
    """
    A lease as it is written down.

    *epoch* grows with each new holder, so that one who was taken for dead notices.
    """

    host: str
    run_id: str
    since: datetime
    renewed: datetime
    epoch: int
    released: bool = False

    def is_fresh(self, now: datetime, lasts: timedelta) -> bool:
        """
        Whether the holder has to be taken for alive.

        A sign of life from far in the future comes from a clock that was set back since; it says
        as little as one from far in the past.
        """
        return not self.released and abs(now - self.renewed) <= lasts


_RECORD: Final = TypeAdapter(LeaseRecord)


def record_text(record: LeaseRecord) -> bytes:
    """A lease as it is written down."""
    return _RECORD.dump_json(record)


def record_in(text: bytes | None) -> LeaseRecord | None:
    """What *text* says of a lease; None where it says nothing."""
    try:
        return None if text is None else _RECORD.validate_json(text)
    except (ValidationError, UnicodeDecodeError):
        return None


class Lease(Protocol):
    """The right to write to one tenant."""

    def __enter__(self) -> Self:
        """Take the lease; raises `LeaseHeld`."""

    def __exit__(self, *_: object) -> None:
        """Give it back."""

    def check(self) -> None:
        """Raise `LeaseLost` when somebody else has it by now."""


class LeaseHeld(ConnectorError):  # noqa: N818 - it is a state, not an error of ours
    """Another run is writing to this tenant."""

    exit_code = ExitCode.LEASE_HELD

    def __init__(self, holding: LeaseRecord | None, hint: str = "") -> None:
        """*holding* is who has it, as far as it is known; *hint* what can be done about it."""
        #: Who holds it, for people.
        self.who = (
            f"run {holding.run_id} on {holding.host} since {holding.since.isoformat()}"
            if holding
            else "another run that is just beginning"
        )
        text = f"{self.who} holds the lease of this tenant; nothing was written"
        super().__init__("; ".join(part for part in (text, hint) if part))


class LeaseLost(ConnectorError):  # noqa: N818 - named by what happened
    """The run was taken for dead and another one goes on: it must not write any more."""

    exit_code = ExitCode.LEASE_HELD

    def __init__(self, holding: LeaseRecord | None, gone: str = "it is gone") -> None:
        """*holding* is who has it now; where nobody is known, *gone* says what happened."""
        who = f"run {holding.run_id} on {holding.host} has it now" if holding else gone
        text = f"this run has lost the lease of the tenant ({who}) and has stopped writing"
        super().__init__(f"{text}; the next run finishes what it left")
