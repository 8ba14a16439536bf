"""A run store for what is only looked at: a temporary folder that goes when nobody needs it."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

from connector.runs.folder_store import FolderRunStore
from connector.runs.store import RunStoreError


@dataclass(frozen=True, slots=True, weakref_slot=True)
class TemporaryStore(FolderRunStore):
    """A folder that is removed with the last value that reads from it, and when Python ends."""


def temporary_store() -> TemporaryStore:
    """A new one; raises `RunStoreError` when there is no room for it."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="proforma-"))
    except OSError as error:
        message = f"no temporary folder can be made: {error.strerror or error}"
        raise RunStoreError(message) from error
    store = TemporaryStore(folder)
    weakref.finalize(store, shutil.rmtree, folder, ignore_errors=True)
    return store
