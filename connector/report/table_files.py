"""The flat rows of a run as a CSV file."""

from __future__ import annotations

import csv
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.invoicing.model import Currency
from connector.report.amounts import exact, plain
from connector.report.rows import Row, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connector.report.surroundings import Surroundings
    from connector.run_report import RunReport

HEADINGS: Final = tuple(field.name for field in fields(Row))

#: Columns with money, which is shown with the decimals of the row's currency.
_MONEY: Final = frozenset(
    {
        *("amount", "discount", "fee", "tax"),
        *("chargeable", "non_chargeable", "complimentary", "not_invoiced"),
    }
)

#: What a spreadsheet takes for the beginning of a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(reports: Sequence[RunReport], path: Path, _around: Surroundings) -> None:
    """UTF-8 with a byte order mark, so that Excel reads it; text cannot turn into a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        for report in reports:
            writer.writerows(_texts(row) for row in rows(report))


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(_text(row, name) for name in HEADINGS)


def _text(row: Row, name: str) -> str:
    match getattr(row, name):
        case None:
            return ""
        case Decimal() as number:
            return exact(number, row.currency) if name in _MONEY else plain(number)
        case Currency() as currency:
            return currency.code
        case date() as day:
            return day.isoformat()
        case text:
            return f"'{text}" if str(text).startswith(_FORMULA) else str(text)
