"""How a run goes on, as values that a program can show while it waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from connector.outcome import InvoiceStatus, UndoStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsFound:
    """So many contracts are due, in so many parts."""

    run_id: str
    parts: int
    contracts: int

    def __str__(self) -> str:
        return f"{self.contracts:,} contracts are due, in {self.parts:,} parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsRead:
    """So many more rows of a part have come; parts are counted from 1."""

    run_id: str
    number: int
    rows: int

    def __str__(self) -> str:
        return f"part {self.number:,}: {self.rows:,} rows read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRead:
    """The contracts of a part have been read; parts are counted from 1."""

    run_id: str
    number: int
    contracts: int

    def __str__(self) -> str:
        return f"part {self.number:,}: {self.contracts:,} contracts read"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlanned:
    """A part is planned and sealed; *done* parts of *parts* are."""

    run_id: str
    number: int
    done: int
    parts: int
    invoices: int
    details: int
    failed_contracts: int

    def __str__(self) -> str:
        return (
            f"planned {self.done:,} of {self.parts:,} parts; part {self.number:,}:"
            f" {self.invoices:,} invoices, {self.details:,} details"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEnded:
    """An invoice is through, as *status* says; *done* invoices of *invoices* are."""

    run_id: str
    contract_id: UUID
    invoice_id: UUID
    status: InvoiceStatus
    done: int
    invoices: int

    def __str__(self) -> str:
        return f"{self.done:,} of {self.invoices:,} invoices: {self.invoice_id} {self.status.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartWritten:
    """A part is written, read back and reported; *done* parts of *parts* are."""

    run_id: str
    number: int
    done: int
    parts: int

    def __str__(self) -> str:
        return f"written {self.done:,} of {self.parts:,} parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A request waits so many seconds before it is sent, or sent again."""

    seconds: float

    def __str__(self) -> str:
        return f"waiting {self.seconds:.0f} s for the tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftEnded:
    """A draft of a run that is taken back is through; *done* drafts of *drafts* are."""

    run_id: str
    invoice_id: UUID
    status: UndoStatus
    done: int
    drafts: int

    def __str__(self) -> str:
        return f"{self.done:,} of {self.drafts:,} drafts: {self.invoice_id} {self.status.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """Something is sent again after so many seconds, because of *error*."""

    error: str
    seconds: float

    def __str__(self) -> str:
        return f"trying again in {self.seconds:.0f} s: {self.error}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Somebody stops the run: it ends at its next safe point."""

    def __str__(self) -> str:
        return "ending at the next safe point"


ProgressEvent: TypeAlias = (
    PartsFound
    | RowsRead
    | Ending
    | PartRead
    | PartPlanned
    | InvoiceEnded
    | PartWritten
    | DraftEnded
    | Waiting
    | Retried
)

Progress: TypeAlias = "Callable[[ProgressEvent], None]"
"""Who is told; it is called from several threads, one call at a time, and must not raise."""
