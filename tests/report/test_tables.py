"""Tables and links of the terminal."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING
from uuid import UUID

from rich.console import Console

from connector.report.tables import UnlinkedConsole, linked, name_width, plain_table

if TYPE_CHECKING:
    import pytest

RECORD = UUID("934e0e65-af69-5fa1-9ce9-f7beea6d1deb")
ADDRESS = "https://contoso.crm4.dynamics.com"


def console(*, terminal: bool, width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=width, color_system=None)


def test_a_record_is_a_hyperlink_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    watched = linked(console(terminal=True), "Adatum", ADDRESS, "salesorder", RECORD)
    piped = linked(console(terminal=False), "Adatum", ADDRESS, "salesorder", RECORD)

    assert f"{ADDRESS}/main.aspx?etn=salesorder&pagetype=entityrecord&id={RECORD}" in str(
        watched.style
    )
    assert (watched.plain, piped.plain, str(piped.style)) == ("Adatum", "Adatum", "")


def test_whoever_wants_no_links_gets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    unlinked = UnlinkedConsole(file=io.StringIO(), force_terminal=True, color_system=None)

    assert str(linked(unlinked, "A", ADDRESS, "invoice", RECORD).style) == ""


def test_a_terminal_that_can_do_nothing_gets_no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")

    assert str(linked(console(terminal=True), "A", ADDRESS, "invoice", RECORD).style) == ""


def test_names_have_more_room_on_a_wide_terminal() -> None:
    assert name_width(console(terminal=True, width=80)) == 24
    assert name_width(console(terminal=True, width=160)) == 48


def test_a_table_has_no_empty_lines_around_it() -> None:
    table = plain_table("Reason")
    table.add_row("not-ready")
    shown = console(terminal=False)
    shown.print(table)

    assert isinstance(shown.file, io.StringIO)
    lines = [line.rstrip() for line in shown.file.getvalue().splitlines()]
    assert lines == ["Reason", "─────────", "not-ready"]
