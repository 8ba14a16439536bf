"""Requests for single rows and messages: built here, sent alone or inside a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote as percent_encode

from connector.dataverse.message import Method, Request, RetrySafety
from connector.dataverse.query import (
    encoded_options,
    entity_set_path,
    quote,
    select_and_expand,
)
from connector.dataverse.values import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.dataverse.message import Row
    from connector.dataverse.query import Expand, Literal, Query

MOST_ROWS_PER_PAGE = 5_000


def row_path(entity_set: str, row_id: UUID) -> str:
    """The address of a row, relative to the service root; also what binds a lookup to it."""
    return f"{entity_set_path(entity_set)}({row_id})"


def request_read(query: Query, page_size: int = MOST_ROWS_PER_PAGE) -> Request:
    """
    The first page of a read.

    A page size is not sent along with $top: the documentation contradicts itself about which of
    the two then counts.
    """
    size = () if query.top is not None else (f"odata.maxpagesize={page_size}",)
    headers = _prefer(*size, *_annotations(query.annotations))
    return Request(method=Method.GET, path=query.path(), headers=headers, retry=RetrySafety.SAFE)


def request_get(
    entity_set: str,
    row_id: UUID,
    select: tuple[str, ...] = (),
    expand: tuple[Expand, ...] = (),
    annotations: tuple[str, ...] = (),
) -> Request:
    """One row by its primary key."""
    options = encoded_options(select_and_expand(select, expand))
    return Request(
        method=Method.GET,
        path=row_path(entity_set, row_id) + options,
        headers=_prefer(*_annotations(annotations)),
        retry=RetrySafety.SAFE,
    )


def request_create(entity_set: str, row: Row) -> Request:
    """A row whose id the server chooses: sending this twice makes two rows."""
    return Request(
        method=Method.POST,
        path=entity_set_path(entity_set),
        body=dumps(row),
        retry=RetrySafety.UNSAFE,
    )


def request_create_with_id(entity_set: str, row_id: UUID, row: Row) -> Request:
    """A row whose id we choose; a second sending, or a row of that id, answers Duplicate."""
    return Request(
        method=Method.PATCH,
        path=row_path(entity_set, row_id),
        headers=(("If-None-Match", "*"),),
        body=dumps(row),
        retry=RetrySafety.IDEMPOTENT,
    )


def request_update(entity_set: str, row_id: UUID, row: Row, etag: str | None = None) -> Request:
    """
    Changed columns of an existing row; never creates one.

    With an *etag* only that version is changed. Such a request is not repeated after a lost
    answer: the second one would be refused because of the first, and look like another's change.
    """
    return Request(
        method=Method.PATCH,
        path=row_path(entity_set, row_id),
        headers=(("If-Match", etag or "*"),),
        body=dumps(row),
        retry=RetrySafety.UNSAFE if etag else RetrySafety.IDEMPOTENT,
    )


def request_delete(entity_set: str, row_id: UUID, etag: str | None = None) -> Request:
    """Removal of a row, with an *etag* only of that version."""
    return Request(
        method=Method.DELETE,
        path=row_path(entity_set, row_id),
        headers=(("If-Match", etag),) if etag else (),
        retry=RetrySafety.UNSAFE if etag else RetrySafety.IDEMPOTENT,
    )


def request_action(
    name: str,
    parameters: Row,
    bound_to: str = "",
    retry: RetrySafety = RetrySafety.UNSAFE,
) -> Request:
    """
    A message that acts.

    *bound_to* is an entity set or a row's path; the name then needs its full form. Only who
    knows the action can say that sending it twice does no harm.
    """
    return Request(
        method=Method.POST,
        path=_message_path(name, bound_to),
        body=dumps(parameters),
        retry=retry,
    )


def request_function(
    name: str, parameters: Mapping[str, Literal] | None = None, bound_to: str = ""
) -> Request:
    """A message that reads; its parameters go into the address."""
    arguments = ",".join(f"{key}={quote(value)}" for key, value in (parameters or {}).items())
    encoded = percent_encode(arguments, safe="=,'")
    path = f"{_message_path(name, bound_to)}({encoded})"
    return Request(method=Method.GET, path=path, retry=RetrySafety.SAFE)


def _message_path(name: str, bound_to: str) -> str:
    for part in name.split("."):
        entity_set_path(part)
    return f"{bound_to}/{name}" if bound_to else name


def _annotations(names: tuple[str, ...]) -> tuple[str, ...]:
    return (f'odata.include-annotations="{",".join(names)}"',) if names else ()


def _prefer(*preferences: str) -> tuple[tuple[str, str], ...]:
    return (("Prefer", ",".join(preferences)),) if preferences else ()
