"""
The run store: named files that outlive a process, in a folder or in a blob container.

Losing it loses history, never correctness: what was written is known from the tenant itself.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol

from connector.errors import ConnectorError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.runs.lease import Lease, LeaseTerms


class RunStoreError(ConnectorError):
    """The run store cannot be used."""


class RunStoreUnreachable(RunStoreError):  # noqa: N818 - named by what happened
    """The place is configured well enough, but nobody may or can get there."""

    exit_code = ExitCode.CANNOT_READ


class RunStore(Protocol):
    """
    Where runs are remembered; every method raises `RunStoreError` when the place refuses.

    A name is a path of plain words parted by `/`, such as `runs/R1/part-0001.plan`; who uses the
    store takes names from `connector.runs.names`. Safe to use from several threads at once.
    """

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep *chunks* as one file, whole or not at all; a former file gives way."""

    def put_once(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Keep *chunks* for good; False, and nothing changes, where the file is there already."""

    def append(self, name: str, line: bytes) -> None:
        """Add *line* and a line end; whoever reads must expect that the last line was cut."""

    def get(self, name: str) -> bytes | None:
        """The content of a file; None where there is none."""

    def names(self, folder: str) -> tuple[str, ...]:
        """
        The whole names of what is directly in *folder*, sorted; empty where there is no such.

        *folder* ends with `/`, and so do the names of folders.
        """

    def delete(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""

    def lease(self, name: str, terms: LeaseTerms) -> Lease:
        """The right that one run has at a time, under *name*; not taken yet."""


def name_parts(name: str) -> tuple[str, ...]:
    """The words of *name*; raises `RunStoreError` for one that leads out of a store."""
    parts = PurePosixPath(name).parts
    if not parts or ".." in parts or PurePosixPath(name).is_absolute() or "\\" in name:
        message = f"{name!r} cannot be a name in a run store"
        raise RunStoreError(message)
    return parts
