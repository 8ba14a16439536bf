"""Dataverse's own query functions, `Microsoft.Dynamics.CRM.*`, as SQL conditions."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final, cast

from connector.emulator import faults
from connector.emulator.query import periods
from connector.emulator.query.comparing import Fragment, compare
from connector.emulator.query.syntax import LiteralValue, Operator, QueryFunction
from connector.emulator.schema.model import LOOKUP_KINDS, TEXT_KINDS, Column, ColumnKind
from connector.emulator.schema.values import parse_date, parse_guid, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.emulator.query.scope import FilterScope

_DATE_KINDS: Final = frozenset({ColumnKind.DATETIME, ColumnKind.DATE})
_GREATEST_X: Final = 100_000
_EQUALS: Final = " = ?"
_Subject = tuple[str, Column]


def query_function(call: QueryFunction, scope: FilterScope) -> Fragment:
    """The condition of one query function; 501 for a function that is not supported."""
    subject = _subject(call, scope)
    period = periods.NAMED.get(call.name)
    if period is not None:
        return _within(subject, call, period(scope.now))
    if call.name in _SPECIAL:
        return _SPECIAL[call.name](subject, call, scope)
    if "PropertyValue" in call.arguments:
        try:
            found = periods.counted(call.name, scope.now, _number_of(call))
        except (OverflowError, ValueError) as error:
            raise _bad_value(call, call.arguments["PropertyValue"]) from error
        if found is not None:
            return _within(subject, call, found)
    raise faults.unsupported(feature=f"the query function 'Microsoft.Dynamics.CRM.{call.name}'")


def _subject(call: QueryFunction, scope: FilterScope) -> _Subject:
    name = call.arguments.get("PropertyName")
    if not isinstance(name, str) or not name:
        msg = f"The function '{call.name}' needs the parameter 'PropertyName'."
        raise faults.bad_request(msg)
    if name in scope.named:
        return scope.named[name]
    steps = tuple(name.split("/"))
    columns = scope.source.table.columns
    if len(steps) == 1 and not scope.in_lambda and name in columns:
        return scope.source.expression(columns[name]), columns[name]
    return scope.resolve(steps)


def _within(subject: _Subject, call: QueryFunction, period: periods.Period) -> Fragment:
    expression, column = subject
    if column.kind not in _DATE_KINDS:
        msg = f"The function '{call.name}' needs a date; '{column.property_name}' is none."
        raise faults.bad_request(msg)
    first, last = period
    parts = []
    if first is not None:
        parts.append(compare(expression, column, Operator.GE, _edge(column, first)))
    if last is not None:
        parts.append(compare(expression, column, Operator.LT, _edge(column, last, is_end=True)))
    return _both(parts)


def _edge(column: Column, instant: datetime, *, is_end: bool = False) -> date:
    if column.kind is ColumnKind.DATETIME:
        return instant
    midnight = periods.day_start(instant)
    partial = is_end and midnight != instant
    return (midnight + timedelta(days=1)).date() if partial else midnight.date()


def _both(parts: list[Fragment]) -> Fragment:
    sql = " AND ".join(part.sql for part in parts)
    return Fragment(f"({sql})", tuple(value for part in parts for value in part.parameters))


def _in(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    parts = [compare(*subject, Operator.EQ, value) for value in _values(call, subject[1])]
    if not parts:
        msg = f"The function '{call.name}' needs at least one value."
        raise faults.bad_request(msg)
    sql = _one_of(parts) or " OR ".join(part.sql for part in _balanced(parts))
    return Fragment(f"({sql})", tuple(value for part in parts for value in part.parameters))


def _one_of(parts: list[Fragment]) -> str | None:
    """Comparisons of one thing with a value each as a single one, which an index can serve."""
    (first, *others) = {part.sql for part in parts}
    if others or first.count("?") != 1 or not first.endswith(_EQUALS):
        return None
    return f"{first.removesuffix(_EQUALS)} IN ({', '.join('?' * len(parts))})"


def _balanced(parts: list[Fragment]) -> list[Fragment]:
    """At most a hundred terms, each of which may itself hold terms joined by OR."""
    while len(parts) > 100:  # noqa: PLR2004 - well below SQLite's limit on depth
        parts = [_either(parts[place : place + 100]) for place in range(0, len(parts), 100)]
    return parts


def _either(parts: list[Fragment]) -> Fragment:
    sql = " OR ".join(part.sql for part in parts)
    return Fragment(f"({sql})", tuple(value for part in parts for value in part.parameters))


def _between(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    values = _values(call, subject[1])
    if len(values) != 2:  # noqa: PLR2004 - a lower and an upper bound
        msg = f"The function '{call.name}' needs two values."
        raise faults.bad_request(msg)
    lower = compare(*subject, Operator.GE, values[0])
    return _both([lower, compare(*subject, Operator.LE, values[1])])


def _negated(
    positive: Callable[[_Subject, QueryFunction, FilterScope], Fragment],
) -> Callable[[_Subject, QueryFunction, FilterScope], Fragment]:
    """True where *positive* is not, null included."""

    def negative(subject: _Subject, call: QueryFunction, scope: FilterScope) -> Fragment:
        inner = positive(subject, call, scope)
        return Fragment(f"NOT ifnull(({inner.sql}), 0)", inner.parameters)

    return negative


def _on(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    start = _day(call)
    return _within(subject, call, (start, start + timedelta(days=1)))


def _on_or_after(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    return _within(subject, call, (_day(call), None))


def _on_or_before(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    return _within(subject, call, (None, _day(call) + timedelta(days=1)))


def _equal_user(subject: _Subject, call: QueryFunction, scope: FilterScope) -> Fragment:
    return compare(*_guid_subject(subject, call), Operator.EQ, scope.user)


def _equal_business(subject: _Subject, call: QueryFunction, scope: FilterScope) -> Fragment:
    return compare(*_guid_subject(subject, call), Operator.EQ, scope.unit)


def _contain_values(subject: _Subject, call: QueryFunction, _: FilterScope) -> Fragment:
    expression, column = subject
    if column.kind is not ColumnKind.MULTIPICKLIST:
        msg = f"'{column.property_name}' is no multi-select choice."
        raise faults.bad_request(msg)
    values = [_integer(call, item) for item in _items(call)]
    parts = [
        Fragment(f"(',' || {expression} || ',') LIKE ?", (f"%,{value},%",)) for value in values
    ]
    return _either(parts)


def _guid_subject(subject: _Subject, call: QueryFunction) -> _Subject:
    if subject[1].kind not in LOOKUP_KINDS and subject[1].kind is not ColumnKind.GUID:
        msg = f"The function '{call.name}' needs a lookup."
        raise faults.bad_request(msg)
    return subject


def _day(call: QueryFunction) -> datetime:
    raw = call.arguments.get("PropertyValue")
    found: date | None = raw if isinstance(raw, date) else None
    if isinstance(raw, str):
        found = parse_instant(raw)
    if found is None:
        raise _bad_value(call, raw)
    return periods.day_start(
        found
        if isinstance(found, datetime)
        else datetime(found.year, found.month, found.day, tzinfo=UTC)
    )


def _number_of(call: QueryFunction) -> int:
    number = _integer(call, call.arguments.get("PropertyValue"))
    if not 0 < number <= _GREATEST_X:
        raise _bad_value(call, number)
    return number


def _integer(call: QueryFunction, raw: object) -> int:
    text = str(raw).strip()
    if isinstance(raw, bool) or not text.lstrip("-").isdecimal() or len(text) > 20:  # noqa: PLR2004 - 64 bits
        raise _bad_value(call, raw)
    return int(text)


def _items(call: QueryFunction) -> list[object]:
    items = call.arguments.get("PropertyValues")
    if not isinstance(items, list):
        msg = f"The function '{call.name}' needs the parameter 'PropertyValues'."
        raise faults.bad_request(msg)
    return items


def _values(call: QueryFunction, column: Column) -> list[LiteralValue]:
    return [_typed(call, column, item) for item in _items(call)]


def _typed(call: QueryFunction, column: Column, item: object) -> LiteralValue:
    return typed_value(call.name, column, item)


def typed_value(name: str, column: Column, item: object) -> LiteralValue:
    """The value of an array element, which is text even for numbers, by the column's type."""
    if item is None:
        raise _bad_literal(name, item)
    if column.kind in TEXT_KINDS:
        return str(item)
    if not isinstance(item, str):
        return cast("LiteralValue", item)
    reader = _TEXT_READERS.get(column.kind, _decimal)
    value = reader(item)
    if value is None:
        raise _bad_literal(name, item)
    return value


