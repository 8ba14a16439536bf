"""Runs whose parts are small, so that a few contracts make several of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector import Connector
    from tests.end_to_end.tenant import TestTenant


@contextmanager
def in_parts(tenant: TestTenant, contracts: int, **environ: str) -> Iterator[Connector]:
    """A connector whose parts have so many contracts."""
    with tenant.connector(**environ) as connector:
        connector._environment.contracts_per_part = contracts
        yield connector


def kept(tenant: TestTenant, run_id: str) -> list[str]:
    """The names of what is kept of a run."""
    return sorted(path.name for path in folder_of(tenant, run_id).iterdir())


def folder_of(tenant: TestTenant, run_id: str) -> Path:
    """Where the files of a run are."""
    return tenant.folder / "runs" / "runs" / run_id
