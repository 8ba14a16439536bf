"""From the text of a `$filter` to its syntax: precedence climbing over the words."""

from __future__ import annotations

import json
import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.query.lexer import Kind, Word, unreadable, words_of
from connector.emulator.query.syntax import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    EnumValue,
    Lambda,
    Literal,
    LiteralValue,
    Not,
    Operand,
    Operator,
    Path,
    QueryFunction,
    TextMatch,
)
from connector.emulator.schema.values import parse_date, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_DEPTH: Final = 60
CRM_NAMESPACE: Final = "Microsoft.Dynamics.CRM."
_TEXT_FUNCTIONS: Final = frozenset({"contains", "startswith", "endswith"})
_WORDS_OF_VALUE: Final = {"null": None, "true": True, "false": False}
_OTHER_OPERATORS: Final = frozenset({"in", "has", "add", "sub", "mul", "div", "mod", "divby"})
_COMPARISONS: Final = {operator.value: operator for operator in Operator}
_NOT_BEFORE_FUNCTION: Final = (
    "Not operator along with the Custom Named Condition operators is not allowed"
)


def parse_filter(expression: str, aliases: Mapping[str, str]) -> Condition:
    """
    The condition that *expression* states; *aliases* are the raw ``@name`` values.

    Raises 400 for text that is no filter or nested deeper than 60 levels, 501 for operators
    and functions of OData that Dataverse does not document.
    """
    reader = FilterReader(expression, aliases)
    condition = reader.condition(0)
    reader.expect_end()
    return condition


class FilterReader:
    """Reads conditions and operands from the words of one expression."""

    def __init__(self, expression: str, aliases: Mapping[str, str]) -> None:
        self._expression = expression
        self._aliases = aliases
        self._words = words_of(expression)
        self._next = 0

    def condition(self, depth: int) -> Condition:
        """A condition of terms joined by ``or``, which binds weakest."""
        if depth > MAX_DEPTH:
            msg = "The filter expression is nested too deeply."
            raise faults.bad_request(msg)
        terms = [self._conjunction(depth)]
        while self._take_name("or"):
            terms.append(self._conjunction(depth))
        return terms[0] if len(terms) == 1 else AnyOf(tuple(terms))

    def expect_end(self) -> None:
        """Raise 400 when words are left over."""
        if self._word.kind is not Kind.END:
            raise self._error()

    def path(self) -> Path:
        """A property path."""
        steps = [self._name()]
        while self._take_sign("/"):
            steps.append(self._name())
        return Path(tuple(steps))

    def _conjunction(self, depth: int) -> Condition:
        terms = [self._term(depth)]
        while self._take_name("and"):
            terms.append(self._term(depth))
        return terms[0] if len(terms) == 1 else AllOf(tuple(terms))

    def _term(self, depth: int) -> Condition:
        negations = 0
        while self._word.text == "not" and self._peek().text != "/":
            self._advance()
            negations += 1
        term = self._unnegated(depth)
        if negations and isinstance(term, QueryFunction):
            raise faults.bad_request(_NOT_BEFORE_FUNCTION)
        if negations and isinstance(term, Comparison) and not self._closed_before():
            msg = "'not' must be followed by parentheses or a function."
            raise faults.bad_request(msg)
        return Not(term) if negations % 2 else term

    def _closed_before(self) -> bool:
        return self._words[self._next - 1].text == ")"

    def _unnegated(self, depth: int) -> Condition:
        if self._take_sign("("):
            inner = self.condition(depth + 1)
            self._expect_sign(")")
            return inner
        if self._word.kind is Kind.NAME and self._peek().text == "(":
            return self._function()
        left = self._operand()
        if isinstance(left, Path) and left.steps[-1] in ("any", "all") and self._word.text == "(":
            return self._lambda(left, depth)
        return self._comparison(left)

    def _comparison(self, left: Operand) -> Condition:
        word = self._word
        operator = _COMPARISONS.get(word.text) if word.kind is Kind.NAME else None
        if operator is None:
            if word.text in _OTHER_OPERATORS:
                raise faults.unsupported(feature=f"the operator '{word.text}' in $filter")
            raise self._error()
        self._advance()
        right = self._operand()
        if self._word.text in _OTHER_OPERATORS:
            raise faults.unsupported(feature=f"the operator '{self._word.text}' in $filter")
        return Comparison(operator, left, right)

    def _function(self) -> Condition:
        name = self._name()
        if name.startswith(CRM_NAMESPACE):
            return self._query_function(name.removeprefix(CRM_NAMESPACE))
        if name not in _TEXT_FUNCTIONS:
            raise faults.unsupported(feature=f"the function '{name}' in $filter")
        self._expect_sign("(")
        subject = self._operand()
        self._expect_sign(",")
        pattern = self._operand()
        self._expect_sign(")")
        if not isinstance(subject, Path) or not isinstance(pattern, Literal):
            raise faults.unsupported(feature=f"'{name}' of anything but a property and a literal")
        if not isinstance(pattern.value, str):
            msg = f"The second argument of '{name}' must be a string."
            raise faults.bad_request(msg)
        return TextMatch(name, subject, pattern.value)

    def _query_function(self, name: str) -> QueryFunction:
        self._expect_sign("(")
        arguments: dict[str, object] = {}
        while not self._take_sign(")"):
            key = self._name()
            self._expect_sign("=")
            arguments[key] = self._argument()
            if self._word.text != ")":
                self._expect_sign(",")
        return QueryFunction(name, arguments)

    def _argument(self) -> object:
        word = self._word
        if word.kind is Kind.ALIAS:
            self._advance()
            return _alias_value(self._aliases.get(word.text))
        if word.text == "[":
            return self._list()
        return self._literal(self._advance())

    def _list(self) -> list[object]:
        self._expect_sign("[")
        items: list[object] = []
        while not self._take_sign("]"):
            items.append(self._literal(self._advance()))
            if self._word.text != "]":
                self._expect_sign(",")
        return items

    def _lambda(self, path: Path, depth: int) -> Lambda:
        collection, quantifier = Path(path.steps[:-1]), path.steps[-1]
        if not collection.steps:
            raise self._error()
        self._expect_sign("(")
        if quantifier == "any" and self._take_sign(")"):
            return Lambda(collection, quantifier, None, None)
        variable = self._name()
        self._expect_sign(":")
        body = self.condition(depth + 1)
        self._expect_sign(")")
        return Lambda(collection, quantifier, variable, body)

    def _operand(self) -> Operand:
        word = self._word
        if word.kind is Kind.NAME and word.text not in _WORDS_OF_VALUE:
            return self.path()
        if word.kind is Kind.ALIAS:
            self._advance()
            return _alias_operand(self._aliases.get(word.text))
        return Literal(self._literal(self._advance()))

    def _literal(self, word: Word) -> LiteralValue:
        if word.kind is Kind.NAME and word.text in _WORDS_OF_VALUE:
            return _WORDS_OF_VALUE[word.text]
        reader = _LITERALS.get(word.kind)
        if reader is None:
            raise unreadable(self._expression, word.place)
        value = reader(word.text)
        if value is None:
            raise unreadable(self._expression, word.place)
        return value

    @property
    def _word(self) -> Word:
        return self._words[self._next]

    def _peek(self) -> Word:
        return self._words[min(self._next + 1, len(self._words) - 1)]

    def _advance(self) -> Word:
        word = self._words[self._next]
        if word.kind is Kind.END:
            raise self._error()
        self._next += 1
        return word

    def _name(self) -> str:
        if self._word.kind is not Kind.NAME:
            raise self._error()
        return self._advance().text

    def _take_name(self, text: str) -> bool:
        word = self._word
        if word.kind is Kind.NAME and word.text == text:
            self._next += 1
            return True
        return False

    def _take_sign(self, text: str) -> bool:
        word = self._word
        if word.kind is Kind.SIGN and word.text == text:
            self._next += 1
            return True
        return False

    def _expect_sign(self, text: str) -> None:
        if not self._take_sign(text):
            raise self._error()

    def _error(self) -> faults.DataverseFault:
        return unreadable(self._expression, self._word.place)


