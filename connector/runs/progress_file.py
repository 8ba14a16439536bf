"""
What is written down of a part while it is written: a line before and a line after each invoice.

Whoever finds the lines of a run that was killed can tell how far it came, and which drafts may be
its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing.ids import ContractId, InvoiceId
from connector.outcome import InvoiceStatus
from connector.runs.names import PartFile, part_file
from connector.runs.plan_text import PlanFileError, decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressLine:
    """
    An invoice that is about to be written, or what became of it, by *status*.

    Without an invoice the line says that the part was taken up again.
    """

    contract_id: ContractId | None = None
    invoice_id: InvoiceId | None = None
    status: InvoiceStatus | None = None
    error: str | None = None


def note_progress(store: RunStore, run_id: str, number: int, line: ProgressLine) -> None:
    """Add *line*; raises `RunStoreError`."""
    store.append(part_file(run_id, number, PartFile.PROGRESS), encoded(line))


def progress_lines(store: RunStore, run_id: str, number: int) -> Iterator[ProgressLine]:
    """The whole lines of a part; one that was cut when the machine ended says nothing."""
    for line in (store.get(part_file(run_id, number, PartFile.PROGRESS)) or b"").splitlines():
        try:
            yield decoded(line, ProgressLine, "a line of progress")
        except PlanFileError:
            continue


def own_invoices(store: RunStore, run_id: str, number: int) -> frozenset[InvoiceId]:
    """
    The invoices of a part that this very run has written, or may have: it died in the middle.

    An invoice that the run found written by another one is not among them.
    """
    own: set[InvoiceId] = set()
    begun: set[InvoiceId] = set()
    for line in progress_lines(store, run_id, number):
        if line.invoice_id is None:
            own, begun = own | begun, set()
        elif line.status is None:
            begun.add(line.invoice_id)
        else:
            begun.discard(line.invoice_id)
            own |= {line.invoice_id} if line.status is InvoiceStatus.WRITTEN else set()
    return frozenset(own | begun)
