"""Which of many like cases every test run tries; `make test-long` tries the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _pytest.mark.structures import ParameterSet

_Case = TypeVar("_Case")


def sample(cases: Sequence[_Case], stride: int) -> tuple[ParameterSet, ...]:
    """All of *cases*; all but every *stride*-th are marked as long."""
    return tuple(
        pytest.param(case, marks=() if place % stride == 0 else pytest.mark.long)
        for place, case in enumerate(cases)
    )
