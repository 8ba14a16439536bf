"""Random filters give the rows that plain Python gives; random text gives only faults."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.emulator.faults import DataverseFault
from tests.emulator.small_table import add_thing, new_store, numbers, query

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.storage.store import Store

START = datetime(2020, 10, 1, tzinfo=UTC)
WORDS = ["alpha", "Beta", "GAMMA", "al%pha", "b_ta", "o'x"]
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


@dataclass(frozen=True)
class Case:
    """A filter as text and as a function of a row."""

    text: str
    holds: Callable[[Mapping[str, object]], bool]


def rows() -> dict[int, dict[str, object]]:
    made: dict[int, dict[str, object]] = {}
    for number in range(1, 41):
        made[number] = {
            "name": None if number % 7 == 0 else WORDS[number % 6],
            "amount": None if number % 5 == 0 else Decimal(number - 20) / 4,
            "price": None if number % 6 == 0 else Decimal(number % 9 - 4) / 4,
            "quantity": None if number % 4 == 0 else Decimal(number - 15) / Decimal(8),
            "number": None if number % 3 == 0 else number % 10 - 5,
            "flag": (True, False, None)[number % 3],
            "at": None if number % 8 == 0 else START + timedelta(hours=7 * number),
        }
    return made


ROWS = rows()


@pytest.fixture(scope="module")
def filled() -> Store:
    store = new_store()
    for number, values in ROWS.items():
        add_thing(store, number, **values)
    return store


def folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


def compared(relation: str, left: object, right: object) -> bool:
    first, second = folded(left), folded(right)
    if relation == "eq":
        return first == second
    if relation == "ne":
        return first != second
    return first is not None and second is not None and RELATIONS[relation](first, second)


def spelled(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def literals(column: str) -> st.SearchStrategy[object]:
    found: dict[str, st.SearchStrategy[object]] = {
        "name": st.sampled_from([*WORDS, "ALPHA", "zz"]),
        "flag": st.booleans(),
        "number": st.integers(-6, 6),
        "at": st.integers(0, 300).map(lambda hours: START + timedelta(hours=hours)),
    }
    amounts = st.decimals(min_value=-6, max_value=6, places=5)
    return st.one_of(st.none(), found.get(column, amounts))


@st.composite
def comparisons(draw: st.DrawFn) -> Case:
    column = draw(st.sampled_from(["name", "amount", "price", "quantity", "number", "flag", "at"]))
    relations = ["eq", "ne"] if column == "flag" else ["eq", "ne", "gt", "ge", "lt", "le"]
    relation = draw(st.sampled_from(relations))
    value = draw(literals(column))
    if draw(st.booleans()):
        return Case(
            f"{column} {relation} {spelled(value)}",
            lambda row: compared(relation, row[column], value),
        )
    return Case(
        f"{spelled(value)} {relation} {column}",
        lambda row: compared(relation, value, row[column]),
    )


@st.composite
def column_pairs(draw: st.DrawFn) -> Case:
    relation = draw(st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"]))
    return Case(
        f"amount {relation} price", lambda row: compared(relation, row["amount"], row["price"])
    )


@st.composite
def text_matches(draw: st.DrawFn) -> Case:
    function = draw(st.sampled_from(["contains", "startswith", "endswith"]))
    part = draw(st.sampled_from(["a", "AL", "ta", "'x", "mm", "zz", "pha"]))

    def holds(row: Mapping[str, object]) -> bool:
        if row["name"] is None:
            return False
        name, wanted = str(row["name"]).casefold(), part.casefold()
        if function == "contains":
            return wanted in name
        return name.startswith(wanted) if function == "startswith" else name.endswith(wanted)

    return Case(f"{function}(name,{spelled(part)})", holds)


def combined(inner: st.SearchStrategy[Case]) -> st.SearchStrategy[Case]:
    def joined(word: str, parts: list[Case]) -> Case:
        quantifier = all if word == "and" else any
        text = f" {word} ".join(f"({part.text})" for part in parts)
        return Case(text, lambda row: quantifier(part.holds(row) for part in parts))

    def negated(part: Case) -> Case:
        return Case(f"not ({part.text})", lambda row: not part.holds(row))

    return st.one_of(
        st.builds(joined, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=4)),
        st.builds(negated, inner),
    )


CONDITIONS = st.recursive(
    st.one_of(comparisons(), column_pairs(), text_matches()), combined, max_leaves=12
)


@settings(max_examples=300, deadline=None)
@given(case=CONDITIONS)
def test_a_filter_finds_what_plain_python_finds(filled: Store, case: Case) -> None:
    expected = [number for number, row in ROWS.items() if case.holds(row)]
    assert numbers(filled, case.text) == expected


@settings(max_examples=150, deadline=None)
@given(terms=st.lists(comparisons(), min_size=3, max_size=6), data=st.data())
def test_and_binds_stronger_than_or(filled: Store, terms: list[Case], data: st.DataObject) -> None:
    words = [data.draw(st.sampled_from(["and", "or"])) for _ in terms[1:]]
    text = terms[0].text
    groups = [[terms[0]]]
    for word, term in zip(words, terms[1:], strict=True):
        text += f" {word} {term.text}"
        if word == "or":
            groups.append([])
        groups[-1].append(term)
    expected = [
        number
        for number, row in ROWS.items()
        if any(all(term.holds(row) for term in group) for group in groups)
    ]
    assert numbers(filled, text) == expected


def status_of(store: Store, options: str) -> int:
    try:
        query(store, options)
    except DataverseFault as fault:
        return fault.status
    return 200


def encoded(text: str) -> str:
    return quote(text, errors="surrogatepass")


PIECES = st.sampled_from(
    [
        *("name", "number", "Parent", "children", "/", "any", "all", "(", ")", "c:", "c/name"),
        *("eq", "ne", "gt", "and", "or", "not", "null", "true", "'x'", "'", "5", "-1.5", "1e999"),
        *("2020-10-01", "2020-13-01T99:00:00Z", "00000000-0000-0000-0000-000000000001", "@a", ","),
        *("contains(", "Microsoft.Dynamics.CRM.In(", "PropertyName='number'", "PropertyValues=["),
        *('"5"', "]", "in", "E'm'", "\x00", "é", "INF", "--", ";"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map(" ".join)))
def test_no_text_makes_the_filter_fail_other_than_by_a_fault(filled: Store, text: str) -> None:
    assert status_of(filled, f"$filter={encoded(text)}&@a=5&$select=name") in (200, 400, 501)


OPTIONS = st.sampled_from(
    ["$select", "$orderby", "$top", "$expand", "$count", "$skiptoken", "$apply"]
)


@settings(max_examples=300, deadline=None)
@given(
    option=OPTIONS,
    text=st.one_of(
        st.text(max_size=40),
        st.lists(
            st.sampled_from(
                [
                    *("name", "children", "Parent", "(", ")", ";", ",", "$select=name"),
                    *("$filter=", "$top=1", "$expand=", "asc", "desc", "/", "1", "-1", "true"),
                    *("*", "'", "=", "groupby((", "name)", "aggregate(", "filter("),
                    *("amount with sum as total", "$count as n"),
                ]
            ),
            max_size=9,
        ).map("".join),
    ),
)
def test_no_option_makes_a_query_fail_other_than_by_a_fault(
    filled: Store, option: str, text: str
) -> None:
    assert status_of(filled, f"{option}={encoded(text)}") in (200, 400, 501)
