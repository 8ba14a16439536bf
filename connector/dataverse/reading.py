"""Reading many rows: page after page, several queries in a batch, several batches at once."""

from __future__ import annotations

from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from connector.dataverse.calls import One, Several
from connector.dataverse.operations import MOST_ROWS_PER_PAGE, request_read
from connector.dataverse.page import Page, RowPage, raw_page, row_page
from connector.dataverse.paging import Linked, Pages
from connector.dataverse.parallel import Room, ahead, merged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connector.dataverse.message import Row
    from connector.dataverse.pipeline import Pipeline
    from connector.dataverse.query import Query

_READS_PER_BATCH = 50
_BYTES_AHEAD = 32 << 20
_PAGES_AHEAD = 2

_Page = TypeVar("_Page", bound=Linked)


class Reader:
    """Reads of one environment, with as many requests at once as *workers* says at the time."""

    def __init__(self, pipeline: Pipeline, root: str, workers: Callable[[], int]) -> None:
        self._pipeline = pipeline
        self._root = root
        self._workers = workers

    def rows(self, query: Query, page_size: int = MOST_ROWS_PER_PAGE) -> Iterator[Row]:
        """The rows of a query, a page at a time."""
        return _rows(query, self._all(_row_read(query, page_size)))

    def rows_of_many(self, queries: Sequence[Query]) -> Iterator[tuple[Row, ...]]:
        """The rows of each query, whose first pages come in batches."""
        reads = [_row_read(query, MOST_ROWS_PER_PAGE) for query in queries]
        for query, pages in zip(queries, self._many(reads), strict=True):
            yield tuple(_rows(query, pages))

    def rows_merged(self, queries: Sequence[Query], page_size: int) -> Iterator[Row]:
        """The rows of all queries, read at once, in no order between queries."""
        streams = [partial(self.rows, query, page_size) for query in queries]
        return merged(streams, self._workers())

    def pages(self, query: Query, page_size: int) -> Iterator[Page]:
        """The pages of a query, undecoded, as they are asked for."""
        return self._all(_raw_read(0, query, page_size))

    def pages_of_many(self, queries: Sequence[Query], page_size: int) -> Iterator[Page]:
        """The pages of each query in turn, undecoded; first pages come in batches."""
        reads = [_raw_read(place, query, page_size) for place, query in enumerate(queries)]
        for pages in self._many(reads):
            yield from pages

    def pages_merged(self, queries: Sequence[Query], page_size: int) -> Iterator[Page]:
        """The pages of all queries, read at once, in no order between queries."""
        streams = [
            partial(self._all, _raw_read(place, query, page_size))
            for place, query in enumerate(queries)
        ]
        return merged(streams, self._workers(), chunk=1, chunks_ahead=_PAGES_AHEAD)

    def _all(self, first: One[_Page]) -> Iterator[_Page]:
        return Pages(first, self._pipeline, self._root).all()

    def _many(self, reads: Sequence[One[_Page]]) -> Iterator[Iterator[_Page]]:
        """
        The pages of each read; those after its first one are asked for when they are wanted.

        First pages come in batches, of which as many are asked for ahead as the tenant recommends
        and as memory is set aside for.
        """
        chunks = [
            tuple(reads[at : at + _READS_PER_BATCH])
            for at in range(0, len(reads), _READS_PER_BATCH)
        ]
        calls = [partial(self._together, chunk) for chunk in chunks]
        room: Room[tuple[_Page, ...]] = Room(_BYTES_AHEAD, _size)
        answers = ahead(calls, self._workers, room)
        for chunk, firsts in zip(chunks, answers, strict=True):
            for first, page in zip(chunk, firsts, strict=True):
                yield Pages(first, self._pipeline, self._root).beginning_with(page)

    def _together(self, reads: tuple[One[_Page], ...]) -> tuple[_Page, ...]:
        if len(reads) == 1:
            return (self._pipeline.carry(reads[0]),)
        return self._pipeline.carry(Several(reads))


def _size(pages: tuple[Linked, ...]) -> int:
    return sum(page.size for page in pages)


def _row_read(query: Query, page_size: int) -> One[RowPage]:
    return One(request_read(query, page_size), partial(row_page, expands=bool(query.expand)))


def _raw_read(place: int, query: Query, page_size: int) -> One[Page]:
    read = partial(raw_page, query=place, expands=bool(query.expand))
    return One(request_read(query, page_size), read)


def _rows(query: Query, pages: Iterator[RowPage]) -> Iterator[Row]:
    return islice(chain.from_iterable(page.rows for page in pages), query.top)
