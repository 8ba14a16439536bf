"""The tenants that reliability is tested on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["project-operations", "plain"])
def tenant(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[TestTenant]:
    """The sample tenant, once with the platform's own behaviour and once with none."""
    with serving(tmp_path, behaviour=request.param) as served:
        yield served
