"""A sample of the crash matrix on a run of four parts: broken inside and between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.copies import copies
from tests.end_to_end.tenant import serving
from tests.reliability.crash_matrix import BREAKAGES, DAYS, PACKS, Breakage, Scene, broken_cases
from tests.reliability.sampling import sample

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_PARTS = tuple(breakage for breakage in BREAKAGES if breakage.size.contracts == 1)
#: One exchange in so many is broken here, another one for each breakage.
STRIDE = 12


@pytest.fixture(scope="module", params=PACKS)
def scene(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("parts")
    with serving(folder, behaviour=request.param, seed=copies(2)) as tenant:
        yield Scene(tenant, DAYS[1])


@pytest.mark.parametrize("breakage", sample(IN_PARTS, 4), ids=lambda breakage: breakage.name)
def test_a_rerun_leaves_the_rows_of_an_undisturbed_run(scene: Scene, breakage: Breakage) -> None:
    first = IN_PARTS.index(breakage) % STRIDE
    exchanges = range(first, scene.exchanges(breakage.size), STRIDE)

    assert len(exchanges) > 1
    assert broken_cases(scene, breakage, exchanges) == []
