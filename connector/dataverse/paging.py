"""The pages of one read, with their place kept: a list that is not whole never looks whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.address import ForeignAddressError, absolute_url
from connector.dataverse.errors import DataverseError, MalformedAnswer, PagingError
from connector.dataverse.message import Method, Request, RetrySafety, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from connector.dataverse.message import JsonValue, RequestLine

_NEXT_LINK = "@odata.nextLink"
_MOST_CHILDREN = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    rows: tuple[Row, ...]
    next_link: str | None


class Pages:
    """
    The rows of a read, followed link by link.

    Links are used as they came, with the headers of the first request, because the server keeps
    its place in them and wants the same page size each time.
    """

    def __init__(
        self, first: Request, fetch: Callable[[Request], Row], root: str, *, expands: bool
    ) -> None:
        self._first = first
        self._fetch = fetch
        self._root = root
        self._expands = expands
        self._seen: set[str] = set()

    def rows(self) -> Iterator[Row]:
        """All rows, the first page included."""
        return self.rows_after(self._fetch(self._first))

    def rows_after(self, answer: Row) -> Iterator[Row]:
        """All rows, where the first page's answer is there already."""
        page = self._page(answer, self._first.line)
        yield from page.rows
        while page.next_link is not None:
            page = self._next(page.next_link)
            yield from page.rows

    def _next(self, link: str) -> _Page:
        try:
            if link in self._seen:
                raise MalformedAnswer(_REPEATED, request=self._first.line)
            self._seen.add(link)
            request = self._following(link)
            return self._page(self._fetch(request), request.line)
        except DataverseError as error:
            text = f"page {len(self._seen) + 1} is missing: {error}"
            raise PagingError(text, request=self._first.line, continuation=link) from error

    def _following(self, link: str) -> Request:
        try:
            absolute_url(self._root, link)
            return Request(
                method=Method.GET,
                path=link,
                headers=self._first.headers,
                retry=RetrySafety.SAFE,
            )
        except ValueError as error:
            where = "leads to another host" if isinstance(error, ForeignAddressError) else "is none"
            text = f"the link to the next page {where}"
            raise MalformedAnswer(text, request=self._first.line) from error

    def _page(self, answer: Row, line: RequestLine) -> _Page:
        rows, link = answer.get("value"), answer.get(_NEXT_LINK)
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            text = "the answer holds no list of rows"
            raise MalformedAnswer(text, request=line)
        if not isinstance(link, str | None) or link == "":
            text = "the link to the next page is no text"
            raise MalformedAnswer(text, request=line)
        if self._expands:
            for row in rows:
                _check_children(row, line)
        return _Page(rows=tuple(rows), next_link=link)


_REPEATED = "the link to the next page was followed before; the rows would never end"


def _check_children(row: Row, line: RequestLine) -> None:
    """
    Refuse a row whose expanded rows may not be all.

    Children come whole up to 5,000, and their link then gives the same rows again; a link with a
    skip token, or a full list, means that there are more (Join tables, paging of expansions).
    """
    for name, value in row.items():
        if _is_cut(name, value):
            text = (
                f"{name.removesuffix(_NEXT_LINK)} was cut; read these rows by a query of their own"
            )
            raise MalformedAnswer(text, request=line)


def _is_cut(name: str, value: JsonValue) -> bool:
    if name.endswith(_NEXT_LINK):
        return isinstance(value, str) and "skiptoken" in value
    return isinstance(value, list) and len(value) >= _MOST_CHILDREN
