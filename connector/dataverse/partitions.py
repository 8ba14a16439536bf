"""One large read cut into several that do not overlap, so that they can be read at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from connector.dataverse.query import all_of, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.query import Filter, Query

Bound: TypeAlias = int | date | datetime
"""Where a column may be cut: at a whole number, a day, or an instant."""


def split(query: Query, column: str, bounds: Sequence[Bound]) -> tuple[Query, ...]:
    """
    Queries that together have each row of *query* once.

    One for the values below the first bound, one from each bound up to the next, one from the
    last bound on, and one for the rows without a value. Raises ValueError when the bounds are of
    several kinds or do not grow, and for a query with `top`, which its parts could not keep.
    """
    if query.top is not None:
        message = "a read of the first few rows cannot be cut into parts"
        raise ValueError(message)
    if not _grow(bounds):
        message = f"the bounds of {column} do not grow: {', '.join(map(str, bounds))}"
        raise ValueError(message)
    if not bounds:
        return (query,)
    return tuple(_narrowed(query, condition) for condition in _conditions(column, bounds))


def ends(query: Query, column: str) -> tuple[Query, Query]:
    """Queries for the least and the greatest value that *column* has in the rows of *query*."""
    rows = _narrowed(query, field(column).ne(None))
    one = replace(rows, select=(column,), expand=(), annotations=(), top=1, count=False)
    return replace(one, order_by=(f"{column} asc",)), replace(one, order_by=(f"{column} desc",))


def even_bounds(least: Bound, greatest: Bound, parts: int) -> tuple[Bound, ...]:
    """
    Where to cut from the least to the greatest value, for so many ranges of one width.

    There are fewer where there are fewer values; instants are cut at whole seconds. Raises
    ValueError for two values of different kinds.
    """
    if type(least) is not type(greatest):
        message = f"{least!r} and {greatest!r} are no values of one column"
        raise ValueError(message)
    cuts = _cuts(_number(least), _number(greatest), parts)
    if isinstance(least, datetime):
        return tuple(datetime.fromtimestamp(cut, UTC) for cut in cuts)
    if isinstance(least, date):
        return tuple(date.fromordinal(cut) for cut in cuts)
    return cuts


def _conditions(column: str, bounds: Sequence[Bound]) -> Iterator[Filter]:
    place = field(column)
    yield place.lt(bounds[0])
    for low, high in pairwise(bounds):
        yield all_of(place.ge(low), place.lt(high))
    yield place.ge(bounds[-1])
    yield place.eq(None)


def _narrowed(query: Query, condition: Filter) -> Query:
    if query.filter is None:
        return replace(query, filter=condition)
    return replace(query, filter=all_of(query.filter, condition))


def _grow(bounds: Sequence[Bound]) -> bool:
    if len({type(bound) for bound in bounds}) > 1:
        return False
    return all(_exact(low) < _exact(high) for low, high in pairwise(bounds))


def _cuts(least: int, greatest: int, parts: int) -> tuple[int, ...]:
    width = greatest - least + 1
    cuts = {least + width * at // parts for at in range(1, parts)}
    return tuple(sorted(cuts - {least}))


def _number(bound: Bound) -> int:
    return int(_exact(bound))


def _exact(bound: Bound) -> float:
    if isinstance(bound, datetime):
        return bound.timestamp()
    return bound.toordinal() if isinstance(bound, date) else bound
