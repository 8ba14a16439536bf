"""The tree of errors that `connector.errors` draws is the tree that the code has."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

import connector
from connector import errors
from connector.dataverse import errors as dataverse_errors
from connector.errors import ConnectorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = re.compile(
    r"(?P<branches>(?:[│ ] {3})*(?:[├└]── )?)(?P<name>[A-Z]\w+)"
    r"(?: {2,}(?:(?P<package>\w+): )?.*?(?: (?P<code>\d+))?)?"
)


@dataclass(frozen=True)
class Drawn:
    """One class: above it the one that it hangs on, and what a command exits with."""

    name: str
    above: str
    package: str
    exit_code: int


def drawn(text: str) -> Iterator[Drawn]:
    """The classes of a drawing, from the top."""
    above: list[str] = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        del above[len(found["branches"]) // 4 :]
        name, package, code = found["name"], found["package"] or "", int(found["code"] or 0)
        yield Drawn(name, above[-1] if above else "", package, code)
        above.append(name)


def built(kind: type[ConnectorError] = ConnectorError, above: str = "") -> Iterator[Drawn]:
    """The product's classes; one with an underscore before its name is not drawn."""
    if not kind.__module__.startswith("connector."):
        return
    shown = not kind.__name__.startswith("_")
    if shown:
        package = "" if kind is ConnectorError else kind.__module__.split(".")[1]
        yield Drawn(kind.__name__, above, package, int(kind.exit_code))
    for below in kind.__subclasses__():
        yield from built(below, kind.__name__ if shown else above)


@pytest.fixture(scope="module")
def tree() -> tuple[Drawn, ...]:
    """The tree of the code, once every module has been imported."""
    for module in pkgutil.walk_packages(connector.__path__, "connector."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    return tuple(built())


def by_name(classes: Iterator[Drawn] | tuple[Drawn, ...]) -> list[Drawn]:
    return sorted(classes, key=lambda one: one.name)


def test_the_drawing_shows_every_error_under_its_own_with_its_exit_code(
    tree: tuple[Drawn, ...],
) -> None:
    assert by_name(drawn(errors.__doc__ or "")) == by_name(tree)


def test_no_class_is_drawn_twice(tree: tuple[Drawn, ...]) -> None:
    names = [one.name for one in drawn(errors.__doc__ or "")]

    assert len(set(names)) == len(names) == len(tree) > 30


def test_the_client_draws_the_same_branch_for_those_who_use_it_alone() -> None:
    own = [(one.name, one.above) for one in drawn(dataverse_errors.__doc__ or "")][1:]
    whole = list(drawn(errors.__doc__ or ""))
    at = [one.name for one in whole].index("DataverseError")

    assert own == [(one.name, one.above) for one in whole[at:]]


def test_every_exit_code_is_one_that_the_command_line_knows(tree: tuple[Drawn, ...]) -> None:
    assert {ExitCode(one.exit_code) for one in tree} == {
        ExitCode.USAGE,
        ExitCode.PLAN_REJECTED,
        ExitCode.CANNOT_READ,
        ExitCode.LEASE_HELD,
        ExitCode.INTERRUPTED,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Root  one message  2", [Drawn("Root", "", "", 2)]),
        (
            "Root  one message  2\n├── First  runs: a word, 412  5\n│   └── Leaf  cli: a word  4",
            [
                Drawn("Root", "", "", 2),
                Drawn("First", "Root", "runs", 5),
                Drawn("Leaf", "First", "cli", 4),
            ],
        ),
        ("A sentence with words. 4", []),
    ],
)
def test_the_drawing_is_read_as_a_person_reads_it(text: str, found: list[Drawn]) -> None:
    assert list(drawn(text)) == found
