"""The drafts of an undone run: how many have which fate, those that stay first."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

from rich.console import Console

from connector.cli.undo_view import MOST, print_undo
from connector.invoicing.ids import ContractId, InvoiceId
from connector.outcome import DraftFate, UndoReport, UndoStatus
from connector.report.texts.terminal import ENGLISH, TerminalTexts, terminal_texts
from connector.settings.sections import Language


def fate(number: int, status: UndoStatus, reason: str | None = None) -> DraftFate:
    return DraftFate(
        contract_id=ContractId(UUID(int=7)),
        invoice_id=InvoiceId(UUID(int=number)),
        name=f"Adatum {number}",
        status=status,
        reason=reason,
    )


def shown(
    *fates: DraftFate, width: int = 120, verbose: bool = False, words: TerminalTexts = ENGLISH
) -> list[str]:
    console = Console(file=io.StringIO(), width=width, color_system=None, markup=False)
    report = UndoReport(run_id="R1", run_date=date(2020, 10, 5), fates=fates)
    print_undo(console, report, words, verbose=verbose)
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


DELETED = [fate(n, UndoStatus.DELETED) for n in range(30)]
EDITED = fate(99, UndoStatus.REFUSED, "column description was edited")


def test_fates_are_counted_and_those_that_stay_come_first_with_the_reason() -> None:
    lines = shown(*DELETED, EDITED)

    assert lines[0] == "Run R1 of 2020-10-05: 30 deleted, 1 refused"
    assert lines[4].split()[:2] == ["Adatum", "99"]
    assert lines[4].endswith("refused   column description was edited")
    assert len([line for line in lines if "deleted" in line]) == MOST  # 19, and the count
    assert lines[-1] == "and 11 more; -v shows all"


def test_verbose_shows_every_draft() -> None:
    assert len([line for line in shown(*DELETED, verbose=True) if "Adatum" in line]) == 30


def test_a_run_without_drafts_says_so() -> None:
    assert shown() == ["Run R1 of 2020-10-05: no draft"]


def test_the_table_holds_at_80_columns() -> None:
    assert max(map(len, shown(*DELETED, EDITED, width=80))) <= 80


def test_another_language_has_its_own_words_but_reasons_as_they_were_said() -> None:
    german = terminal_texts(Language.GERMAN)

    lines = shown(*DELETED, EDITED, words=german)

    assert lines[0] == "Lauf R1 vom 05.10.2020: 30 gelöscht, 1 abgelehnt"
    assert lines[2].split() == ["Vertrag", "Rechnung", "Ausgang", "Warum"]
    assert lines[4].endswith("abgelehnt   column description was edited")
    assert lines[-1] == "und 11 weitere; -v zeigt alle"
    assert shown(words=german) == ["Lauf R1 vom 05.10.2020: kein Entwurf"]
