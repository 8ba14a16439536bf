"""One page of a read: its rows, or its bytes as they came for a decoder of the caller's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from connector.dataverse.errors import MalformedAnswer
from connector.dataverse.json_text import with_whole_characters, without_mark

if TYPE_CHECKING:
    from connector.dataverse.message import JsonValue, RequestLine, Response, Row

NEXT_LINK = "@odata.nextLink"
_MOST_CHILDREN = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """The rows of a page that was so many bytes long, and the address of the next one."""

    rows: tuple[Row, ...]
    size: int
    next_link: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A page as it came: an object whose member `value` is the list of its rows, as JSON in UTF-8.

    *query* is the place of its query among those that were asked, counted from 0, *rows* the
    number of its rows. The body may be a view of a longer answer, which it keeps alive.
    """

    query: int
    rows: int
    body: bytes | memoryview
    next_link: str | None
    request: RequestLine | None

    @property
    def size(self) -> int:
        """Bytes of its text."""
        return len(self.body)


def rows_of(page: Page) -> tuple[Row, ...]:
    """The rows of a page as dictionaries; numbers with a point are decimals, exactly as written."""
    return tuple(_ROWS.decode(page.body).value)


def row_page(response: Response, *, expands: bool) -> RowPage:
    """The rows of an answer; raises MalformedAnswer when they may not be all of its page."""
    answer, line = response.json_object(), response.request
    rows, link = answer.get("value"), answer.get(NEXT_LINK)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        text = "the answer holds no list of rows"
        raise MalformedAnswer(text, request=line)
    if not isinstance(link, str | None) or link == "":
        raise MalformedAnswer(_NO_LINK, request=line)
    if expands:
        for row in rows:
            _check_children(row, line)
    return RowPage(rows=tuple(rows), size=len(response.body), next_link=link)


def raw_page(response: Response, *, query: int, expands: bool) -> Page:
    """
    The bytes of an answer, looked through but not decoded.

    Raises MalformedAnswer when they are no JSON, or hold no list of objects. What a query
    expands is decoded once, because only so a cut list can be seen.
    """
    if expands:
        row_page(response, expands=True)
    body, found = _looked_through(response)
    if found.next_link == "":
        raise MalformedAnswer(_NO_LINK, request=response.request)
    return Page(
        query=query,
        rows=len(found.value),
        body=body,
        next_link=found.next_link,
        request=response.request,
    )


class _Object(msgspec.Struct, gc=False):
    """A JSON object, none of whose members is wanted."""


class _Envelope(msgspec.Struct, gc=False):
    """What stands around the rows of a page."""

    value: list[_Object]
    next_link: str | None = msgspec.field(name=NEXT_LINK, default=None)


class _Rows(msgspec.Struct, gc=False):
    """The rows of a page."""

    value: list[dict[str, Any]]


_ROWS = msgspec.json.Decoder(_Rows, float_hook=Decimal)
_ENVELOPE = msgspec.json.Decoder(_Envelope)
_NO_LINK = "the link to the next page is no text"


def _looked_through(response: Response) -> tuple[bytes | memoryview, _Envelope]:
    body = without_mark(response.body)
    try:
        str(body, "utf-8")  # looking through passes over what is no UTF-8
        return _enveloped(body)
    except (ValueError, RecursionError, msgspec.DecodeError) as error:
        text = f"the answer holds no page of rows: {error}"
        raise MalformedAnswer(text, request=response.request) from error


def _enveloped(body: bytes | memoryview) -> tuple[bytes | memoryview, _Envelope]:
    try:
        return body, _ENVELOPE.decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = with_whole_characters(body)
        return whole, _ENVELOPE.decode(whole)


def _check_children(row: Row, line: RequestLine | None) -> None:
    """
    Refuse a row whose expanded rows may not be all.

    Children come whole up to 5,000, and their link then gives the same rows again; a link with a
    skip token, or a full list, means that there are more (Join tables, paging of expansions).
    """
    for name, value in row.items():
        if _is_cut(name, value):
            text = (
                f"{name.removesuffix(NEXT_LINK)} was cut; read these rows by a query of their own"
            )
            raise MalformedAnswer(text, request=line)


def _is_cut(name: str, value: JsonValue) -> bool:
    if name.endswith(NEXT_LINK):
        return isinstance(value, str) and "skiptoken" in value
    return isinstance(value, list) and len(value) >= _MOST_CHILDREN
