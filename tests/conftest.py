"""
What holds for every test: what is asserted never depends on how fast the machine is.

And what tests of several folders share: a real Azurite, for those that are marked `cloud`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.azurite.server import Azurite, running_azurite

if TYPE_CHECKING:
    from collections.abc import Iterator

# On top of hypothesis' own choice, which draws the same examples every time where CI is set.
settings.register_profile("unhurried", parent=settings(), deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def azurite() -> Iterator[Azurite]:
    """One Azurite for all tests of this process; each test takes containers of its own."""
    with running_azurite() as started:
        yield started
