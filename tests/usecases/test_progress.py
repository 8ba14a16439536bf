"""Each event reads as a sentence of one line."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args
from uuid import UUID

import pytest

from connector.outcome import InvoiceStatus, UndoStatus
from connector.usecases import progress
from connector.usecases.progress import ProgressEvent

ID = UUID(int=1)
EVENTS: dict[str, ProgressEvent] = {
    "2,000 contracts are due, in 100 parts": progress.PartsFound(
        run_id="R", parts=100, contracts=2000
    ),
    "part 7: 5,000 rows read": progress.RowsRead(run_id="R", number=7, rows=5000),
    "ending at the next safe point": progress.Ending(),
    "part 7: 20 contracts read": progress.PartRead(run_id="R", number=7, contracts=20),
    "planned 3 of 100 parts; part 7: 20 invoices, 8,000 details": progress.PartPlanned(
        run_id="R", number=7, done=3, parts=100, invoices=20, details=8000, failed_contracts=0
    ),
    f"5 of 300 invoices: {ID} written": progress.InvoiceEnded(
        run_id="R",
        contract_id=ID,
        invoice_id=ID,
        status=InvoiceStatus.WRITTEN,
        done=5,
        invoices=300,
    ),
    "written 4 of 15 parts": progress.PartWritten(run_id="R", number=4, done=4, parts=15),
    f"1 of 2 drafts: {ID} deleted": progress.DraftEnded(
        run_id="R", invoice_id=ID, status=UndoStatus.DELETED, done=1, drafts=2
    ),
    "waiting 60 s for the tenant": progress.Waiting(seconds=60.0),
    "trying again in 2 s: 503 busy": progress.Retried(error="503 busy", seconds=2.0),
}


@pytest.mark.parametrize("text", EVENTS)
def test_an_event_reads_as_a_sentence(text: str) -> None:
    assert str(EVENTS[text]) == text


def test_every_kind_of_event_is_tried_here() -> None:
    assert {type(event) for event in EVENTS.values()} == set(get_args(ProgressEvent))


def test_an_event_cannot_be_changed_by_who_hears_it() -> None:
    with pytest.raises(FrozenInstanceError):
        progress.Waiting(seconds=1.0).seconds = 2.0  # type: ignore[misc]
