"""How drafts stood is kept line by line, and the last reading of each counts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connector.invoicing.ids import InvoiceId
from connector.projectops.fingerprint import DraftPrint, RowPrint, TablePrint
from connector.runs.temporary_store import temporary_store
from connector.usecases.draft_prints import keep_prints, kept_prints

if TYPE_CHECKING:
    from connector.runs.store import RunStore

ONE, TWO = InvoiceId(UUID(int=1)), InvoiceId(UUID(int=2))
NAME = "runs/R1/part-0001.prints"


def printed(invoice: InvoiceId, mark: str) -> DraftPrint:
    row = RowPrint(id=invoice, marks=(mark,))
    table = TablePrint(entity_set="invoices", columns=("name",), rows=(row,))
    return DraftPrint(invoice_id=invoice, tables=(table,))


def test_prints_come_back_as_they_were_kept_the_last_of_each() -> None:
    store = temporary_store()

    keep_prints(store, "R1", 1, (printed(ONE, "=1"), printed(TWO, "=2")))
    keep_prints(store, "R1", 1, (printed(ONE, "=3"),))

    assert kept_prints(store, "R1", 1) == {ONE: printed(ONE, "=3"), TWO: printed(TWO, "=2")}
    assert kept_prints(store, "R1", 2) == {}


def test_nothing_is_written_where_there_are_none() -> None:
    store = temporary_store()

    keep_prints(store, "R1", 1, ())

    assert store.get(NAME) is None


def test_a_line_that_was_cut_says_nothing_and_the_others_count() -> None:
    store: RunStore = temporary_store()
    keep_prints(store, "R1", 1, (printed(ONE, "=1"),))
    store.append(NAME, b'{"prints":[{"invo')

    assert kept_prints(store, "R1", 1) == {ONE: printed(ONE, "=1")}
