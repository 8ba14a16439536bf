"""Seeds in JSON: tables by entity set, OData pages, and lists of either."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from typing import IO, TYPE_CHECKING, Any, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.json_stream import members
from connector.emulator.protocol.json_text import loads
from connector.emulator.rows.seed_faults import in_file, quoted
from connector.emulator.rows.seed_rows import RawTable

if TYPE_CHECKING:
    from connector.emulator.rows.seed_faults import Findings

Members = Iterable[tuple[str, Any]]
_CONTEXT: Final = "@odata.context"
_NEXT: Final = "@odata.nextLink"
_VALUE: Final = "value"
_LIST: Final = b"["
_LOOKED_AT: Final = 64
_TABLE: Final = re.compile(
    r"#(?:Collection\()?(?:Microsoft\.Dynamics\.CRM\.|mscrm\.)?([A-Za-z_]\w*)", re.ASCII
)
_EXPECTED: Final = (
    'expected: {"entityset": [rows]}, or an OData page {"@odata.context": …, "value": [rows]}'
)


def stem(file: str) -> str:
    """The name of a file without its folder and ending: what a table's own file is called."""
    return PurePosixPath(PureWindowsPath(file).name).stem if file else ""


@dataclass(slots=True)
class Pages:
    """The pages of each table, and whether one of them was the last."""

    _places: dict[str, str] = field(default_factory=dict)
    _whole: set[str] = field(default_factory=set)

    def add(self, table: str, place: str, *, has_more: bool) -> None:
        """Take note of a page."""
        self._places[table] = place
        if not has_more:
            self._whole.add(table)

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for each table whose last page is not among those that were read."""
        return tuple(
            f"{place}{table}: the last page says that more rows follow ({_NEXT})"
            for table, place in self._places.items()
            if table not in self._whole
        )


@dataclass(frozen=True, slots=True)
class JsonReader:
    """Reads the documents of one source; *file* is empty for what came from no file."""

    file: str
    faults: Findings
    pages: Pages

    def document(self, document: object) -> Iterator[RawTable]:
        """The raw tables of a document, or of each of a list of documents."""
        parts = document if isinstance(document, list | tuple) and document else [document]
        for part in parts:
            if isinstance(part, Mapping):
                yield from self._tables(part.items(), part.get(_CONTEXT))
            else:
                self._fault(f"an object of entity sets was expected, not {quoted(part)}")

    def stream(self, content: IO[bytes]) -> Iterator[RawTable]:
        """The raw tables of JSON text, whose rows are read as they are taken."""
        head = content.read(_LOOKED_AT)
        content.seek(0)
        if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_LIST):
            yield from self._tables(_Members(content, self), None)
            return
        try:
            document = loads(content.read())
        except DataverseFault as fault:
            self._fault(fault.message)
            return
        yield from self.document(document)

    def content(self, content: bytes) -> Iterator[RawTable]:
        """The raw tables of JSON text."""
        return self.stream(BytesIO(content))

    def broken(self, error: Exception) -> None:
        """Note that the text is no JSON from some place on."""
        self.faults.add(f"{in_file(self.file)}{error}")

    def _fault(self, text: str) -> None:
        self.faults.add(f"{in_file(self.file)}{text}; {_EXPECTED}")

    def _tables(self, parts: Members, context: object) -> Iterator[RawTable]:
        page = _Page(context)
        for name, value in parts:
            if "@" in name:
                page.note(name, value)
            elif page.context is not None:
                yield from self._member(page, name, value)
            else:
                yield from self._table(page, name, value)
        yield from self._page(page)
        if page.is_of_rows:
            self.pages.add(page.name, in_file(self.file), has_more=page.has_more)

    def _member(self, page: _Page, name: str, value: object) -> Iterator[RawTable]:
        """A member of an answer of the Web API: its rows, or a value of its one row."""
        rows = _rows(value)
        if name != _VALUE or rows is None:
            page.row[name] = list(value) if isinstance(value, Iterator) else value
            return
        page.rows = rows
        yield from self._page(page)

    def _table(self, page: _Page, name: str, value: object) -> Iterator[RawTable]:
        """A member of anything else: the rows of an entity set, or of a page to be named yet."""
        rows = _rows(value)
        if rows is None:
            self._fault(f"{name[:80]}: a list of rows was expected, not {quoted(value)}")
        elif name == _VALUE:
            page.rows = list(rows)
        else:
            yield RawTable(file=self.file, name=name, rows=rows)

    def _page(self, page: _Page) -> Iterator[RawTable]:
        """The rows of a page, or the one row of an answer that holds a single row."""
        rows, page.rows = page.rows, None
        if rows is None and page.row:
            rows, page.row = [page.row], {}
        page.name = page.name or page.table or stem(self.file)
        if rows is None:
            return
        if page.name:
            page.is_of_rows = True
            yield RawTable(file=self.file, name=page.name, rows=rows)
        else:
            self._fault(f"a page without {_CONTEXT} does not say its table")


def _rows(value: object) -> Iterable[object] | None:
    """A list of rows, that may still have to be read; None for anything else."""
    return value if isinstance(value, list | tuple | Iterator) else None


@dataclass(slots=True)
class _Page:
    """What a document says of itself, while its members go by."""

    context: object
    rows: Iterable[object] | None = None
    row: dict[str, Any] = field(default_factory=dict)
    has_more: bool = False
    name: str = ""
    is_of_rows: bool = False

    @property
    def table(self) -> str:
        """The table that the context names."""
        found = _TABLE.search(self.context) if isinstance(self.context, str) else None
        return found.group(1) if found else ""

    def note(self, name: str, value: object) -> None:
        """Take in an annotation of the whole."""
        if name == _CONTEXT:
            self.context = value
        self.has_more = self.has_more or name == _NEXT


class _Members:
    """The members of a JSON text; what is no JSON is noted once, and ends them."""

    def __init__(self, content: IO[bytes], reader: JsonReader) -> None:
        self._content = content
        self._reader = reader
        self._is_broken = False

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name, value in self._unbroken(members(self._content)):
            yield name, self._unbroken(value) if isinstance(value, Iterator) else value
            if self._is_broken:
                return

    def _unbroken(self, items: Iterator[Any]) -> Iterator[Any]:
        try:
            yield from items
        except (ValueError, RecursionError) as error:
            if not self._is_broken:
                self._reader.broken(error)
            self._is_broken = True
