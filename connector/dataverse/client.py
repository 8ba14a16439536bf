"""Reading and writing entity sets: every call bounded, every failure typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from connector.dataverse import operations
from connector.dataverse.batch import ChangeSet
from connector.dataverse.batching import BatchAnswer
from connector.dataverse.calls import Batch, One
from connector.dataverse.counting import RequestCounter, RequestStatistics
from connector.dataverse.errors import MalformedAnswer, NotFound
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Response, RetrySafety
from connector.dataverse.metadata import Metadata
from connector.dataverse.operations import MOST_ROWS_PER_PAGE
from connector.dataverse.page import Page
from connector.dataverse.partitions import ends, even_bounds, split
from connector.dataverse.pipeline import pipeline
from connector.dataverse.reading import Reader
from connector.dataverse.retry import RetryPolicy
from connector.dataverse.values import read_guid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connector.dataverse.batch import BatchItem
    from connector.dataverse.message import JsonValue, Request, Row
    from connector.dataverse.partitions import Bound
    from connector.dataverse.pipeline import Heard
    from connector.dataverse.query import Expand, Literal, Query
    from connector.dataverse.transport import Transport

__all__ = ["BatchAnswer", "ChangeSet", "DataverseClient", "Page", "RequestStatistics", "WhoAmI"]

_ID_IN_LINK = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAmI:
    """The signed-in user and where it belongs."""

    user_id: UUID
    organization_id: UUID
    business_unit_id: UUID


class DataverseClient:
    """One environment; safe to use from several threads at once."""

    def __init__(
        self,
        transport: Transport,
        retry: RetryPolicy | None = None,
        limiter: Limiter | None = None,
        *,
        tag: str = "",
        heard: Heard | None = None,
    ) -> None:
        """
        *tag* marks every write for the tenant's plug-ins; empty for none.

        *heard* is told, from any thread, of each failure after which something is sent again.
        """
        self._transport = transport
        self._limiter = limiter or Limiter()
        self._counter = RequestCounter()
        self._pipeline = pipeline(
            transport,
            tag=tag,
            policy=retry or RetryPolicy(),
            limiter=self._limiter,
            counter=self._counter,
            heard=heard,
        )
        self._reader = Reader(self._pipeline, transport.root, lambda: self._limiter.workers)
        self.metadata = Metadata(self._pipeline)
        """Tables and columns of this environment."""

    @property
    def statistics(self) -> RequestStatistics:
        """What was sent until now."""
        return self._counter.statistics

    @property
    def workers(self) -> int:
        """Requests that may be under way at once: how many threads are worth having."""
        return self._limiter.workers

    def close(self) -> None:
        """Close the connections; the client is of no more use."""
        self._transport.close()

    def pause(self, seconds: float) -> None:
        """Let time pass, as it passes for requests that wait to be sent again."""
        self._transport.sleep(seconds)

    def who_am_i(self) -> WhoAmI:
        """The cheapest proof that address and sign-in are right."""
        row = self.function("WhoAmI")
        return WhoAmI(
            user_id=read_guid(row.get("UserId")),
            organization_id=read_guid(row.get("OrganizationId")),
            business_unit_id=read_guid(row.get("BusinessUnitId")),
        )

    def read(self, query: Query, page_size: int = MOST_ROWS_PER_PAGE) -> Iterator[Row]:
        """
        All rows of a query, page after page as they are consumed.

        Whoever reaches the end has all rows: raises PagingError when a page after the first
        cannot be had, and the failure itself when it is the first.
        """
        return self._reader.rows(query, page_size)

    def read_all(self, query: Query) -> tuple[Row, ...]:
        """All rows of a query at once."""
        return tuple(self._reader.rows(query))

    def read_many(self, queries: Sequence[Query]) -> tuple[tuple[Row, ...], ...]:
        """All rows of several queries, whose first pages come in batches."""
        return tuple(self._reader.rows_of_many(queries))

    def read_partitions(
        self, queries: Sequence[Query], page_size: int = MOST_ROWS_PER_PAGE
    ) -> Iterator[Row]:
        """
        All rows of several queries that are streamed at once, in no order between queries.

        For a large table cut into `partitions`. Raises as `read` does; memory holds a page for
        each worker and a few thousand rows.
        """
        return self._reader.rows_merged(queries, page_size)

    def pages(self, query: Query, page_size: int = MOST_ROWS_PER_PAGE) -> Iterator[Page]:
        """
        The pages of a query as bytes, for a decoder of the caller's own; the next as it is wanted.

        Raises as `read` does. Of a query with `top` the caller takes the first so many rows.
        """
        return self._reader.pages(query, page_size)

    def pages_many(
        self, queries: Sequence[Query], page_size: int = MOST_ROWS_PER_PAGE
    ) -> Iterator[Page]:
        """
        The pages of each query in turn, as bytes; the first ones come in batches.

        As many batches are asked for ahead as the tenant recommends and some 32 MB hold. Raises
        as `read` does, whichever query it is that fails.
        """
        return self._reader.pages_of_many(queries, page_size)

    def pages_partitions(
        self, queries: Sequence[Query], page_size: int = MOST_ROWS_PER_PAGE
    ) -> Iterator[Page]:
        """
        The pages of several queries that are read at once, as bytes, in no order between queries.

        Memory holds a page for each query under way and two more; raises as `read` does.
        """
        return self._reader.pages_merged(queries, page_size)

    def partitions(
        self, query: Query, column: str, parts: int, read: Callable[[JsonValue], Bound]
    ) -> tuple[Query, ...]:
        """
        *query* cut by a column into up to *parts* ranges of one width, and the rows without value.

        Together they have each row once, as long as nobody changes the column meanwhile. *read*
        reads a value of the column (`values.read_integer`, `read_datetime`, or a `read_date`).
        One request finds the least and the greatest value; where there is none, nothing is cut.
        """
        found = [
            read(row.get(column)) for rows in self.read_many(ends(query, column)) for row in rows
        ]
        bounds = even_bounds(found[0], found[-1], parts) if found else ()
        return split(query, column, bounds)

    def get(
        self,
        entity_set: str,
        row_id: UUID,
        select: tuple[str, ...] = (),
        expand: tuple[Expand, ...] = (),
        annotations: tuple[str, ...] = (),
    ) -> Row | None:
        """One row; None only when the server says that this row does not exist."""
        request = operations.request_get(entity_set, row_id, select, expand, annotations)
        try:
            return self.read_object(request)
        except NotFound as missing:
            if missing.proven:
                return None
            raise

    def create(self, entity_set: str, row: Row, row_id: UUID | None = None) -> UUID:
        """
        A new row and its id.

        Without *row_id* a lost answer raises Ambiguous, and nobody can tell whether there is a
        row now; with one the request may be repeated, and an existing row raises Duplicate.
        """
        if row_id is not None:
            return self.create_with_id(entity_set, row_id, row)
        request = operations.request_create(entity_set, row)
        return _created_id(request, self.send(request))

    def create_with_id(self, entity_set: str, row_id: UUID, row: Row) -> UUID:
        """A new row under an id of ours; raises Duplicate when there is one, maybe our own."""
        self.send(operations.request_create_with_id(entity_set, row_id, row))
        return row_id

    def update(self, entity_set: str, row_id: UUID, row: Row, etag: str | None = None) -> None:
        """Change columns of a row; raises NotFound, and PreconditionFailed for a changed row."""
        self.send(operations.request_update(entity_set, row_id, row, etag))

    def delete(self, entity_set: str, row_id: UUID, etag: str | None = None) -> bool:
        """Remove a row; False when it is not there (any more, if a first sending had no answer)."""
        try:
            self.send(operations.request_delete(entity_set, row_id, etag))
        except NotFound as missing:
            if missing.proven:
                return False
            raise
        return True

    def action(
        self,
        name: str,
        parameters: Row,
        bound_to: str = "",
        retry: RetrySafety = RetrySafety.UNSAFE,
    ) -> Row | None:
        """Call a message that acts; its answer, or None when it has none."""
        response = self.send(operations.request_action(name, parameters, bound_to, retry))
        return response.json_object() if response.body else None

    def function(
        self, name: str, parameters: Mapping[str, Literal] | None = None, bound_to: str = ""
    ) -> Row:
        """Call a message that reads."""
        return self.read_object(operations.request_function(name, parameters, bound_to))

    def batch(
        self, items: Sequence[BatchItem], *, continue_on_error: bool = False
    ) -> tuple[BatchAnswer, ...]:
        """
        The answer or the typed error of each single request, in order.

        What was throttled inside the batch is sent again. Raises only when nothing is known about
        any of the requests; a lost answer after others were settled is the error of each of those
        that were under way. What the server did not run is NotSent.
        """
        return self._pipeline.carry(Batch(items, continue_on_error=continue_on_error))

    def send(self, request: Request) -> Response:
        """Any request, repeated as its safety allows; raises the leaf that fits its failure."""
        return self._pipeline.carry(One(request, _unread))

    def read_object(self, request: Request) -> Row:
        """Any read whose answer is a JSON object."""
        return self._pipeline.carry(One(request, Response.json_object))


def _unread(response: Response) -> Response:
    return response


def _created_id(request: Request, response: Response) -> UUID:
    found = _ID_IN_LINK.search(response.headers.get("OData-EntityId", ""))
    if found is None:
        text = "the server did not tell the id of the new row"
        raise MalformedAnswer(text, request=request.line, may_have_acted=True)
    return UUID(found.group(1))
