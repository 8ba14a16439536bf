"""
The run store: a few named texts per run and per tenant, in a folder or wherever they are safe.

Losing it loses history, never correctness: what was written is known from the tenant itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from connector.errors import ConnectorError
from connector.runs.whole_files import append_line, read_whole, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from connector.invoicing.ids import OrganizationId
    from connector.runs.lease import Lease, LeaseTerms

#: A name that every file system takes: no device of Windows, and no dot at its end.
_RUN_ID = re.compile(
    r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$))[a-z0-9](?:[a-z0-9._-]{0,98}[a-z0-9_-])?",
    re.IGNORECASE | re.ASCII,
)


class RunStoreError(ConnectorError):
    """The run store cannot be used."""


class RunFile(StrEnum):
    """What is kept of one run."""

    PLAN = "plan.jsonl"
    PROGRESS = "progress.jsonl"
    REPORT = "report.json"
    ATTEMPT = "attempt.json"
    STOPPED = "stopped.json"
    UNDOING = "undoing.txt"
    UNDONE = "undone.json"


class TenantFile(StrEnum):
    """What is kept of one tenant over all runs."""

    DIALECT = "dialect"


class RunStore(Protocol):
    """Where runs are remembered; every method raises `RunStoreError` when the place refuses."""

    def put(self, run_id: str, kind: RunFile, lines: Iterable[str]) -> None:
        """Keep a text of a run, whole or not at all; *lines* carry their line ends."""

    def append(self, run_id: str, kind: RunFile, line: str) -> None:
        """Add a line to a text of a run."""

    def get(self, run_id: str, kind: RunFile) -> str | None:
        """A text of a run; None where it was not kept."""

    def first_line(self, run_id: str, kind: RunFile) -> str | None:
        """The first line of a text of a run, which may be long; None where it was not kept."""

    def run_ids(self) -> tuple[str, ...]:
        """Every run that something was kept of, oldest first."""

    def put_tenant(self, tenant: OrganizationId, kind: TenantFile, text: str) -> None:
        """Keep a text of a tenant."""

    def get_tenant(self, tenant: OrganizationId, kind: TenantFile) -> str | None:
        """A text of a tenant; None where it was not kept."""

    def lease(self, tenant: OrganizationId, terms: LeaseTerms) -> Lease:
        """The right to write to a tenant, which one run has at a time; not taken yet."""


@dataclass(frozen=True, slots=True)
class FolderRunStore:
    """A run store in a folder of the file system, made when it is first needed."""

    root: Path

    def put(self, run_id: str, kind: RunFile, lines: Iterable[str]) -> None:
        """Keep a text of a run; the old one stays when the disk refuses."""
        path = self._folder(run_id) / kind
        try:
            write_whole(path, lines)
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def append(self, run_id: str, kind: RunFile, line: str) -> None:
        """Add a line to a text of a run."""
        path = self._folder(run_id) / kind
        try:
            append_line(path, line)
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def get(self, run_id: str, kind: RunFile) -> str | None:
        """A text of a run."""
        return _read(self.root / _checked(run_id) / kind)

    def first_line(self, run_id: str, kind: RunFile) -> str | None:
        """The first line of a text of a run."""
        path = self.root / _checked(run_id) / kind
        try:
            with path.open(encoding="utf-8") as file:
                return file.readline()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _cannot_read(path, error) from error

    def run_ids(self) -> tuple[str, ...]:
        """The folders that hold a file of a run, by the time of the oldest file."""
        try:
            found = [(_begun(path), path.name) for path in self.root.iterdir() if path.is_dir()]
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise _cannot_read(self.root, error) from error
        return tuple(name for begun, name in sorted(found) if begun and _RUN_ID.fullmatch(name))

    def put_tenant(self, tenant: OrganizationId, kind: TenantFile, text: str) -> None:
        """Keep a text of a tenant."""
        path = self.root / f"{kind}-{tenant}.json"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            write_whole(path, (text,))
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def get_tenant(self, tenant: OrganizationId, kind: TenantFile) -> str | None:
        """A text of a tenant."""
        return _read(self.root / f"{kind}-{tenant}.json")

    def lease(self, tenant: OrganizationId, terms: LeaseTerms) -> Lease:
        """A lease file beside the runs."""
        from connector.runs.file_lease import FileLease  # noqa: PLC0415 - it needs this module

        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(self.root, error) from error
        return FileLease(self.root / f"lease-{tenant}.json", terms)

    def _folder(self, run_id: str) -> Path:
        folder = self.root / _checked(run_id)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(folder, error) from error
        return folder


def _checked(run_id: str) -> str:
    if not _RUN_ID.fullmatch(run_id):
        message = (
            f"{run_id!r} cannot be a run id: expected letters, digits, dots, hyphens and"
            " underscores, no dot at the end, and no name of a device such as CON"
        )
        raise RunStoreError(message)
    return run_id


def _read(path: Path) -> str | None:
    try:
        return read_whole(path)
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _cannot_read(path, error) from error


def _begun(folder: Path) -> float:
    """When the first of the run's files was written; 0 when there is none."""
    files = (folder / kind for kind in RunFile)
    return min((file.stat().st_mtime for file in files if file.is_file()), default=0.0)


def _cannot_keep(path: Path, error: OSError) -> RunStoreError:
    return RunStoreError(f"the run store cannot keep {path}: {error.strerror or error}")


def _cannot_read(path: Path, error: OSError | UnicodeDecodeError) -> RunStoreError:
    reason = getattr(error, "strerror", None) or error
    return RunStoreError(f"the run store cannot read {path}: {reason}")
