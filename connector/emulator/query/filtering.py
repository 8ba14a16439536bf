"""From the syntax of a `$filter` to a parameterised SQL condition."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from connector.emulator import faults
from connector.emulator.query.comparing import Fragment, compare, compare_columns, mirrored
from connector.emulator.query.functions import query_function
from connector.emulator.query.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Lambda,
    Literal,
    Not,
    Path,
    QueryFunction,
    TextMatch,
)
from connector.emulator.schema.model import TEXT_KINDS, Link
from connector.emulator.storage.layout import sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.query.scope import FilterScope
    from connector.emulator.query.source import Source
    from connector.emulator.schema.model import Collection, Table

_LONGEST_PLAIN_PATTERN = 1000


def filter_sql(condition: Condition, scope: FilterScope) -> Fragment:
    """The SQL of a condition; raises 400 for wrong names and types, 501 by name."""
    return _COMPILERS[type(condition)](condition, scope)


def _all_of(condition: AllOf, scope: FilterScope) -> Fragment:
    return _joined([filter_sql(term, scope) for term in condition.terms], "AND")


def _any_of(condition: AnyOf, scope: FilterScope) -> Fragment:
    return _joined([filter_sql(term, scope) for term in condition.terms], "OR")


def _not(condition: Not, scope: FilterScope) -> Fragment:
    inner = filter_sql(condition.term, scope)
    return Fragment(f"NOT ifnull(({inner.sql}), 0)", inner.parameters)


def _comparison(condition: Comparison, scope: FilterScope) -> Fragment:
    left, operator, right = condition.left, condition.operator, condition.right
    if isinstance(left, Path) and isinstance(right, Path):
        return compare_columns(scope.resolve(left.steps), operator, scope.resolve(right.steps))
    if isinstance(right, Path) and isinstance(left, Literal):
        return compare(*scope.resolve(right.steps), mirrored(operator), left.value)
    if isinstance(left, Path) and isinstance(right, Literal):
        return compare(*scope.resolve(left.steps), operator, right.value)
    raise faults.unsupported(feature="comparing two literals in $filter")


def _joined(parts: list[Fragment], word: str) -> Fragment:
    """Terms joined as a balanced tree, because SQLite limits the depth of expressions."""
    while len(parts) > 1:
        parts = [_pair(parts[place : place + 2], word) for place in range(0, len(parts), 2)]
    return parts[0]


def _pair(parts: list[Fragment], word: str) -> Fragment:
    if len(parts) == 1:
        return parts[0]
    first, second = parts
    sql = f"({first.sql} {word} {second.sql})"
    return Fragment(sql, first.parameters + second.parameters)


def _text_match(condition: TextMatch, scope: FilterScope) -> Fragment:
    expression, column = scope.resolve(condition.subject.steps)
    if column.kind not in TEXT_KINDS:
        msg = (
            f"No function signature for the function with name '{condition.function}' matches "
            f"the specified arguments: '{column.property_name}' is not a string."
        )
        raise faults.bad_request(msg)
    pattern = condition.pattern
    if condition.function != "startswith":
        pattern = f"%{pattern}"
    if condition.function != "endswith":
        pattern = f"{pattern}%"
    return like(expression, pattern)


def like(expression: str, pattern: str) -> Fragment:
    """The condition that text matches a pattern of ``% _ [] [^]``, without case."""
    if pattern.isascii() and "[" not in pattern and len(pattern) < _LONGEST_PLAIN_PATTERN:
        return Fragment(f"{expression} LIKE ?", (pattern,))
    return Fragment(f"like_text(?, {expression})", (pattern,))


def _lambda(condition: Lambda, scope: FilterScope) -> Fragment:
    parent, name = _collection_of(condition, scope)
    collection = parent.table.collections.get(name) or parent.table.links.get(name)
    if collection is None:
        raise faults.unknown_property(parent.table.logical_name, name)
    child = parent.nested(parent.schema.table(collection.table))
    link = membership(parent.table, collection, child, parent.primary_key())
    body = _lambda_body(condition, scope, child)
    sql = f"EXISTS (SELECT 1 FROM {child.from_clause} WHERE {link}{body.sql})"  # noqa: S608 - quoted names of the schema
    negation = "NOT " if condition.quantifier == "all" else ""
    return Fragment(f"{negation}{sql}", body.parameters)


def membership(table: Table, collection: Collection | Link, child: Source, key: str) -> str:
    """
    The condition that a row of *child* is in a collection of a row of *table*.

    *key* is the SQL of that row's primary key, or a question mark for it.
    """
    if isinstance(collection, Link):
        intersect = child.schema.table(collection.intersect)
        ids = f'SELECT "{collection.other_column}" FROM {sql_table(intersect)}'  # noqa: S608 - quoted names of the schema
        return f'{child.primary_key()} IN ({ids} WHERE "{collection.own_column}" = {key})'
    column = child.table.columns[collection.column]
    found = f"{child.alias}.{sql_column(column)} = {key}"
    if column.is_polymorphic:
        found += f" AND {child.alias}.{sql_target(column)} = '{table.logical_name}'"
    return found


def _collection_of(condition: Lambda, scope: FilterScope) -> tuple[Source, str]:
    steps = condition.collection.steps
    if len(steps) > 1 and steps[0] in scope.variables:
        parent, steps = scope.variables[steps[0]], steps[1:]
    elif scope.in_lambda:
        msg = f"'{steps[0]}' is not the range variable of the lambda."
        raise faults.bad_request(msg)
    else:
        parent = scope.source
    if len(steps) != 1:
        msg = "A lambda expression below a single-valued navigation property is not supported."
        raise faults.bad_request(msg)
    return parent, steps[0]


def _lambda_body(condition: Lambda, scope: FilterScope, child: Source) -> Fragment:
    if condition.body is None or condition.variable is None:
        return Fragment("")
    inner = replace(scope, variables={**scope.variables, condition.variable: child}, in_lambda=True)
    body = filter_sql(condition.body, inner)
    if condition.quantifier == "all":
        return Fragment(f" AND NOT ifnull(({body.sql}), 0)", body.parameters)
    return Fragment(f" AND {body.sql}", body.parameters)


_COMPILERS: Final[dict[type, Callable[[Any, FilterScope], Fragment]]] = {
    Comparison: _comparison,
    AllOf: _all_of,
    AnyOf: _any_of,
    Not: _not,
    TextMatch: _text_match,
    Lambda: _lambda,
    QueryFunction: query_function,
}