def _alias_operand(raw: str | None) -> Operand:
    if raw is None:
        return Literal(None)
    reader = FilterReader(raw, {})
    operand = reader._operand()  # noqa: SLF001 - an alias holds one operand of the same grammar
    reader.expect_end()
    return operand


def _alias_value(raw: str | None) -> object:
    if raw is None:
        return None
    if raw.lstrip().startswith("["):
        return _json_list(raw)
    operand = _alias_operand(raw)
    if not isinstance(operand, Literal):
        msg = "The value of a parameter alias must be a literal."
        raise faults.bad_request(msg)
    return operand.value


def _json_list(raw: str) -> list[object]:
    try:
        items = json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        reader = FilterReader(raw, {})
        items = reader._list()  # noqa: SLF001 - the same grammar as inline
        reader.expect_end()
    if not isinstance(items, list) or any(isinstance(item, list | dict) for item in items):
        msg = "The value of a parameter alias must be a list of literals."
        raise faults.bad_request(msg)
    return items


def _text(raw: str) -> str:
    return raw[1:-1].replace("''", "'")


def _json_text(raw: str) -> LiteralValue:
    try:
        value: object = json.loads(raw, strict=False)
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def _number(raw: str) -> LiteralValue:
    digits = raw.rstrip("mMdDfFlL") if not raw.endswith("INF") else raw
    if digits.lstrip("-") == "INF":
        return -math.inf if raw.startswith("-") else math.inf
    try:
        if digits.lstrip("-").isdecimal():
            return int(digits)
        number = Decimal(digits)
    except (InvalidOperation, ValueError):
        return None
    return number if abs(number.adjusted()) < 400 else None  # noqa: PLR2004 - beyond any double


def _enum(raw: str) -> LiteralValue:
    name, _, member = raw.partition("'")
    return EnumValue(name, member[:-1])


_LITERALS: Final[dict[Kind, Callable[[str], LiteralValue]]] = {
    Kind.GUID: UUID,
    Kind.INSTANT: parse_instant,
    Kind.DATE: parse_date,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.ENUM: _enum,
    Kind.JSON_TEXT: _json_text,
}
