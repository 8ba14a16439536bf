"""What a FetchXML query answers: columns, groups and aggregates, each as SQL and its reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.query.aggregation import total_of, total_sql
from connector.emulator.query.fetch_names import fetch_column
from connector.emulator.query.fetch_syntax import FetchAttribute, invalid
from connector.emulator.schema.model import Column, ColumnKind, DateBehaviour
from connector.emulator.schema.values import wire_reader
from connector.emulator.storage.layout import sql_target

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from connector.emulator.query.formatting import Formatter
    from connector.emulator.query.source import Source
    from connector.emulator.schema.values import Stored

_UTC: Final = "UTC"
_DATES: Final = frozenset({ColumnKind.DATETIME, ColumnKind.DATE})
#: The number that a group of days is called by, from the text of a day.
_GROUPINGS: Final = {
    "year": "CAST(substr({0}, 1, 4) AS INTEGER)",
    "quarter": "(CAST(substr({0}, 6, 2) AS INTEGER) + 2) / 3",
    "month": "CAST(substr({0}, 6, 2) AS INTEGER)",
    "day": "CAST(substr({0}, 9, 2) AS INTEGER)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """One property of the answer, where it is read from and how."""

    name: str
    sql: tuple[str, ...]
    read: Callable[[Sequence[Stored]], object]
    column: Column | None = None
    group_sql: str | None = None


def column_output(
    source: Source,
    attribute: FetchAttribute,
    alias: str | None,
    labels: Callable[[Column, int], str],
) -> Output:
    """What a query answers for a column of the table, or of the link called *alias*."""
    expression, column = fetch_column(source, attribute.name, labels)
    name = column.property_name if alias is None else f"{alias}.{column.logical_name}"
    sql: tuple[str, ...] = (expression,)
    if column.is_polymorphic:
        sql += (f"{source.alias}.{sql_target(column)}",)
    return Output(name=attribute.alias or name, sql=sql, read=_reader(column), column=column)


def _reader(column: Column) -> Callable[[Sequence[Stored]], object]:
    reader = wire_reader(column)
    return lambda stored: reader(stored[0]) if reader else stored[0]


def aggregate_output(source: Source, attribute: FetchAttribute, formatter: Formatter) -> Output:
    """What an aggregate query answers for an attribute: a group or an aggregate."""
    expression, column = fetch_column(source, attribute.name, formatter.label)
    if attribute.alias is None:
        msg = f"The attribute '{attribute.name}' of an aggregate query needs an alias."
        raise invalid(msg)
    if attribute.date_grouping is not None:
        expression = _grouped_date(attribute, column, expression, formatter.view.zone.key)
        return Output(
            name=attribute.alias,
            sql=(expression,),
            read=lambda stored: stored[0],
            group_sql=expression,
        )
    if attribute.group_by:
        if column.kind in _DATES:
            raise faults.unsupported(feature="grouping by a date without dategrouping in FetchXML")
        return Output(
            name=attribute.alias,
            sql=(expression,),
            read=_reader(column),
            column=None if column.is_lookup else column,
            group_sql=expression,
        )
    return _function_output(attribute, attribute.alias, column, expression)


def _grouped_date(attribute: FetchAttribute, column: Column, expression: str, zone: str) -> str:
    """The SQL of the year, quarter, month or day of the month of a date, in the user's zone."""
    grouping = attribute.date_grouping or ""
    if column.kind not in _DATES or not attribute.group_by:
        msg = f"The attribute '{attribute.name}' cannot be grouped by '{grouping}'."
        raise invalid(msg)
    form = _GROUPINGS.get(grouping)
    if form is None:
        raise faults.unsupported(feature=f"the dategrouping '{grouping[:40]}' in FetchXML")
    is_local = column.kind is ColumnKind.DATETIME and column.behaviour is DateBehaviour.USER_LOCAL
    if is_local and attribute.user_time_zone and zone != _UTC:
        expression = f"local_day({expression}, '{zone}')"
    return form.format(expression)


def _function_output(
    attribute: FetchAttribute, alias: str, column: Column, expression: str
) -> Output:
    name = attribute.aggregate
    if name in ("count", "countcolumn"):
        inner = f"{'DISTINCT ' if attribute.distinct else ''}{expression}"
        sql = "count(*)" if name == "count" else f"count({inner})"
        return Output(name=alias, sql=(sql,), read=lambda stored: stored[0])
    if name in ("min", "max") and column.kind in _DATES | _NUMBERS:
        sql = f"{name}({expression})"
        return Output(name=alias, sql=(sql,), read=_reader(column), column=column)
    if name in ("sum", "avg") and column.kind in _NUMBERS:
        sqls = (total_sql(column, expression), f"count({expression})")
        is_average = name == "avg"
        return Output(
            name=alias,
            sql=sqls,
            read=lambda stored: total_of(column, stored, average=is_average),
            column=column,
        )
    msg = f"The aggregate '{name}' cannot be applied to '{attribute.name}'."
    raise invalid(msg)


_NUMBERS: Final = frozenset(
    {ColumnKind.MONEY, ColumnKind.DECIMAL, ColumnKind.DOUBLE, ColumnKind.INTEGER}
    | {ColumnKind.BIGINT}
)
