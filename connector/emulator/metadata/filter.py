"""`$filter`, `$select` and `$expand` over definitions, which are no rows of a table."""

from __future__ import annotations

import operator
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.query.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    EnumValue,
    Literal,
    Not,
    Operand,
    Operator,
    Path,
    TextMatch,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from connector.emulator.metadata.rows import MetadataRow

_ORDERINGS: Final[dict[Operator, Callable[[object, object], bool]]] = {
    Operator.GT: operator.gt,  # type: ignore[dict-item]
    Operator.GE: operator.ge,  # type: ignore[dict-item]
    Operator.LT: operator.lt,  # type: ignore[dict-item]
    Operator.LE: operator.le,  # type: ignore[dict-item]
}


def matching(
    rows: Iterable[Mapping[str, object]], condition: Condition | None, type_name: str
) -> list[Mapping[str, object]]:
    """The rows that meet a condition; raises 400 for an unknown property of *type_name*."""
    if condition is None:
        return list(rows)
    return [row for row in rows if meets(row, condition, type_name)]


def meets(row: Mapping[str, object], condition: Condition, type_name: str) -> bool:
    """Whether one definition meets a condition; 501 for conditions that metadata does not take."""
    match condition:
        case AllOf(terms):
            return all(meets(row, term, type_name) for term in terms)
        case AnyOf(terms):
            return any(meets(row, term, type_name) for term in terms)
        case Not(term):
            return not meets(row, term, type_name)
        case Comparison():
            left = _value(row, condition.left, type_name)
            right = _value(row, condition.right, type_name)
            return _compares(condition.operator, left, right)
        case TextMatch():
            return _text_matches(row, condition, type_name)
    raise faults.unsupported(feature="this kind of condition in a $filter on definitions")


def selected(
    row: Mapping[str, object], names: tuple[str, ...] | None, type_name: str
) -> MetadataRow:
    """A definition with only the selected properties; MetadataId is always there."""
    if names is None:
        return dict(row)
    for name in names:
        if name not in row:
            raise faults.unknown_property(type_name, name)
    kept = {name: row[name] for name in names}
    kept.setdefault("MetadataId", row["MetadataId"])
    return kept


def _value(row: Mapping[str, object], operand: Operand, type_name: str) -> object:
    if isinstance(operand, Literal):
        value = operand.value
        if isinstance(value, EnumValue):
            return value.member
        is_text = isinstance(value, UUID | datetime | date)
        return str(value) if is_text else value
    return _property(row, operand, type_name)


def _property(row: Mapping[str, object], path: Path, type_name: str) -> object:
    value: object = row
    for step in path.steps:
        if not isinstance(value, dict) or step not in value:
            raise faults.unknown_property(type_name, str(path))
        value = value[step]
    if isinstance(value, dict | list):
        msg = f"The property '{path}' cannot be compared."
        raise faults.bad_request(msg)
    return value


def _compares(relation: Operator, left: object, right: object) -> bool:
    first, second = _folded(left), _folded(right)
    if relation is Operator.EQ:
        return first == second
    if relation is Operator.NE:
        return first != second
    numbers = isinstance(first, int | Decimal) and isinstance(second, int | Decimal)
    if numbers or (isinstance(first, str) and isinstance(second, str)):
        return _ORDERINGS[relation](first, second)
    return False


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def _text_matches(row: Mapping[str, object], condition: TextMatch, type_name: str) -> bool:
    value = _property(row, condition.subject, type_name)
    if not isinstance(value, str):
        return False
    text, part = value.casefold(), condition.pattern.casefold()
    if condition.function == "contains":
        return part in text
    return text.startswith(part) if condition.function == "startswith" else text.endswith(part)
