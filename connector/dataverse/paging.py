"""The pages of one read, with their place kept: a list that is not whole never looks whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from connector.dataverse.address import ForeignAddressError, absolute_url
from connector.dataverse.calls import One
from connector.dataverse.errors import DataverseError, MalformedAnswer, PagingError
from connector.dataverse.message import Method, Request, RetrySafety

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.pipeline import Pipeline


class Linked(Protocol):
    """A page that knows the next one."""

    @property
    def size(self) -> int:
        """Bytes of its text."""

    @property
    def next_link(self) -> str | None:
        """The address of the next page; None for the last one."""


_Page = TypeVar("_Page", bound=Linked)

_REPEATED = "the link to the next page was followed before; the rows would never end"


class Pages(Generic[_Page]):
    """
    The pages of a read, followed link by link as they are wanted.

    Links are used as they came, with the headers of the first request, because the server keeps
    its place in them and wants the same page size each time.
    """

    def __init__(self, first: One[_Page], pipeline: Pipeline, root: str) -> None:
        self._first = first
        self._pipeline = pipeline
        self._root = root
        self._seen: set[str] = set()

    def all(self) -> Iterator[_Page]:
        """
        All pages.

        Whoever reaches the end has all rows: raises PagingError when a page after the first
        cannot be had, and the failure itself when it is the first.
        """
        return self.beginning_with(self._pipeline.carry(self._first))

    def beginning_with(self, page: _Page) -> Iterator[_Page]:
        """All pages, where the first one is there already."""
        yield page
        while page.next_link is not None:
            page = self._next(page.next_link)
            yield page

    def _next(self, link: str) -> _Page:
        line = self._first.single.line
        try:
            if link in self._seen:
                raise MalformedAnswer(_REPEATED, request=line)
            self._seen.add(link)
            return self._pipeline.carry(One(self._following(link), self._first.read))
        except DataverseError as error:
            text = f"page {len(self._seen) + 1} is missing: {error}"
            raise PagingError(text, request=line, continuation=link) from error

    def _following(self, link: str) -> Request:
        first = self._first.single
        try:
            absolute_url(self._root, link)
            return Request(
                method=Method.GET, path=link, headers=first.headers, retry=RetrySafety.SAFE
            )
        except ValueError as error:
            where = "leads to another host" if isinstance(error, ForeignAddressError) else "is none"
            text = f"the link to the next page {where}"
            raise MalformedAnswer(text, request=first.line) from error
