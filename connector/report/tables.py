"""Tables of the terminal: how they look, how wide names may be, and where they lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from connector.report.links import record_link

if TYPE_CHECKING:
    from uuid import UUID

    from connector.run_report import RunReport

#: Characters of a name where a line has 80 columns, and where it has more than `_ROOMY`.
_NARROW, _WIDE = 24, 48
_ROOMY: Final = 110


def plain_table(*headings: str) -> Table:
    """A table with a rule below its headings and nothing else, not even empty lines around it."""
    return Table(
        *headings, box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, title_style="bold"
    )


def name_width(console: Console) -> int:
    """How many characters of a name stand in a table of *console*."""
    return _WIDE if console.width >= _ROOMY else _NARROW


class UnlinkedConsole(Console):
    """A console for whoever does not want hyperlinks, or whose records are not to be reached."""


@dataclass(frozen=True, slots=True)
class LinkedText:
    """Text that leads to records of the environment of *report* where *console* is a terminal."""

    console: Console
    report: RunReport

    def text(self, shown: str, table: str, record: UUID) -> Text:
        """*shown* as a hyperlink to *record*, or as it is."""
        return linked(self.console, shown, self.report.plan.environment_url, table, record)


def linked(console: Console, shown: str, environment: str, table: str, record: UUID) -> Text:
    """*shown* as a hyperlink to a record of *environment* on a terminal, elsewhere as it is."""
    if isinstance(console, UnlinkedConsole) or not console.is_terminal or console.is_dumb_terminal:
        return Text(shown)
    return Text(shown, style=f"link {record_link(environment, table, record)}")
