"""
The run store: one folder a run, with its frozen plan and its report.

Losing it loses history, never correctness: what was written is known from the tenant itself.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.errors import ConnectorError
from connector.runs.plan_file import write_plan

if TYPE_CHECKING:
    from pathlib import Path

    from connector.outcome import RunPlan

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class RunStoreError(ConnectorError):
    """The run store cannot be used; nothing has been written to the tenant yet."""


@dataclass(frozen=True, slots=True)
class FolderRunStore:
    """A run store in a folder of the file system, made when it is first needed."""

    root: Path

    def save_plan(self, run_id: str, plan: RunPlan) -> Path:
        """
        Keep the frozen plan before its first write; where it lies now.

        Raises `RunStoreError` when it cannot be kept whole.
        """
        path = self._folder(run_id) / "plan.jsonl"
        try:
            write_plan(plan, path)
        except OSError as error:
            raise _failed(path, error) from error
        return path

    def save_report(self, run_id: str, document: str) -> Path:
        """Keep the report (JSON text) of a run that has ended; raises `RunStoreError`."""
        path = self._folder(run_id) / "report.json"
        temporary = path.with_name("report.json.part")
        try:
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.write(document)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except OSError as error:
            raise _failed(path, error) from error
        return path

    def _folder(self, run_id: str) -> Path:
        if not _RUN_ID.fullmatch(run_id):
            message = f"{run_id!r} cannot be a run id: expected letters, digits, dots and hyphens"
            raise RunStoreError(message)
        folder = self.root / run_id
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _failed(folder, error) from error
        return folder


def _failed(path: Path, error: OSError) -> RunStoreError:
    return RunStoreError(f"the run store cannot keep {path}: {error.strerror or error}")
