"""One SELECT on one table: projection, condition, order and limit put together and run."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.query.filtering import filter_sql
from connector.emulator.query.paging import Position, SortKey, behind, position, sort_keys
from connector.emulator.query.projection import ROOT, Projection, RawRow, WireRow, projection
from connector.emulator.query.scope import FilterScope
from connector.emulator.query.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.emulator.query.annotations import Annotations
    from connector.emulator.query.comparing import Fragment
    from connector.emulator.query.formatting import Formatter
    from connector.emulator.query.options import OrderTerm
    from connector.emulator.query.syntax import Condition
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import Stored
    from connector.emulator.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What all parts of one answer share; *child_page* is the page size of expanded rows."""

    tx: Transaction
    base_url: str
    annotations: Annotations
    formatter: Formatter
    child_page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What to read from a table."""

    table: Table
    select: tuple[str, ...] | None = None
    filter: Condition | None = None
    orderby: tuple[OrderTerm, ...] = ()
    needed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Rows as read; *start* is the page a skiptoken named."""

    projection: Projection
    keys: tuple[SortKey, ...]
    rows: list[WireRow]
    raws: list[RawRow]
    start: Position | None = None

    def sort_values(self, place: int) -> tuple[Stored, ...]:
        """The sort values of a row, the primary key last."""
        width = self.projection.width
        return self.raws[place][width : width + len(self.keys)]


@dataclass(slots=True)
class _Statement:
    """A SELECT being put together."""

    source: Source
    where: list[Fragment] = field(default_factory=list)

    def text(self, columns: Sequence[str], tail: str) -> tuple[str, list[Stored]]:
        conditions = " AND ".join(f"({part.sql})" for part in self.where)
        where = f" WHERE {conditions}" if conditions else ""
        sql = f"SELECT {', '.join(columns)} FROM {self.source.from_clause}{where}{tail}"  # noqa: S608 - quoted names of the schema
        return sql, [value for part in self.where for value in part.parameters]


def fetch(
    context: Context,
    selection: Selection,
    within: Fragment | None,
    *,
    skiptoken: str | None = None,
    limit: int | None = None,
    per_group: tuple[str, int] | None = None,
) -> Fetched:
    """
    The rows of a selection that also meet *within*, in order.

    *limit* cuts the answer; *per_group* is an SQL expression and the number of rows to keep
    of those that share its value.
    """
    shape = projection(selection.table, selection.select, selection.needed)
    statement = _statement(context, selection, within)
    keys = sort_keys(statement.source, selection.orderby)
    start = position(skiptoken, keys) if skiptoken is not None else None
    if start is not None:
        statement.where.append(behind(keys, start.values))
    columns = [*shape.sql, *(key.sql for key in keys)]
    order = f" ORDER BY {', '.join(key.order_sql for key in keys)}"
    if per_group is None:
        sql, parameters = statement.text(columns, order)
    else:
        sql, parameters = _per_group_sql(statement, columns, order, per_group)
    if limit is not None:
        sql, parameters = f"{sql} LIMIT ?", [*parameters, limit]
    raws = run_sql(context.tx, sql, parameters)
    rows = [shape.row(raw) for raw in raws]
    if context.annotations.any_on_rows:
        shape.annotate(rows, raws, context.annotations, context.formatter)
    return Fetched(projection=shape, keys=keys, rows=rows, raws=raws, start=start)


def count_matching(
    context: Context, selection: Selection, limit: int, within: Fragment | None = None
) -> int:
    """How many rows a selection has that also meet *within*, counted up to *limit*."""
    statement = _statement(context, selection, within)
    inner, parameters = statement.text(["1"], " LIMIT ?")
    sql = f"SELECT count(*) FROM ({inner})"  # noqa: S608 - built above from quoted names
    return int(run_sql(context.tx, sql, [*parameters, limit])[0][0])  # type: ignore[arg-type]


def run_sql(tx: Transaction, sql: str, parameters: Sequence[Stored]) -> list[RawRow]:
    """The rows of a statement; what is too much for SQLite is answered 400."""
    try:
        return tx.select(sql, parameters)
    except (sqlite3.OperationalError, sqlite3.DataError, OverflowError) as error:
        message = f"The query is too complex for the emulator: {error}."
        raise faults.bad_request(message) from error


def scope_of(context: Context, source: Source) -> FilterScope:
    """The scope in which the names of a filter on *source* are looked up."""
    tx = context.tx
    unit = tx.unit_of(tx.user)
    return FilterScope(
        source=source, now=tx.now, variables={}, user=str(tx.user.id), unit=str(unit.id)
    )


def root_source(context: Context, table: Table) -> Source:
    """The source of a query's own table, as far as the caller may read it."""
    tx = context.tx
    source = Source(schema=tx.schema, table=table, access=tx.caller.access, alias=ROOT)
    next(source.names)
    return source


def _statement(context: Context, selection: Selection, within: Fragment | None) -> _Statement:
    source = root_source(context, selection.table)
    statement = _Statement(source, [within] if within else [])
    if selection.filter is not None:
        statement.where.append(filter_sql(selection.filter, scope_of(context, source)))
    return statement


def _per_group_sql(
    statement: _Statement, columns: Sequence[str], order: str, per_group: tuple[str, int]
) -> tuple[str, list[Stored]]:
    group, kept = per_group
    named = [f"{column} AS c{place}" for place, column in enumerate(columns)]
    rank = f"row_number() OVER (PARTITION BY {group}{order}) AS place"
    inner, parameters = statement.text([*named, rank], "")
    names = ", ".join(f"c{place}" for place in range(len(columns)))
    sql = f"SELECT {names} FROM ({inner}) WHERE place <= ? ORDER BY place"  # noqa: S608 - built above from quoted names
    return sql, [*parameters, kept]
