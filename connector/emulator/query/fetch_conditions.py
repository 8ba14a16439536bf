"""FetchXML conditions as SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.query.comparing import Fragment, compare, compare_columns
from connector.emulator.query.fetch_names import fetch_column, unknown_attribute
from connector.emulator.query.fetch_syntax import FetchCondition, FetchLink, invalid
from connector.emulator.query.filtering import like
from connector.emulator.query.functions import query_function, typed_value
from connector.emulator.query.scope import FilterScope
from connector.emulator.query.syntax import Operator, QueryFunction
from connector.emulator.schema.model import TEXT_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from connector.emulator.query.fetch_syntax import FetchPart
    from connector.emulator.query.source import Source
    from connector.emulator.schema.model import Column

_RELATIONS: Final = {
    "eq": Operator.EQ,
    "ne": Operator.NE,
    "neq": Operator.NE,
    "gt": Operator.GT,
    "ge": Operator.GE,
    "lt": Operator.LT,
    "le": Operator.LE,
}
_NULLS: Final = {"null": Operator.EQ, "not-null": Operator.NE}
_PATTERNS: Final = {
    "like": "{}",
    "begins-with": "{}%",
    "ends-with": "%{}",
}
_NEGATIVE_PATTERNS: Final = {
    "not-like": "like",
    "not-begin-with": "begins-with",
    "not-end-with": "ends-with",
}
_LISTS: Final = {
    "in": "In",
    "not-in": "NotIn",
    "between": "Between",
    "not-between": "NotBetween",
    "contain-values": "ContainValues",
    "not-contain-values": "DoesNotContainValues",
}
_SPECIAL_NAMES: Final = {
    "eq-userid": "EqualUserId",
    "ne-userid": "NotEqualUserId",
    "eq-businessid": "EqualBusinessId",
    "ne-businessid": "NotEqualBusinessId",
    "last-seven-days": "Last7Days",
    "next-seven-days": "Next7Days",
}
_NAME: Final = re.compile(r"[a-z]+(-[a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchScope:
    """The sources of a query by alias, and what "now" and "me" mean."""

    sources: Mapping[str, Source]
    now: datetime
    user: str
    unit: str
    labels: Callable[[Column, int], str]

    def source(self, alias: str) -> Source:
        """The source of an alias or, where no alias is so called, of a table's only link."""
        found = self.sources.get(alias)
        if found is not None:
            return found
        named = [one for one in self.sources.values() if one.table.logical_name == alias]
        if len(named) != 1:
            which = "several links" if named else "no entity or alias"
            msg = f"There are {which} '{alias}'." if named else f"There is {which} '{alias}'."
            raise invalid(msg)
        return named[0]


def filter_fragment(part: FetchPart, alias: str, scope: FetchScope) -> Fragment:
    """The SQL of a filter that stands in the entity of *alias*."""
    if isinstance(part, FetchLink):
        return link_fragment(part, scope.source(alias), scope)
    if isinstance(part, FetchCondition):
        return _condition(part, scope.source(part.entity or alias), scope)
    parts = [filter_fragment(child, alias, scope) for child in part.parts]
    if not parts:
        return Fragment("1")
    word = " OR " if part.is_or else " AND "
    sql = word.join(f"({one.sql})" for one in parts)
    return Fragment(sql, tuple(value for one in parts for value in one.parameters))


def link_fragment(link: FetchLink, parent: Source, scope: FetchScope) -> Fragment:
    """
    The SQL of a link that brings nothing, but says which rows of its parent stay.

    ``all`` is what it is documented to be: there are partners, and none of them meets the
    filters of the link; ``not all`` is ``any``.
    """
    source = parent.nested(parent.schema.table(link.entity.name))
    inner = replace(scope, sources={**scope.sources, link.alias: source})
    on = (
        f"{source.expression(column_of(source, link.source))} = "
        f"{parent.expression(column_of(parent, link.target))}"
    )
    parts = [filter_fragment(part, link.alias, inner) for part in link.entity.filters]
    parts += [link_fragment(one, source, inner) for one in link.entity.links]
    matching = _exists(source, Fragment(on), *parts)
    if link.kind == "not any":
        return Fragment(f"NOT {matching.sql}", matching.parameters)
    if link.kind == "all":
        partners = _exists(source, Fragment(on))
        return Fragment(f"{partners.sql} AND NOT {matching.sql}", matching.parameters)
    return matching


