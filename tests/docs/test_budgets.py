"""The shape of the code stays within the budgets of CONTRIBUTING.md: style unmeasured drifts."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.shape import Shape, shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = sorted([*ROOT.glob("connector/**/*.py"), *ROOT.glob("azure-function/**/*.py")])
TESTS = sorted(ROOT.glob("tests/**/test_*.py"))
WORDS_OF_A_SENTENCE = 4


def shown(path: Path, shape: Shape) -> str:
    return f"{path.relative_to(ROOT)}: {shape.name}"


@cache
def shapes_in(path: Path) -> tuple[Shape, ...]:
    return tuple(shapes(path.read_text(encoding="utf-8")))


def shapes_of(paths: list[Path]) -> Iterator[tuple[Path, Shape]]:
    for path in paths:
        for shape in shapes_in(path):
            yield path, shape


def is_named_by_a_sentence(test: Shape) -> bool:
    words = test.name.removeprefix("test_").split("_")
    return len(words) >= WORDS_OF_A_SENTENCE or " " in test.docstring


def test_every_function_is_short_and_flat_and_takes_few_parameters() -> None:
    too_much = [
        f"{shown(path, shape)}: {shape.lines} lines, {shape.nesting} deep, {shape.parameters} given"
        for path, shape in shapes_of(PRODUCT)
        if shape.lines > 50 or shape.nesting > 3 or shape.parameters > 7
    ]

    assert too_much == []


def test_no_file_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in PRODUCT}

    too_long = [f"{path.relative_to(ROOT)}: {n}" for path, n in lengths.items() if n > 400]

    assert too_long == []


def test_every_method_of_the_connector_only_names_the_use_case_that_does_it() -> None:
    source = (ROOT / "connector" / "connector.py").read_text(encoding="utf-8")
    methods = tuple(shapes(source))

    assert len(methods) > 15
    assert [shape for shape in methods if shape.lines > 6] == []


def test_half_of_the_functions_have_at_most_8_lines_and_nine_tenths_at_most_25() -> None:
    lengths = sorted(shape.lines for _, shape in shapes_of(PRODUCT))

    assert lengths[len(lengths) // 2] <= 8
    assert lengths[len(lengths) * 9 // 10] <= 25


def test_every_test_says_in_a_sentence_what_it_guards() -> None:
    unclear = [
        shown(path, shape)
        for path, shape in shapes_of(TESTS)
        if shape.name.startswith("test_") and not is_named_by_a_sentence(shape)
    ]

    assert unclear == []


def test_the_measure_sees_length_nesting_and_parameters() -> None:
    source = '''
def f(self, a, *, b):
    """Not counted."""
    if a:
        for item in b:
            with item:
                return 1
    elif b:
        return 2
    return 3
'''

    [measured] = shapes(source)

    assert (measured.lines, measured.nesting, measured.parameters) == (7, 3, 2)


@pytest.mark.parametrize(
    ("name", "docstring", "clear"),
    [
        ("test_query", "", False),
        ("test_query", "A query quotes its values.", True),
        ("test_a_query_quotes_its_values", "", True),
    ],
)
def test_a_short_name_needs_a_docstring(name: str, docstring: str, *, clear: bool) -> None:
    test = Shape(name=name, docstring=docstring, lines=1, nesting=0, parameters=0)

    assert is_named_by_a_sentence(test) is clear
