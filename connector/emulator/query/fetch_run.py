"""Answering FetchXML: joins, filters, orders, aggregates and pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.query.aggregation import AGGREGATE_LIMIT
from connector.emulator.query.annotations import FORMATTED, LOOKUP_NAME
from connector.emulator.query.comparing import Fragment
from connector.emulator.query.fetch_conditions import FetchScope, column_of, filter_fragment
from connector.emulator.query.fetch_names import fetch_column
from connector.emulator.query.fetch_outputs import Output, aggregate_output, column_output
from connector.emulator.query.fetch_syntax import (
    Fetch,
    FetchAttribute,
    FetchEntity,
    FetchLink,
    FetchOrder,
    invalid,
)
from connector.emulator.query.fetching import root_source, run_sql
from connector.emulator.query.options import OrderTerm
from connector.emulator.query.paging import (
    MAX_PAGE,
    SortKey,
    behind,
    cookie_values,
    paging_cookie,
    sort_keys,
)
from connector.emulator.query.projection import ROOT
from connector.emulator.schema.model import CHOICE_KINDS, Column, ColumnKind
from connector.emulator.storage.layout import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.emulator.query.fetching import Context
    from connector.emulator.query.projection import RawRow, WireRow
    from connector.emulator.query.source import Source
    from connector.emulator.schema.model import Schema
    from connector.emulator.schema.values import Stored

SIMPLE_PAGING_LIMIT: Final = 50_000
COUNT_LIMIT: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchPage:
    """Rows of one page; *cookie* leads to the next one when there are more."""

    rows: list[WireRow]
    more_records: bool
    cookie: str | None = None
    count: int | None = None
    count_exceeded: bool = False


def run_fetch(context: Context, fetch: Fetch, within: Fragment | None = None) -> FetchPage:
    """
    The page of rows that a FetchXML query asks for; nulls are left out of their row.

    *within* is a condition that the address sets on the rows of the first table.
    """
    query = _Query(context, fetch, within)
    return query.aggregated() if fetch.aggregate else query.page()


class _Query:
    """One FetchXML query on its way to SQL."""

    def __init__(self, context: Context, fetch: Fetch, within: Fragment | None) -> None:
        self._context = context
        self._within = within
        self._fetch = fetch
        schema = context.tx.schema
        root = root_source(context, schema.table(fetch.entity.name))
        self._entities: dict[str, tuple[FetchEntity, Source]] = {
            fetch.entity.name: (fetch.entity, root)
        }
        self._root = root
        self._links: list[tuple[FetchLink, Source, Source]] = []
        self._filtering: list[tuple[FetchLink, str]] = []
        self._add_links(fetch.entity, root, schema)
        sources = {alias: source for alias, (_, source) in self._entities.items()}
        tx = context.tx
        self._labels = context.formatter.label
        self._scope = FetchScope(
            sources=sources,
            now=tx.now,
            user=str(tx.user.id),
            unit=str(tx.unit_of(tx.user).id),
            labels=self._labels,
        )

    def page(self) -> FetchPage:
        """The rows of one page."""
        fetch = self._fetch
        outputs = list(self._outputs())
        keys = self._keys()
        where = self._conditions()
        size = min(fetch.top or fetch.count or MAX_PAGE, MAX_PAGE)
        offset = 0
        if fetch.cookie is not None and not fetch.distinct:
            where.append(behind(keys, cookie_values(fetch.cookie, keys)))
        elif fetch.page > 1:
            offset = (fetch.page - 1) * size
        if offset + size > SIMPLE_PAGING_LIMIT and fetch.page > 1:
            raise faults.DataverseFault(
                400, "0x80040237", "Pages beyond 50,000 rows need the paging cookie."
            )
        raws = self._select(outputs, keys, where, (size + 1, offset))
        has_more = len(raws) > size and fetch.top is None
        raws = raws[:size]
        counted = self._count() if fetch.total_count else None
        return FetchPage(
            rows=self._rows(outputs, raws),
            more_records=has_more,
            cookie=self._cookie(keys, raws) if has_more else None,
            count=None if counted is None else min(counted, COUNT_LIMIT),
            count_exceeded=counted is not None and counted > COUNT_LIMIT,
        )

    def aggregated(self) -> FetchPage:
        """The aggregated rows, ordered by their aliases or groups."""
        if self._count(AGGREGATE_LIMIT + 1) > AGGREGATE_LIMIT:
            raise faults.aggregate_limit(AGGREGATE_LIMIT)
        outputs = [
            aggregate_output(source, attribute, self._context.formatter)
            for entity, source in self._entities.values()
            for attribute in entity.attributes
        ]
        groups = ", ".join(output.group_sql for output in outputs if output.group_sql)
        order = ", ".join(self._aggregate_orders(outputs)) or groups
        tail = f" GROUP BY {groups}" if groups else ""
        tail += f" ORDER BY {order}" if order else ""
        columns = [sql for output in outputs for sql in output.sql]
        if not columns:
            msg = "An aggregate query needs attributes."
            raise invalid(msg)
        sql, parameters = self._statement(columns, self._conditions(), tail)
        raws = run_sql(self._context.tx, f"{sql} LIMIT {MAX_PAGE}", parameters)
        return FetchPage(rows=self._rows(outputs, raws), more_records=False)

    def _add_links(self, entity: FetchEntity, parent: Source, schema: Schema) -> None:
        for link in entity.links:
            if link.only_filters:
                alias = next(one for one, (_, s) in self._entities.items() if s is parent)
                self._filtering.append((link, alias))
                continue
            source = parent.nested(schema.table(link.entity.name))
            column_of(source, link.source)
            column_of(parent, link.target)
            self._links.append((link, source, parent))
            self._entities[link.alias] = (link.entity, source)
            self._add_links(link.entity, source, schema)

    def _outputs(self) -> Iterator[Output]:
        version = f"'W/\"' || {ROOT}.{VERSION} || '\"'"
        yield Output(name="@odata.etag", sql=(version,), read=lambda stored: stored[0])
        for alias, (entity, source) in self._entities.items():
            is_root = source is self._root
            names = {attribute.name: attribute for attribute in entity.attributes}
            if entity.all_attributes or (is_root and not entity.attributes):
                names = {n: FetchAttribute(name=n) for n in source.table.columns} | names
            if is_root and not self._fetch.distinct:
                key = source.table.primary_id
                names.setdefault(key, FetchAttribute(name=key))
            for attribute in names.values():
                yield column_output(source, attribute, None if is_root else alias, self._labels)

    def _keys(self) -> tuple[SortKey, ...]:
        keys: list[SortKey] = []
        for alias, (entity, source) in self._entities.items():
            keys += [self._sort_key(source, order, alias) for order in entity.orders]
        if self._fetch.distinct:
            return tuple(keys)
        for alias, (_, source) in self._entities.items():
            key = source.table.primary_id
            name = key if source is self._root else f"{alias}.{key}"
            keys.append(
                SortKey(sql=source.primary_key(), name=name, descending=False, kind=ColumnKind.GUID)
            )
        return tuple(keys)

    def _sort_key(self, source: Source, order: FetchOrder, alias: str) -> SortKey:
        if order.attribute is None:
            msg = "An order needs the attribute 'attribute'."
            raise invalid(msg)
        expression, column = fetch_column(source, order.attribute, self._labels)
        name = f"{alias}.{column.logical_name}"
        if column.logical_name not in source.table.columns:
            return SortKey(sql=expression, name=name, descending=order.descending, kind=column.kind)
        if column.kind in CHOICE_KINDS and column.options:
            return SortKey(
                sql=self._label_sql(source.expression(column), column),
                name=name,
                descending=order.descending,
                kind=ColumnKind.STRING,
            )
        term = OrderTerm(path=(column.property_name,), descending=order.descending)
        key = sort_keys(source, [term])[0]
        return SortKey(sql=key.sql, name=name, descending=order.descending, kind=key.kind)

    def _label_sql(self, expression: str, column: Column) -> str:
        """The label of a choice in the user's language, by which FetchXML sorts."""
        labels = {one: self._context.formatter.label(column, one) for one in column.options}
        cases = " ".join(
            f"WHEN {value} THEN '{label.replace(chr(39), chr(39) * 2)}'"
            for value, label in labels.items()
        )
        return f"(CASE {expression} {cases} END) COLLATE NOCASE"

    def _conditions(self) -> list[Fragment]:
        found = [] if self._within is None else [self._within]
        found += [
            filter_fragment(part, self._fetch.entity.name, self._scope)
            for part in self._fetch.entity.filters
        ]
        found += [filter_fragment(link, alias, self._scope) for link, alias in self._filtering]
        for link, _, _ in self._links:
            if not link.is_outer:
                found += [filter_fragment(p, link.alias, self._scope) for p in link.entity.filters]
        return found

    def _statement(
        self, columns: Sequence[str], where: Sequence[Fragment], tail: str
    ) -> tuple[str, list[Stored]]:
        parameters: list[Stored] = []
        parts = [self._root.from_clause]
        for link, source, parent in self._links:
            on = self._join_condition(link, source, parent)
            kind = "LEFT JOIN" if link.is_outer else "JOIN"
            parts.append(f"{kind} {source.aliased} ON {on.sql}")
            parts.extend(source.joins)
            parameters.extend(on.parameters)
        conditions = " AND ".join(f"({part.sql})" for part in where)
        parameters.extend(value for part in where for value in part.parameters)
        distinct = "DISTINCT " if self._fetch.distinct and not self._fetch.aggregate else ""
        sql = f"SELECT {distinct}{', '.join(columns)} FROM {' '.join(parts)}"  # noqa: S608 - quoted names of the schema
        return f"{sql}{f' WHERE {conditions}' if conditions else ''}{tail}", parameters

    def _join_condition(self, link: FetchLink, source: Source, parent: Source) -> Fragment:
        left = source.expression(column_of(source, link.source))
        right = parent.expression(column_of(parent, link.target))
        parts = [Fragment(f"{left} = {right}")]
        if link.is_outer:
            parts += [filter_fragment(p, link.alias, self._scope) for p in link.entity.filters]
        sql = " AND ".join(f"({part.sql})" for part in parts)
        return Fragment(sql, tuple(value for part in parts for value in part.parameters))

    def _select(
        self,
        outputs: Sequence[Output],
        keys: Sequence[SortKey],
        where: Sequence[Fragment],
        limit: tuple[int, int],
    ) -> list[RawRow]:
        used = outputs[1:] if self._fetch.distinct else outputs
        columns = [sql for output in used for sql in output.sql]
        columns += [] if self._fetch.distinct else [key.sql for key in keys]
        order = ", ".join(key.order_sql for key in keys)
        tail = f" ORDER BY {order}" if order else ""
        sql, parameters = self._statement(columns, where, f"{tail} LIMIT ? OFFSET ?")
        raws = run_sql(self._context.tx, sql, [*parameters, *limit])
        return [(None, *raw) for raw in raws] if self._fetch.distinct else raws

    def _count(self, limit: int = COUNT_LIMIT + 1) -> int:
        inner, parameters = self._statement(["1"], self._conditions(), " LIMIT ?")
        sql = f"SELECT count(*) FROM ({inner})"  # noqa: S608 - built above from quoted names
        return int(run_sql(self._context.tx, sql, [*parameters, limit])[0][0])  # type: ignore[arg-type]

    def _cookie(self, keys: Sequence[SortKey], raws: Sequence[RawRow]) -> str | None:
        if self._fetch.distinct:
            return None
        first, last = (raw[-len(keys) :] for raw in (raws[0], raws[-1]))
        return paging_cookie(keys, self._fetch.page, first, last)

    def _aggregate_orders(self, outputs: Sequence[Output]) -> Iterator[str]:
        by_alias = {output.name: output for output in outputs}
        for entity, _ in self._entities.values():
            for order in entity.orders:
                output = by_alias.get(order.alias or "")
                if output is None:
                    msg = "An order of an aggregate query names an alias."
                    raise invalid(msg)
                yield f"{output.sql[0]} DESC" if order.descending else output.sql[0]

    def _rows(self, outputs: Sequence[Output], raws: Sequence[RawRow]) -> list[WireRow]:
        rows = []
        for raw in raws:
            row: WireRow = {}
            place = 0
            for output in outputs:
                stored = raw[place : place + len(output.sql)]
                place += len(output.sql)
                if stored[0] is not None:
                    self._put(row, output, stored)
            rows.append(row)
        return rows

    def _put(self, row: WireRow, output: Output, stored: Sequence[Stored]) -> None:
        value = output.read(stored)
        row[output.name] = value
        column, annotations = output.column, self._context.annotations
        if column is None or not annotations.any_on_rows:
            return
        if column.is_lookup:
            target = str(stored[1]) if len(stored) > 1 else column.targets[0]
            if annotations.wants(LOOKUP_NAME):
                row[f"{output.name}@{LOOKUP_NAME}"] = target
            self._context.formatter.learn_names(target, [str(value)])
            text = self._context.formatter.name(target, str(value))
        else:
            text = self._context.formatter.text(column, value, None)
        if text is not None and annotations.wants(FORMATTED):
            row[f"{output.name}@{FORMATTED}"] = text
