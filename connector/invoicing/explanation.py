"""The answer to a question about one record: a verdict, why, and the way out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from connector.invoicing.statement import english

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from connector.invoicing.former_invoices import FormerInvoice
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import Currency
    from connector.invoicing.statement import Told


class Verdict(StrEnum):
    """What happens to a record on the run date, or what has happened to it before."""

    INVOICED = "invoiced"
    BILLED = "billed"
    NOT_INVOICED = "not-invoiced"
    NO_CANDIDATE = "no-candidate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledBy:
    """An invoice that bills the record, and the run date that it was made for, where known."""

    invoice: FormerInvoice
    run_date: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """
    The verdict on one record, the rules that decided, and the way out.

    *story* tells it sentence by sentence. *invoices* bill it already. *next_date* is the next date
    after the run date on which it could be billed if everything that can be made Ready were Ready;
    None where no such date is scheduled.
    """

    subject: UUID
    kind: str
    verdict: Verdict
    rules: tuple[str, ...]
    story: tuple[Told, ...]
    way_out: Told = None
    next_date: date | None = None
    contract_id: ContractId | None = None
    contract_name: str | None = None
    currency: Currency | None = None
    invoices: tuple[BilledBy, ...] = ()

    @property
    def text(self) -> str:
        """The story in English."""
        return " ".join(english(sentence) for sentence in self.story)

    @property
    def what_would_change_it(self) -> str | None:
        """The way out in English; None where there is none to name."""
        return None if self.way_out is None else english(self.way_out)