def _decimal(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < 400 else None  # noqa: PLR2004 - beyond any double


def _boolean(text: str) -> bool | None:
    return {"true": True, "1": True, "false": False, "0": False}.get(text.lower())


_TEXT_READERS: Final[dict[ColumnKind, Callable[[str], LiteralValue]]] = {
    ColumnKind.BOOLEAN: _boolean,
    ColumnKind.DATETIME: parse_instant,
    ColumnKind.DATE: parse_date,
    ColumnKind.GUID: parse_guid,
    ColumnKind.LOOKUP: parse_guid,
    ColumnKind.CUSTOMER: parse_guid,
    ColumnKind.OWNER: parse_guid,
    ColumnKind.MULTIPICKLIST: str,
}

_SPECIAL: Final[dict[str, Callable[[_Subject, QueryFunction, FilterScope], Fragment]]] = {
    "In": _in,
    "NotIn": _negated(_in),
    "Between": _between,
    "NotBetween": _negated(_between),
    "On": _on,
    "OnOrAfter": _on_or_after,
    "OnOrBefore": _on_or_before,
    "EqualUserId": _equal_user,
    "NotEqualUserId": _negated(_equal_user),
    "EqualBusinessId": _equal_business,
    "NotEqualBusinessId": _negated(_equal_business),
    "ContainValues": _contain_values,
    "DoesNotContainValues": _negated(_contain_values),
}


def _bad_value(call: QueryFunction, raw: object) -> faults.DataverseFault:
    return _bad_literal(call.name, raw)


def _bad_literal(name: str, raw: object) -> faults.DataverseFault:
    return faults.bad_request(f"Invalid value '{str(raw)[:100]}' for '{name}'.")