def _exists(source: Source, *conditions: Fragment) -> Fragment:
    where = " AND ".join(f"({one.sql})" for one in conditions)
    sql = f"EXISTS (SELECT 1 FROM {source.from_clause} WHERE {where})"  # noqa: S608 - quoted names of the schema
    return Fragment(sql, tuple(value for one in conditions for value in one.parameters))


def column_of(source: Source, name: str) -> Column:
    """The column of a logical name, or 400; names behind lookups and choices are none."""
    column = source.table.columns.get(name)
    if column is None:
        raise unknown_attribute(source, name)
    return column


def _condition(condition: FetchCondition, source: Source, scope: FetchScope) -> Fragment:
    expression, column = fetch_column(source, condition.attribute, scope.labels)
    name = condition.operator
    if condition.value_of is not None:
        return _between_columns(condition, (expression, column), source, scope)
    if name in _NULLS:
        return compare(expression, column, _NULLS[name], None)
    if name in _RELATIONS:
        value = typed_value(condition.operator, column, _single(condition))
        return compare(expression, column, _RELATIONS[name], value)
    if name in _PATTERNS or name in _NEGATIVE_PATTERNS:
        return _pattern(condition, expression, column)
    named = {condition.attribute: (expression, column)}
    return query_function(_call(condition), _filter_scope(source, scope, named))


def _between_columns(
    condition: FetchCondition, left: tuple[str, Column], source: Source, scope: FetchScope
) -> Fragment:
    """A condition on two columns; nothing equals a column without a value."""
    operator = _RELATIONS.get(condition.operator)
    if operator is None:
        raise faults.unsupported(feature=f"valueof with the operator '{condition.operator}'")
    alias, _, name = (condition.value_of or "").rpartition(".")
    other = scope.source(alias) if alias else source
    found = compare_columns(left, operator, fetch_column(other, name, scope.labels))
    if operator is Operator.EQ:
        return Fragment(f"{found.sql} AND {left[0]} IS NOT NULL", found.parameters)
    return found


def _pattern(condition: FetchCondition, expression: str, column: Column) -> Fragment:
    if column.kind not in TEXT_KINDS:
        msg = f"The operator '{condition.operator}' needs a text column."
        raise invalid(msg)
    positive = _NEGATIVE_PATTERNS.get(condition.operator)
    pattern = _PATTERNS[positive or condition.operator].format(_single(condition))
    inner = like(expression, pattern)
    if positive is None:
        return inner
    return Fragment(f"NOT ifnull({inner.sql}, 0)", inner.parameters)


def _call(condition: FetchCondition) -> QueryFunction:
    name = condition.operator
    arguments: dict[str, object] = {"PropertyName": condition.attribute}
    if name in _LISTS:
        arguments["PropertyValues"] = list(condition.values)
        return QueryFunction(_LISTS[name], arguments)
    if condition.values:
        arguments["PropertyValue"] = condition.values[0]
    if not _NAME.fullmatch(name):
        raise faults.unsupported(feature=f"the FetchXML operator '{name[:60]}'")
    camel = "".join(
        part.capitalize() for part in name.replace("olderthan", "older-than").split("-")
    )
    return QueryFunction(_SPECIAL_NAMES.get(name, camel), arguments)


def _filter_scope(
    source: Source, scope: FetchScope, named: Mapping[str, tuple[str, Column]]
) -> FilterScope:
    return FilterScope(
        source=source,
        now=scope.now,
        variables={},
        user=scope.user,
        unit=scope.unit,
        named=named,
    )


def _single(condition: FetchCondition) -> str:
    if len(condition.values) != 1:
        msg = f"The operator '{condition.operator}' needs one value."
        raise invalid(msg)
    return condition.values[0]
