"""`$apply`: filter, groupby and aggregate, summed exactly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.query.annotations import FORMATTED
from connector.emulator.query.fetching import (
    Selection,
    count_matching,
    root_source,
    run_sql,
    scope_of,
)
from connector.emulator.query.filtering import filter_sql
from connector.emulator.query.options import split_outside
from connector.emulator.query.parser import parse_filter
from connector.emulator.schema.model import Column, ColumnKind
from connector.emulator.schema.values import MONEY_SCALE, decimal_of, wire_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from connector.emulator.query.fetching import Context as QueryContext
    from connector.emulator.query.projection import WireRow
    from connector.emulator.query.source import Source
    from connector.emulator.query.syntax import Condition
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import Stored

AGGREGATE_LIMIT: Final = 50_000
MAX_GROUPS: Final = 5000
_AVERAGE_PLACES: Final = Decimal("1e-10")
_EXACT: Final = Context(prec=60)
_TERM: Final = re.compile(r"\s*(\S+)\s+with\s+(\w+)\s+as\s+([A-Za-z_]\w*)\s*", re.ASCII)
_COUNT: Final = re.compile(r"\s*\$count\s+as\s+([A-Za-z_]\w*)\s*", re.ASCII)
_PATH: Final = re.compile(r"[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*", re.ASCII)
_METHODS: Final = frozenset({"sum", "average", "min", "max"})
_NUMBERS: Final = frozenset(
    {ColumnKind.MONEY, ColumnKind.DECIMAL, ColumnKind.DOUBLE, ColumnKind.INTEGER}
    | {ColumnKind.BIGINT}
)
_DATES: Final = frozenset({ColumnKind.DATETIME, ColumnKind.DATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateTerm:
    """One aggregated value; without a path it counts rows."""

    alias: str
    method: str
    path: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregation:
    """A parsed `$apply`."""

    filter: Condition | None = None
    groups: tuple[tuple[str, ...], ...] = ()
    terms: tuple[AggregateTerm, ...] = ()


def parse_apply(text: str, aliases: Mapping[str, str]) -> Aggregation:
    """
    The aggregation that *text* asks for.

    Raises 501 by name for transformations and methods beyond those documented.
    """
    parts = [part.strip() for part in split_outside(text, "/")]
    condition = None
    if len(parts) > 1 and _name(parts[0]) == "filter":
        condition = parse_filter(_inner(parts.pop(0)), aliases)
    if len(parts) != 1:
        raise faults.unsupported(feature="this sequence of transformations in $apply")
    name = _name(parts[0])
    if name == "groupby":
        groups, terms = _groupby(_inner(parts[0]))
        return Aggregation(filter=condition, groups=groups, terms=terms)
    if name == "aggregate":
        return Aggregation(filter=condition, terms=_terms(_inner(parts[0])))
    raise faults.unsupported(feature=f"the transformation '{name[:100]}' in $apply")


def aggregate(context: QueryContext, table: Table, wanted: Aggregation) -> list[WireRow]:
    """
    The aggregated rows; null groups and sums of nothing are left out of their row.

    Raises 0x8004E023 when more than 50,000 rows would be aggregated.
    """
    selection = Selection(table=table, filter=wanted.filter)
    if count_matching(context, selection, AGGREGATE_LIMIT + 1) > AGGREGATE_LIMIT:
        raise faults.aggregate_limit(AGGREGATE_LIMIT)
    source = root_source(context, table)
    outputs = [_group_output(source, path) for path in wanted.groups]
    by = ", ".join(output.sql[0] for output in outputs)
    outputs += [_term_output(source, term) for term in wanted.terms]
    where = filter_sql(wanted.filter, scope_of(context, source)) if wanted.filter else None
    columns = ", ".join(sql for output in outputs for sql in output.sql)
    sql = f"SELECT {columns} FROM {source.from_clause}"  # noqa: S608 - quoted names of the schema
    sql += f" WHERE {where.sql}" if where else ""
    sql += f" GROUP BY {by} ORDER BY {by}" if by else ""
    raws = run_sql(context.tx, f"{sql} LIMIT {MAX_GROUPS + 1}", where.parameters if where else ())
    if len(raws) > MAX_GROUPS:
        raise faults.unsupported(feature=f"more than {MAX_GROUPS} groups in one $apply")
    return [_row(context, outputs, raw) for raw in raws]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """One property of the answer: its name, the SQL it is read from and how."""

    name: str
    sql: tuple[str, ...]
    read: Callable[[Sequence[Stored]], object]
    column: Column | None = None


def _row(context: QueryContext, outputs: Sequence[_Output], raw: Sequence[Stored]) -> WireRow:
    row: WireRow = {}
    place = 0
    for output in outputs:
        stored = raw[place : place + len(output.sql)]
        place += len(output.sql)
        value = None if stored[0] is None else output.read(stored)
        if value is None:
            continue
        row[output.name] = value
        if context.annotations.wants(FORMATTED):
            text = _formatted(context, output, value)
            if text is not None:
                row[f"{output.name}@{FORMATTED}"] = text
    return row


def _formatted(context: QueryContext, output: _Output, value: object) -> str | None:
    if output.column is None:
        return f"{value:,}" if isinstance(value, int) else None
    return context.formatter.text(output.column, value, None)


def _group_output(source: Source, path: tuple[str, ...]) -> _Output:
    sql, column = source.resolve(path)
    if column.kind is ColumnKind.DATETIME:
        msg = "groupby with datetime values is not supported."
        raise faults.bad_request(msg)
    name = column.property_name
    if len(path) > 1:
        name = f"{source.follow(path[:-1])[1].logical_name}_{name}"
    reader = wire_reader(column)
    return _Output(
        name=name,
        sql=(sql,),
        read=lambda stored: reader(stored[0]) if reader else stored[0],
        column=column,
    )


def _term_output(source: Source, term: AggregateTerm) -> _Output:
    if not term.path:
        return _Output(name=term.alias, sql=("count(*)",), read=lambda stored: stored[0])
    sql, column = source.resolve(term.path)
    _check_method(term, column)
    if term.method == "average":
        return _Output(
            name=term.alias,
            sql=(total_sql(column, sql), f"count({sql})"),
            read=lambda stored: _average(column, stored),
            column=column,
        )
    if term.method == "sum":
        return _Output(
            name=term.alias,
            sql=(total_sql(column, sql),),
            read=lambda stored: _total(column, stored[0]),
            column=column,
        )
    reader = wire_reader(column)
    return _Output(
        name=term.alias,
        sql=(f"{term.method}({sql})",),
        read=lambda stored: reader(stored[0]) if reader else stored[0],
        column=column,
    )


def _check_method(term: AggregateTerm, column: Column) -> None:
    is_extreme = term.method in ("min", "max")
    if column.kind not in _NUMBERS and not (is_extreme and column.kind in _DATES):
        msg = f"The aggregate method '{term.method}' cannot be applied to '{column.property_name}'."
        raise faults.bad_request(msg)


def total_sql(column: Column, sql: str) -> str:
    """The SQL of an exact sum."""
    if column.kind is ColumnKind.DECIMAL:
        return f"sum_decimal({sql})"
    return f"sum({sql})" if column.kind is ColumnKind.DOUBLE else f"sum_exact({sql})"


def total_of(column: Column, stored: Sequence[Stored], *, average: bool) -> object:
    """The sum or average of what `total_sql` and a count of values gave."""
    return _average(column, stored) if average else _total(column, stored[0])


def _total(column: Column, stored: Stored) -> object:
    if column.kind is ColumnKind.DOUBLE:
        return stored
    if column.kind is ColumnKind.DECIMAL:
        return decimal_of(str(stored))
    units = int(stored or 0)
    is_money = column.kind is ColumnKind.MONEY
    return Decimal(units).scaleb(-MONEY_SCALE, _EXACT) if is_money else units


def _average(column: Column, stored: Sequence[Stored]) -> object:
    total, number = _total(column, stored[0]), int(stored[1] or 0)
    if isinstance(total, float):
        return total / number
    mean = _EXACT.divide(Decimal(str(total)), Decimal(number))
    return mean.quantize(_AVERAGE_PLACES, ROUND_HALF_UP, _EXACT)


def _groupby(text: str) -> tuple[tuple[tuple[str, ...], ...], tuple[AggregateTerm, ...]]:
    parts = [part.strip() for part in split_outside(text, ",")]
    if not parts or not (parts[0].startswith("(") and parts[0].endswith(")")):
        raise _malformed(text)
    groups = tuple(_path(part) for part in parts[0][1:-1].split(","))
    if len(parts) == 1:
        return groups, ()
    if len(parts) != 2 or _name(parts[1]) != "aggregate":  # noqa: PLR2004 - columns and aggregates
        raise faults.unsupported(feature="this transformation inside groupby")
    return groups, _terms(_inner(parts[1]))


def _terms(text: str) -> tuple[AggregateTerm, ...]:
    terms = tuple(_term(part) for part in split_outside(text, ","))
    if not terms:
        raise _malformed(text)
    return terms


def _term(text: str) -> AggregateTerm:
    counted = _COUNT.fullmatch(text)
    if counted is not None:
        return AggregateTerm(alias=counted[1], method="count")
    match = _TERM.fullmatch(text)
    if match is None:
        raise _malformed(text)
    if match[2] not in _METHODS:
        raise faults.unsupported(feature=f"the aggregate method '{match[2]}' in $apply")
    return AggregateTerm(alias=match[3], method=match[2], path=_path(match[1]))


def _path(text: str) -> tuple[str, ...]:
    if not _PATH.fullmatch(text.strip()):
        raise _malformed(text)
    return tuple(text.strip().split("/"))


def _name(text: str) -> str:
    return text.partition("(")[0].strip()


def _inner(text: str) -> str:
    _, paren, rest = text.partition("(")
    if not paren or not rest.endswith(")"):
        raise _malformed(text)
    return rest[:-1]


def _malformed(text: str) -> faults.DataverseFault:
    return faults.bad_request(f"Syntax error in $apply at '{text[:100]}'.")
