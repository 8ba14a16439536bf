"""What became of a run: one outcome per planned invoice, one fault list per failed contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from connector.errors import ExitCode
from connector.invoicing.ids import ContractId, InvoiceId
from connector.invoicing.model import Source
from connector.invoicing.plan import InvoicePlan


class InvoiceStatus(StrEnum):
    """What became of one planned invoice; the words of the JSON document."""

    PLANNED = "planned"
    WRITTEN = "written"
    ALREADY_WRITTEN = "already-written"
    CONFLICT = "conflict"
    DRIFTED = "drifted"
    FAILED = "failed"


#: What the id of a run ends with that plans anew what an unfinished one can write no more.
AGAIN = ".again"

#: Statuses after which the invoice stands in the tenant as planned, or nothing was to be written.
GOOD_STATUSES = frozenset(
    {InvoiceStatus.PLANNED, InvoiceStatus.WRITTEN, InvoiceStatus.ALREADY_WRITTEN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceOutcome:
    """
    A planned invoice and what became of it; *error* says why where the status is not good.

    *is_open* marks a failure that was no refusal, so that a later run takes the invoice up again.
    """

    invoice: InvoicePlan
    status: InvoiceStatus
    error: str | None = None
    is_open: bool = False


class UndoStatus(StrEnum):
    """
    What became of a draft that was to be taken back; *gone* means it was not there any more.

    *to-be-deleted* is what a preview says of one that may go.
    """

    TO_BE_DELETED = "to-be-deleted"
    DELETED = "deleted"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFate:
    """
    A draft of an undone run and what became of it.

    *reason* says why it still stands, or which sources of a deleted one are not ready again.

    *name* is the invoice's.
    """

    contract_id: ContractId
    invoice_id: InvoiceId
    name: str
    status: UndoStatus
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What an undoing has done; one fate for each draft of the run."""

    run_id: str
    run_date: date
    fates: tuple[DraftFate, ...]

    @property
    def to_be_deleted(self) -> tuple[DraftFate, ...]:
        """The drafts of a preview that may go."""
        return tuple(fate for fate in self.fates if fate.status is UndoStatus.TO_BE_DELETED)

    @property
    def exit_code(self) -> ExitCode:
        """0 when no draft of the run is left, or has to be, 1 when some had to stay."""
        left = any(fate.status in (UndoStatus.REFUSED, UndoStatus.FAILED) for fate in self.fates)
        return ExitCode.SOME_CONTRACTS_FAILED if left else ExitCode.DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedContract:
    """A contract that could not be read or planned; *faults* name table, row, column and value."""

    contract_id: ContractId
    contract_name: str | None
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """HTTP requests of a run; *throttled* counts answers 429."""

    get: int = 0
    batch: int = 0
    other: int = 0
    throttled: int = 0


class DifferenceKind(StrEnum):
    """What differs; the words of the JSON document."""

    INVOICE_MISSING = "invoice-missing"
    INVOICE_UNEXPECTED = "invoice-unexpected"
    INVOICE_TWICE = "invoice-twice"
    SOURCE_MISSING = "source-missing"
    SOURCE_UNEXPECTED = "source-unexpected"
    SOURCE_TWICE = "source-twice"
    SOURCE_UNKNOWN = "source-unknown"
    AMOUNT_DIFFERS = "amount-differs"
    TAX_DIFFERS = "tax-differs"
    BILLING_TYPE_DIFFERS = "billing-type-differs"
    TOTAL_DIFFERS = "total-differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """
    One difference between our plan and the tenant's drafts of one contract.

    *planned* and *there* are texts: amounts, ids or words, None where a side has nothing.
    *contract_name* is None where only ids were asked for.
    """

    kind: DifferenceKind
    contract_id: UUID
    customer_id: UUID | None
    invoice_id: UUID | None
    source: Source | None = None
    planned: str | None = None
    there: str | None = None
    contract_name: str | None = None

    @property
    def text(self) -> str:
        """The difference as a sentence."""
        what = f" {self.source.table.value} {self.source.id}" if self.source else ""
        place = f" on invoice {self.invoice_id}" if self.invoice_id else ""
        planned, there = self.planned or "nothing", self.there or "nothing"
        return f"{self.kind.value}{what}{place}: planned {planned}, there is {there}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    What differs between our plan of a date and the tenant's drafts of it.

    *drafts* and *planned* are numbers of invoices on either side.
    """

    run_date: date
    contracts: int
    planned: int
    drafts: int
    differences: tuple[Difference, ...]
    failed: tuple[FailedContract, ...]

    @property
    def exit_code(self) -> ExitCode:
        """0 when both sides agree, 1 when something differs or could not be read."""
        differs = bool(self.differences or self.failed)
        return ExitCode.SOME_CONTRACTS_FAILED if differs else ExitCode.DONE
