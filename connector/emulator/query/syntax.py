"""The parts of a `$filter` expression as inert values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class EnumValue:
    """A member of an enumeration, which only definitions have."""

    type_name: str
    member: str


LiteralValue = str | int | bool | float | Decimal | datetime | date | UUID | EnumValue | None


class Operator(Enum):
    """A comparison, named as OData spells it."""

    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant."""

    value: LiteralValue


@dataclass(frozen=True, slots=True)
class Path:
    """A property, its steps through lookups first; may begin with a lambda variable."""

    steps: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.steps)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands, at least one of them a property."""

    operator: Operator
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class AllOf:
    """Terms joined by ``and``."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Terms joined by ``or``."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """A negated condition."""

    term: Condition


@dataclass(frozen=True, slots=True)
class TextMatch:
    """``contains``, ``startswith`` or ``endswith``; wildcards live in the pattern."""

    function: str
    subject: Path
    pattern: str


@dataclass(frozen=True, slots=True)
class Lambda:
    """``any`` or ``all`` over a collection; an ``any`` without body asks for existence."""

    collection: Path
    quantifier: str
    variable: str | None
    body: Condition | None


@dataclass(frozen=True, slots=True)
class QueryFunction:
    """A ``Microsoft.Dynamics.CRM`` query function with its named arguments."""

    name: str
    arguments: Mapping[str, object]


Operand = Literal | Path
Condition = Comparison | AllOf | AnyOf | Not | TextMatch | Lambda | QueryFunction
