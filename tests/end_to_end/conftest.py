"""The tenant that the end-to-end tests run against."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    """The sample tenant with Project Operations' own behaviour."""
    with serving(tmp_path) as served:
        yield served
