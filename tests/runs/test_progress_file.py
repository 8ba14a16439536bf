"""The progress of a part: what was begun, what ended, and which drafts may be the run's own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.ids import InvoiceId
from connector.outcome import InvoiceStatus
from connector.runs.folder_store import FolderRunStore
from connector.runs.names import PartFile, part_file
from connector.runs.progress_file import (
    ProgressLine,
    note_progress,
    own_invoices,
    progress_lines,
)

if TYPE_CHECKING:
    from pathlib import Path

ONE, TWO = InvoiceId(UUID(int=1)), InvoiceId(UUID(int=2))
AGAIN = ProgressLine()


@pytest.fixture
def store(tmp_path: Path) -> FolderRunStore:
    return FolderRunStore(tmp_path / "store")


def begins(invoice: InvoiceId) -> ProgressLine:
    return ProgressLine(invoice_id=invoice)


def ended(invoice: InvoiceId, status: InvoiceStatus) -> ProgressLine:
    return ProgressLine(invoice_id=invoice, status=status)


def noted(store: FolderRunStore, *lines: ProgressLine) -> frozenset[InvoiceId]:
    for line in lines:
        note_progress(store, "R1", 1, line)
    return own_invoices(store, "R1", 1)


WRITTEN, FOUND = InvoiceStatus.WRITTEN, InvoiceStatus.ALREADY_WRITTEN


def test_lines_come_back_in_order_and_one_that_was_cut_is_left_out(store: FolderRunStore) -> None:
    lines = (begins(ONE), ended(ONE, WRITTEN), AGAIN, begins(TWO))
    noted(store, *lines)
    name = part_file("R1", 1, PartFile.PROGRESS)
    whole = store.get(name) or b""

    assert tuple(progress_lines(store, "R1", 1)) == lines
    store.put(name, (whole[:-30],))
    assert tuple(progress_lines(store, "R1", 1)) == lines[:-1]
    note_progress(store, "R1", 1, ended(TWO, WRITTEN))
    assert tuple(progress_lines(store, "R1", 1)) == (*lines[:-1], ended(TWO, WRITTEN))
    assert tuple(progress_lines(store, "R1", 2)) == ()


def test_an_invoice_that_was_written_is_the_runs_own(store: FolderRunStore) -> None:
    assert noted(store, begins(ONE), ended(ONE, WRITTEN), begins(TWO)) == {ONE, TWO}


def test_an_invoice_that_another_run_had_written_is_not(store: FolderRunStore) -> None:
    assert noted(store, ended(ONE, FOUND)) == frozenset()
    # Both were about to write it; the other one was first.
    assert noted(store, begins(TWO), ended(TWO, FOUND)) == frozenset()


def test_an_invoice_that_the_run_died_over_is_its_own_when_it_is_found_afterwards(
    store: FolderRunStore,
) -> None:
    assert noted(store, begins(ONE), AGAIN, ended(ONE, FOUND)) == {ONE}


def test_an_invoice_stays_the_runs_own_however_often_it_is_taken_up(store: FolderRunStore) -> None:
    lines = (begins(ONE), ended(ONE, WRITTEN), AGAIN, ended(ONE, FOUND), AGAIN, ended(ONE, FOUND))

    assert noted(store, *lines) == {ONE}


def test_a_refused_invoice_is_nobodys(store: FolderRunStore) -> None:
    assert noted(store, begins(ONE), ended(ONE, InvoiceStatus.FAILED)) == frozenset()
