"""A larger tenant: the sample tenant several times over, each time with ids of its own."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from connector.emulator import Emulator
from connector.sample_tenant import sample_seed

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def renamed(value: Any, copy: int) -> Any:
    """*value* with every id in it replaced by that of the copy."""
    if not isinstance(value, str):
        return value
    return _ID.sub(lambda found: str(uuid5(NAMESPACE_OID, f"{copy}/{found.group()}")), value)


def copies(count: int) -> dict[str, list[dict[str, Any]]]:
    """The sample tenant *count* times, as a seed."""
    return {
        entity_set: [
            {name: renamed(value, copy) for name, value in row.items()}
            for copy in range(count)
            for row in rows
        ]
        for entity_set, rows in sample_seed().items()
    }


@cache
def seeded_copies(count: int) -> bytes:
    """The tables of that tenant once seeded; restoring them is faster than seeding."""
    with closing(Emulator(seed=copies(count))) as emulator:
        return emulator.snapshot()
