"""A CSV file as a table: named after it, columns by logical name or as the Web API names them."""

from __future__ import annotations

import csv
import sys
from io import StringIO
from typing import TYPE_CHECKING, Final

from connector.emulator.rows.seed_faults import quoted
from connector.emulator.rows.seed_json import stem
from connector.emulator.rows.seed_rows import RawTable

if TYPE_CHECKING:
    from _csv import Reader
    from collections.abc import Iterator, Sequence

    from connector.emulator.rows.seed_faults import Findings

_DELIMITERS: Final = ",;\t"
_LARGEST_CELL: Final = min(sys.maxsize, 2**31 - 1)


def read_csv(file: str, content: bytes, faults: Findings) -> Iterator[RawTable]:
    """
    The rows of a CSV file in UTF-8, separated by commas, semicolons or tabs.

    The first line names the columns. A row is counted by the line in which it begins.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.add(f"{file}: not UTF-8 at byte {error.start}: save it as CSV UTF-8")
        return
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    header = _header(file, reader, faults)
    if header:
        yield _table(file, header, reader, faults)


def _delimiter(text: str) -> str:
    first_line = text.split("\n", 1)[0]
    return max(_DELIMITERS, key=first_line.count)


def _header(file: str, reader: Reader, faults: Findings) -> list[str]:
    try:
        names = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        faults.add(f"{file}: no CSV that can be read: line 1: {error}")
        return []
    problem = _header_problem(names)
    if problem is None:
        return names
    faults.add(f"{file}: {problem}")
    return []


def _table(file: str, header: list[str], reader: Reader, faults: Findings) -> RawTable:
    rows: list[dict[str, str]] = []
    numbers: list[int] = []
    for line, cells in _lines(file, reader, faults):
        if len(cells) == len(header):
            rows.append(dict(zip(header, cells, strict=True)))
            numbers.append(line)
        elif cells:
            words = f"{len(cells)} cells, expected were {len(header)} as in line 1"
            faults.add(f"{file}: line {line}: {words}")
    name = stem(file)
    return RawTable(file=file, name=name, rows=rows, numbers=numbers, unit="line", is_text=True)


def _lines(file: str, reader: Reader, faults: Findings) -> Iterator[tuple[int, list[str]]]:
    """Rows with the lines in which they begin, to the end or the first that is no CSV."""
    while True:
        begin = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            faults.add(f"{file}: no CSV that can be read: line {begin}: {error}")
            return
        if cells is None:
            return
        yield begin, cells


def _header_problem(header: Sequence[str]) -> str | None:
    if not any(header):
        return "the first line must name the columns"
    for name in header:
        if not name:
            return "line 1: a column has no name"
        if header.count(name) > 1:
            return f"line 1: {quoted(name)} names two columns"
    return None
