"""Reads as values: filters, expansions and queries, with one function that quotes literals."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote as percent_encode
from uuid import UUID

from connector.dataverse.values import write_datetime, write_decimal

if TYPE_CHECKING:
    from collections.abc import Sequence

Literal: TypeAlias = str | int | bool | Decimal | UUID | date | datetime | None
ListItem: TypeAlias = str | int | Decimal | UUID | date

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:/[A-Za-z_][A-Za-z0-9_]*)*")
_ORDER = re.compile(_PROPERTY.pattern + r"(?: (?:asc|desc))?")
_WILDCARD = re.compile(r"[%_\[]")
_UNESCAPED = "$'(),:/;=@*!~"
"""Characters that a query part may carry unescaped; among those that may not are & # + and %."""
_ESCAPES = tuple(
    (chr(code), f"%{code:02X}")
    for code in sorted(range(128), key=lambda code: chr(code) != "%")  # the sign itself first
    if not (chr(code).isalnum() or chr(code) in f"_.-{_UNESCAPED}")
)


class Connective(StrEnum):
    """How a filter made of several is held together."""

    AND = "and"
    OR = "or"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """A condition as $filter text, not yet percent-encoded."""

    text: str
    joined_by: Connective | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A column, or a column of a related row (`parent/name`), to compare with."""

    name: str

    def __post_init__(self) -> None:
        _checked(_PROPERTY, self.name, "property")

    def eq(self, value: Literal | Field) -> Filter:
        """Equal; text is compared without case."""
        return self._compared("eq", value)

    def ne(self, value: Literal | Field) -> Filter:
        """Not equal, which null is to every value."""
        return self._compared("ne", value)

    def gt(self, value: Literal | Field) -> Filter:
        """Greater."""
        return self._compared("gt", value)

    def ge(self, value: Literal | Field) -> Filter:
        """Greater or equal."""
        return self._compared("ge", value)

    def lt(self, value: Literal | Field) -> Filter:
        """Less."""
        return self._compared("lt", value)

    def le(self, value: Literal | Field) -> Filter:
        """Less or equal."""
        return self._compared("le", value)

    def contains(self, part: str) -> Filter:
        """The text occurs somewhere; wildcard characters in it stand for themselves."""
        return self._matched("contains", part)

    def startswith(self, part: str) -> Filter:
        """The text stands at the beginning; wildcard characters stand for themselves."""
        return self._matched("startswith", part)

    def endswith(self, part: str) -> Filter:
        """The text stands at the end; wildcard characters stand for themselves."""
        return self._matched("endswith", part)

    def _compared(self, operator: str, value: Literal | Field) -> Filter:
        operand = value.name if isinstance(value, Field) else quote(value)
        return Filter(text=f"{self.name} {operator} {operand}")

    def _matched(self, function: str, part: str) -> Filter:
        # Dataverse reads SQL wildcards inside these values; brackets take their meaning away.
        pattern = _WILDCARD.sub(lambda found: f"[{found.group()}]", part)
        return Filter(text=f"{function}({self.name},{quote(pattern)})")


def field(name: str) -> Field:
    """A column to compare with; raises ValueError when the name could not be one."""
    return Field(name)


def contains(name: str, part: str) -> Filter:
    """The column's text contains *part*, compared without case."""
    return Field(name).contains(part)


def in_list(name: str, values: Sequence[ListItem]) -> Filter:
    """
    The column has one of the values; raises ValueError when there is none.

    Elements are written as quoted JSON texts whatever their type, as the query function `In` of
    the Web API wants them.
    """
    if not values:
        message = f"no values to look for in {name}"
        raise ValueError(message)
    texts = ",".join(map(_list_item, values))
    column = quote(Field(name).name)
    return Filter(text=f"Microsoft.Dynamics.CRM.In(PropertyName={column},PropertyValues=[{texts}])")


def all_of(*filters: Filter) -> Filter:
    """Every one of the conditions; raises ValueError when there is none."""
    return _joined(Connective.AND, filters)


def any_of(*filters: Filter) -> Filter:
    """At least one of the conditions; raises ValueError when there is none."""
    return _joined(Connective.OR, filters)


