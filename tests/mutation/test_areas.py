"""The areas of the mutation tests name what is there: a renamed module would drop out unseen."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.mutation.areas import AREAS, Area
from tests.mutation.run import configuration

ROOT = Path(__file__).resolve().parents[2]

by_area = pytest.mark.parametrize("area", AREAS.values(), ids=lambda area: area.name)


@by_area
def test_every_module_of_an_area_exists(area: Area) -> None:
    assert [name for name in (*area.modules, area.smallest) if not list(ROOT.glob(name))] == []


@by_area
def test_every_test_of_an_area_exists(area: Area) -> None:
    assert [name for name in area.tests if not (ROOT / name).exists()] == []


@by_area
def test_what_mutmut_is_told_is_toml_with_the_modules_and_tests(area: Area) -> None:
    told = tomllib.loads(configuration(area))["tool"]["mutmut"]

    assert tuple(told["only_mutate"]) == area.modules
    assert tuple(told["pytest_add_cli_args_test_selection"]) == area.tests
