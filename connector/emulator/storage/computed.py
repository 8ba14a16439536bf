"""Columns that the platform works out: full names, whole addresses, kinds of customers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.model import Reference
from connector.emulator.schema.time_zones import time_zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from uuid import UUID

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import RowValues, Value

    Values = RowValues

FIRST_LAST: Final = 1
_NAME: Final = "fullname"
_NAME_PARTS: Final = ("firstname", "middlename", "lastname")
_ADDRESSES: Final = ("address1", "address2", "address3", "billto", "shipto")
_LINES: Final = ("line1", "line2", "line3")
_PLACE: Final = ("city", "stateorprovince", "postalcode", "country")
# The customer column of a table, and the lookups that repeat it for one kind of customer.
_CUSTOMERS: Final = (
    ("customerid", {"accountid": "account", "contactid": "contact"}),
    ("parentcustomerid", {"accountid": "account", "parentcontactid": "contact"}),
)
_FIRST_NUMBER: Final = 1000
_NUMBERS: Final[Mapping[str, tuple[str, str]]] = {
    "incident": ("ticketnumber", "CAS"),
    "invoice": ("invoicenumber", "INV"),
    "quote": ("quotenumber", "QUO"),
    "salesorder": ("ordernumber", "ORD"),
}
_CONVENTIONS: Final[Mapping[int, str]] = {
    0: "{last}, {first}",
    1: "{first} {last}",
    2: "{last}, {first} {initial}",
    3: "{first} {initial} {last}",
    4: "{last}, {first} {middle}",
    5: "{first} {middle} {last}",
    6: "{last} {first}",
    7: "{last}{first}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """One column, those it is worked out from, and how; the names of the columns are logical."""

    column: str
    sources: tuple[str, ...]
    value: Callable[[Values], Value]


@lru_cache(maxsize=4096)
def computed_columns(table: Table, convention: int = FIRST_LAST) -> tuple[Computed, ...]:
    """What the platform works out on a table; *convention* is the order of a name's parts."""
    return (
        *_full_names(table, convention),
        *(one for prefix in _ADDRESSES for one in _address(table, prefix)),
        *_customers(table),
        *_time_zone(table),
    )


def number_of(table: Table, row_id: UUID, count: int) -> tuple[str, str] | None:
    """
    The column of a table that the platform numbers, and the number of a new row.

    *count* is higher for every further row; the letters behind it follow the row's id.
    """
    found = _NUMBERS.get(table.logical_name)
    if found is None or found[0] not in table.columns:
        return None
    column, prefix = found
    return column, f"{prefix}-{_FIRST_NUMBER + count:05d}-{row_id.hex[-6:].upper()}"


def has_names(table: Table) -> bool:
    """Whether a table has full names, whose order the organization sets."""
    return _NAME in table.columns and "lastname" in table.columns


def full_name(values: Values, convention: int = FIRST_LAST) -> str | None:
    """A person's name in one piece; None when there are no parts."""
    first, middle, last = (str(values.get(part) or "").strip() for part in _NAME_PARTS)
    initial = f"{middle[0]}." if middle else ""
    shape = _CONVENTIONS.get(convention, _CONVENTIONS[FIRST_LAST])
    found = shape.format(first=first, middle=middle, last=last, initial=initial)
    return " ".join(found.split()).strip(" ,") or None


def _full_names(table: Table, convention: int) -> Iterator[Computed]:
    if has_names(table):
        parts = tuple(part for part in _NAME_PARTS if part in table.columns)
        value = partial(full_name, convention=convention)
        yield Computed(column=_NAME, sources=parts, value=value)


def _address(table: Table, prefix: str) -> Iterator[Computed]:
    column = f"{prefix}_composite"
    if column in table.columns:
        names = (f"{prefix}_{part}" for part in (*_LINES, *_PLACE))
        sources = tuple(name for name in names if name in table.columns)
        yield Computed(column=column, sources=sources, value=partial(_composite, prefix=prefix))


def _composite(values: Values, prefix: str) -> str | None:
    """An address as a letter has it, its lines divided by carriage return and line feed."""

    def part(name: str) -> str:
        return str(values.get(f"{prefix}_{name}") or "").strip()

    state_and_code = " ".join(one for one in (part("stateorprovince"), part("postalcode")) if one)
    place = ", ".join(one for one in (part("city"), state_and_code) if one)
    lines = (*(part(name) for name in _LINES), place, part("country"))
    return "\r\n".join(line for line in lines if line) or None


def _customers(table: Table) -> Iterator[Computed]:
    for source, repeated in _CUSTOMERS:
        if source not in table.columns:
            continue
        for name, target in repeated.items():
            column = table.columns.get(name)
            if column is not None and column.read_only:
                value = partial(_only, source=source, target=target)
                yield Computed(column=name, sources=(source,), value=value)


def _time_zone(table: Table) -> Iterator[Computed]:
    if {"timezonecode", "timezonebias"} <= set(table.columns):
        yield Computed(column="timezonebias", sources=("timezonecode",), value=_bias)


def _bias(values: Values) -> int | None:
    code = values.get("timezonecode")
    zone = time_zones().get(code) if isinstance(code, int) else None
    return None if zone is None else zone.bias


def _only(values: Values, source: str, target: str) -> Value:
    """The customer where it is a row of *target*."""
    found = values.get(source)
    return found if isinstance(found, Reference) and found.table == target else None
