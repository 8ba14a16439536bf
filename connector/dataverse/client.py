"""Reading, writing and paging of entity sets: every call bounded, every failure typed."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from connector.dataverse import operations
from connector.dataverse.answers import failure_of
from connector.dataverse.batch import ChangeSet
from connector.dataverse.batching import BatchAnswer, BatchRun, read_batch
from connector.dataverse.errors import MalformedAnswer, NotFound, NotSent, Throttled
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Method, RetrySafety
from connector.dataverse.metadata import Metadata
from connector.dataverse.operations import MOST_ROWS_PER_PAGE
from connector.dataverse.paging import Pages
from connector.dataverse.parallel import merged
from connector.dataverse.retry import RetryPolicy, persist
from connector.dataverse.tagging import tagged, tagged_request
from connector.dataverse.values import read_guid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from connector.dataverse.batch import BatchItem
    from connector.dataverse.message import Request, Response, Row
    from connector.dataverse.query import Expand, Literal, Query
    from connector.dataverse.transport import Transport

__all__ = ["BatchAnswer", "ChangeSet", "DataverseClient", "RequestStatistics", "WhoAmI"]

LONG_URL = 2_000
"""Characters above which a read travels inside a batch, where no gateway cuts its address."""
LONGEST_URL = 65_536
"""Characters of an address that Dataverse reads at most, which is inside a batch."""

_READS_PER_BATCH = 50
_TOO_MANY = 429
_ID_IN_LINK = re.compile(r"\(([0-9a-fA-F-]{36})\)\s*$")
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoAmI:
    """The signed-in user and where it belongs."""

    user_id: UUID
    organization_id: UUID
    business_unit_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatistics:
    """Requests sent so far, repetitions included; *throttled* counts answers 429 among them."""

    get: int
    batch: int
    other: int
    throttled: int


class DataverseClient:
    """One environment; safe to use from several threads at once."""

    def __init__(
        self,
        transport: Transport,
        retry: RetryPolicy | None = None,
        limiter: Limiter | None = None,
        *,
        tag: str = "",
    ) -> None:
        """*tag* marks every write for the tenant's plug-ins; empty for none."""
        self._transport = transport
        self._tag = tag
        self._policy = retry or RetryPolicy()
        self._limiter = limiter or Limiter()
        self._counts: Counter[str] = Counter()
        self._counting = threading.Lock()
        self.metadata = Metadata(partial(self.batch, continue_on_error=True))
        """Tables and columns of this environment."""

    @property
    def statistics(self) -> RequestStatistics:
        """What was sent until now."""
        with self._counting:
            counts = self._counts.copy()
        return RequestStatistics(
            get=counts["get"],
            batch=counts["batch"],
            other=counts["other"],
            throttled=counts["throttled"],
        )

    @property
    def workers(self) -> int:
        """Requests that may be under way at once: how many threads are worth having."""
        return self._limiter.workers

    def close(self) -> None:
        """Close the connections; the client is of no more use."""
        self._transport.close()

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
        first = operations.request_read(query, page_size)
        return islice(self._pages(first, query).rows(), query.top)

    def read_all(self, query: Query) -> tuple[Row, ...]:
        """All rows of a query at once."""
        return tuple(self.read(query))

    def read_many(self, queries: Sequence[Query]) -> tuple[tuple[Row, ...], ...]:
        """All rows of several queries, whose first pages come in one batch."""
        reads = [operations.request_read(query) for query in queries]
        chunks = (
            reads[at : at + _READS_PER_BATCH] for at in range(0, len(reads), _READS_PER_BATCH)
        )
        answers = [answer for chunk in chunks for answer in self._answered_reads(chunk)]
        found = zip(queries, reads, answers, strict=True)
        return tuple(
            tuple(islice(self._pages(read, query).rows_after(answer), query.top))
            for query, read, answer in found
        )

    def read_partitions(
        self, queries: Sequence[Query], page_size: int = MOST_ROWS_PER_PAGE
    ) -> Iterator[Row]:
        """
        All rows of several queries that are streamed at once, in no order between queries.

        For a large table cut into parts that do not overlap. Raises as `read` does; memory holds
        a page for each worker and a few thousand rows.
        """
        streams = [partial(self.read, query, page_size) for query in queries]
        return merged(streams, self.workers)

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
            return self._read_object(request)
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
        return self._read_object(operations.request_function(name, parameters, bound_to))

    def batch(
        self, items: Sequence[BatchItem], *, continue_on_error: bool = False
    ) -> tuple[BatchAnswer, ...]:
        """
        The answer or the typed error of each single request, in order.

        What was throttled inside the batch is sent again. Raises only when nothing is known about
        any of the requests; a lost answer after others were settled is the error of each of those
        that were under way. What the server did not run is NotSent.
        """
        marked = [tagged(item, self._tag) for item in items]
        run = BatchRun(marked, continue_on_error=continue_on_error)
        return run.answers(self._persist, self._exchange, self._transport.root)

    def send(self, request: Request) -> Response:
        """Any request, repeated as its safety allows; raises the leaf that fits its failure."""
        marked = tagged_request(request, self._tag)
        return self._persist(partial(self._send_once, marked), request.retry)

    def read_object(self, request: Request) -> Row:
        """Any read whose answer is a JSON object."""
        return self._read_object(request)

    def _pages(self, first: Request, query: Query) -> Pages:
        return Pages(first, self._read_object, self._transport.root, expands=bool(query.expand))

    def _read_object(self, request: Request) -> Row:
        return self._persist(lambda: self._send_once(request).json_object(), RetrySafety.SAFE)

    def _answered_reads(self, reads: Sequence[Request]) -> tuple[Row, ...]:
        def send() -> tuple[Row, ...]:
            answers = read_batch(reads, self._exchange, self._transport.root)
            return tuple(answer.json_object() for answer in answers)

        if len(reads) == 1:
            return (self._read_object(reads[0]),)
        return self._persist(send, RetrySafety.SAFE)

    def _send_once(self, request: Request) -> Response:
        if request.method is Method.GET and self._is_long(request):
            return read_batch((request,), self._exchange, self._transport.root)[0]
        response = self._exchange(request)
        failure = failure_of(request, response)
        if failure is not None:
            raise failure
        return response

    def _is_long(self, request: Request) -> bool:
        length = len(self._transport.root + request.path)
        if length > LONGEST_URL:
            text = f"an address of {length:,} characters; Dataverse reads {LONGEST_URL:,}"
            raise NotSent(text, request=request.line, permanent=True)
        return length > LONG_URL

    def _exchange(self, request: Request) -> Response:
        with self._limiter.slot(self._transport) as stay:
            response = self._transport.send(request)
            stay.on_the_way = response.on_the_way
        self._limiter.observe(response)
        self._count(request, response)
        return response

    def _count(self, request: Request, response: Response) -> None:
        kind = "batch" if request.path == "$batch" else request.method.lower()
        with self._counting:
            self._counts[kind if kind in {"batch", "get"} else "other"] += 1
            self._counts["throttled"] += response.status == _TOO_MANY

    def _persist(self, send: Callable[[], _Answer], safety: RetrySafety) -> _Answer:
        return persist(
            partial(self._holding, send),
            safety=safety,
            policy=self._policy,
            sleep=self._transport.sleep,
        )

    def _holding(self, send: Callable[[], _Answer]) -> _Answer:
        """Make what throttles one request, or one part of a batch, hold back all others too."""
        try:
            return send()
        except Throttled as throttled:
            self._limiter.hold(throttled, self._transport.clock())
            raise


def _created_id(request: Request, response: Response) -> UUID:
    found = _ID_IN_LINK.search(response.headers.get("OData-EntityId", ""))
    if found is None:
        text = "the server did not tell the id of the new row"
        raise MalformedAnswer(text, request=request.line, may_have_acted=True)
    return UUID(found.group(1))