def quote(value: Literal) -> str:
    """
    An OData literal, not yet percent-encoded.

    Raises TypeError for a float, which has no exact text, and ValueError for an instant without
    a time zone.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, (int, UUID)):
        return str(value)
    if isinstance(value, Decimal):
        return write_decimal(value)
    if isinstance(value, datetime):
        return write_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    message = f"{type(value).__name__} has no OData literal"
    raise TypeError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expand:
    """Related rows to bring along, reached by a navigation property (whose case matters)."""

    navigation: str
    select: tuple[str, ...] = ()
    filter: Filter | None = None
    order_by: tuple[str, ...] = ()
    top: int | None = None
    expand: tuple[Expand, ...] = ()

    @property
    def text(self) -> str:
        """The expansion as $expand text."""
        options = _options(self.select, self.filter, self.order_by, self.expand, self.top)
        inner = ";".join(f"{name}={value}" for name, value in options)
        return _checked(_NAME, self.navigation, "navigation property") + (
            f"({inner})" if inner else ""
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """
    A read of one entity set.

    Where an order is asked for and several pages are expected, the primary key belongs at its
    end, else rows may repeat or go missing between pages. *annotations* are the names to send
    along with each value, such as the table that a lookup points to.
    """

    entity_set: str
    select: tuple[str, ...] = ()
    filter: Filter | None = None
    order_by: tuple[str, ...] = ()
    expand: tuple[Expand, ...] = ()
    top: int | None = None
    count: bool = False
    annotations: tuple[str, ...] = ()

    def path(self) -> str:
        """Percent-encoded address relative to the service root; ValueError for impossible names."""
        options = _options(self.select, self.filter, self.order_by, self.expand, self.top)
        if self.count:
            options = (*options, ("$count", "true"))
        return entity_set_path(self.entity_set) + encoded_options(options)


def entity_set_path(name: str) -> str:
    """An entity set's name, checked to be one."""
    return _checked(_NAME, name, "entity set")


def encoded_options(options: Sequence[tuple[str, str]]) -> str:
    """Query options as the part of an address from the question mark on; empty for none."""
    pairs = (f"{name}={_escaped(value)}" for name, value in options)
    text = "&".join(pairs)
    return f"?{text}" if text else ""


def _escaped(text: str) -> str:
    """Percent-encoded text; lists of thousands of ids are plain and go the fast way."""
    if not text.isascii():
        return percent_encode(text, safe=_UNESCAPED)
    for character, escape in _ESCAPES:
        if character in text:
            text = text.replace(character, escape)
    return text


def select_and_expand(
    select: tuple[str, ...], expand: tuple[Expand, ...] = ()
) -> tuple[tuple[str, str], ...]:
    """The options that a read of a single row may have."""
    return _options(select, None, (), expand, None)


def _options(
    select: tuple[str, ...],
    condition: Filter | None,
    order_by: tuple[str, ...],
    expand: tuple[Expand, ...],
    top: int | None,
) -> tuple[tuple[str, str], ...]:
    found = (
        ("$select", ",".join(_checked(_PROPERTY, name, "property") for name in select)),
        ("$filter", condition.text if condition else ""),
        ("$orderby", ",".join(_checked(_ORDER, name, "order") for name in order_by)),
        ("$expand", ",".join(part.text for part in expand)),
        ("$top", "" if top is None else str(top)),
    )
    return tuple((name, value) for name, value in found if value)


def _joined(connective: Connective, filters: tuple[Filter, ...]) -> Filter:
    if not filters:
        message = f"nothing to join with '{connective}'"
        raise ValueError(message)
    if len(filters) == 1:
        return filters[0]
    parts = (f"({part.text})" if part.joined_by else part.text for part in filters)
    return Filter(text=f" {connective} ".join(parts), joined_by=connective)


def _list_item(value: ListItem) -> str:
    if isinstance(value, UUID):
        return f'"{value}"'
    return json.dumps(value if isinstance(value, str) else quote(value), ensure_ascii=False)


def _checked(pattern: re.Pattern[str], name: str, kind: str) -> str:
    if not pattern.fullmatch(name):
        message = f"{name!r} cannot be the name of a {kind}"
        raise ValueError(message)
    return name
