"""Whatever is a run store keeps the one contract of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.runs.temporary_store import temporary_store
from tests.runs.store_contract import RunStoreContract

if TYPE_CHECKING:
    from connector.runs.store import RunStore


class TestTemporaryStore(RunStoreContract):
    """A store that is gone afterwards is one as well."""

    @pytest.fixture
    def store(self) -> RunStore:
        return temporary_store()
