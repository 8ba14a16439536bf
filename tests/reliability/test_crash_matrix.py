"""A sample of the crash matrix; `make crash-matrix` runs all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.tenant import serving
from tests.reliability.crash_matrix import BREAKAGES, DAYS, PACKS, Breakage, Scene, broken_cases
from tests.reliability.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

#: One exchange in so many is broken here, another one for each breakage.
STRIDE = 4


@pytest.fixture(scope="module", params=PACKS)
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with serving(tmp_path_factory.mktemp("matrix"), behaviour=request.param) as tenant:
        yield Scene(tenant, DAYS[0])


@pytest.mark.parametrize("breakage", sample(BREAKAGES, 4), ids=lambda breakage: breakage.name)
def test_a_rerun_leaves_the_rows_of_an_undisturbed_run(scene: Scene, breakage: Breakage) -> None:
    first = BREAKAGES.index(breakage) % STRIDE
    exchanges = range(first, scene.exchanges(breakage.size), STRIDE)

    assert len(exchanges) > 1
    assert broken_cases(scene, breakage, exchanges) == []
