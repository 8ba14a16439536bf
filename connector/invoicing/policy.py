"""What a tenant may decide otherwise: one typed option per DR, and the safety bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal


class ContractStates(StrEnum):
    """States in which a contract is invoiced (DR-1); a closed one is in none of them (E6)."""

    CONFIRMED = "confirmed"
    ACTIVE = "active"
    ALL_BUT_CLOSED = "all-but-closed"


class Cutoff(StrEnum):
    """How a transaction is compared with the cut-off date of its run (DR-4)."""

    ON_OR_BEFORE = "on-or-before"
    TRANSACTION_BEFORE = "transaction-before"
    CREATED_BEFORE = "created-before"


class MissedDates(StrEnum):
    """What happens to run dates on which no run took place (DR-5, DR-6, DR-7, DR-9)."""

    STRICT = "strict"
    CATCH_UP = "catch-up"


class NothingToBill(StrEnum):
    """Status of a due schedule row whose run found nothing to bill (DR-6)."""

    RUN_SUCCESSFUL = "run-successful"
    LEAVE = "leave"


class CreditedMilestones(StrEnum):
    """Whether a Ready milestone that stands on a confirmed invoice is billed again (DR-9, M11)."""

    REPORT = "report"
    BILL_AGAIN = "bill-again"


class EmptyLines(StrEnum):
    """Which contract lines without content still get an invoice line at zero (DR-11)."""

    OMIT = "omit"
    ALL_DUE_LINES = "all-due-lines"
    ALL_PROJECT_LINES = "all-project-lines"


class NonChargeableOnly(StrEnum):
    """What happens to an invoice on which nothing would be chargeable (DR-13)."""

    SKIP = "skip"
    ZERO_INVOICE = "zero-invoice"


class RetainerTiming(StrEnum):
    """When a retainer that is due is billed (DR-17)."""

    WITH_DUE_LINE = "with-due-line"
    ALONE = "alone"


class Retainers(StrEnum):
    """How far retainers and advances are handled (DR-18)."""

    REPORT_ONLY = "report-only"
    BILL = "bill"
    BILL_AND_APPLY = "bill-and-apply"


class TaxInTotals(StrEnum):
    """Whose tax counts in the tax of an invoice line (DR-21)."""

    CHARGEABLE = "chargeable"
    ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """
    One option per decision; the defaults are those of `docs/decisions.md`.

    Each field's metadata names its decision (`dr`) and says in a sentence what it chooses (`doc`).
    """

    contract_states: ContractStates = field(
        default=ContractStates.CONFIRMED,
        metadata={
            "dr": "DR-1",
            "doc": "Contract states that are invoiced: Active and Confirmed only, all Active"
            " ones, or all but Closed.",
        },
    )
    cutoff: Cutoff = field(
        default=Cutoff.ON_OR_BEFORE,
        metadata={
            "dr": "DR-4",
            "doc": "A run bills transactions dated on or before the cut-off, dated before it, or"
            " created before it.",
        },
    )
    missed_dates: MissedDates = field(
        default=MissedDates.STRICT,
        metadata={
            "dr": "DR-5",
            "doc": "strict bills only what is due on the run date; catch-up replays missed run"
            " dates in order, retries failed rows and bills late milestones.",
        },
    )
    catch_up_days: int = field(
        default=31,
        metadata={
            "dr": "DR-5",
            "doc": "Under catch-up, how many days before the run date are looked at.",
        },
    )
    nothing_to_bill: NothingToBill = field(
        default=NothingToBill.RUN_SUCCESSFUL,
        metadata={
            "dr": "DR-6",
            "doc": "A due schedule row without anything to bill becomes Run Successful, or is left"
            " Not Run.",
        },
    )
    credited_milestones: CreditedMilestones = field(
        default=CreditedMilestones.REPORT,
        metadata={
            "dr": "DR-9",
            "doc": "A Ready milestone that stands on confirmed invoices is reported, or billed"
            " again.",
        },
    )
    empty_lines: EmptyLines = field(
        default=EmptyLines.OMIT,
        metadata={
            "dr": "DR-11",
            "doc": "Contract lines without content are omitted, or get an invoice line at zero if"
            " they are due, or always.",
        },
    )
    non_chargeable_only: NonChargeableOnly = field(
        default=NonChargeableOnly.SKIP,
        metadata={
            "dr": "DR-13",
            "doc": "An invoice with nothing chargeable is skipped and its content carried forward,"
            " or made with a total of zero.",
        },
    )
    retainer_timing: RetainerTiming = field(
        default=RetainerTiming.WITH_DUE_LINE,
        metadata={
            "dr": "DR-17",
            "doc": "A retainer that has reached its date waits for a due line, or is billed on its"
            " date alone.",
        },
    )
    retainers: Retainers = field(
        default=Retainers.REPORT_ONLY,
        metadata={
            "dr": "DR-18",
            "doc": "Retainers are only reported, billed when due, or billed and applied.",
        },
    )
    tax_in_totals: TaxInTotals = field(
        default=TaxInTotals.CHARGEABLE,
        metadata={
            "dr": "DR-21",
            "doc": "The tax of an invoice line counts chargeable details only, or all details.",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """
    Limits that a plan must not exceed, whatever the rules say; None switches a bound off.

    Amounts are before tax and apply to each currency by itself. A field whose metadata says
    `signed` may be zero or negative; all others are positive.
    """

    amount_per_invoice: Decimal | None = field(
        default=None, metadata={"doc": "Highest amount of one invoice, before tax."}
    )
    lowest_amount_per_invoice: Decimal | None = field(
        default=None,
        metadata={
            "doc": "Lowest amount of one invoice, before tax: 0 refuses negative drafts, 0.01 also"
            " those of zero.",
            "signed": True,
        },
    )
    amount_per_run: Decimal | None = field(
        default=None, metadata={"doc": "Highest sum of a run in one currency, before tax."}
    )
    invoices_per_run: int | None = field(
        default=None, metadata={"doc": "Highest number of invoices of a run."}
    )
    details_per_invoice: int | None = field(
        default=None,
        metadata={
            "doc": "Highest number of details of one invoice; above 1,000 there is always"
            " a warning."
        },
    )
    months_ahead: int | None = field(
        default=3, metadata={"doc": "How many months a run date may lie after today."}
    )
    deviation_factor: Decimal | None = field(
        default=None,
        metadata={
            "doc": "How many times the average of the contract's former invoices of the same"
            " customer an invoice may reach."
        },
    )
