"""A tenant in which eight contracts with twelve invoices are due on one day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from tests.end_to_end.copies import seeded_copies
from tests.end_to_end.tenant import TestTenant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COPIES = 4
DAY = date(2020, 11, 20)


@pytest.fixture
def many(tmp_path: Path) -> Iterator[TestTenant]:
    emulator = Emulator()
    emulator.restore(seeded_copies(COPIES))
    with emulator.serve() as server:
        yield TestTenant(emulator=emulator, url=server.url, folder=tmp_path)
    emulator.close()
