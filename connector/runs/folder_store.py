"""A run store in a folder of the file system."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.runs.file_lease import FileLease
from connector.runs.store import RunStoreError, name_parts
from connector.runs.whole_files import TEMPORARY, append_line, read_whole, write_once, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from connector.runs.lease import Lease, LeaseTerms


@dataclass(frozen=True, slots=True)
class FolderRunStore:
    """A run store in a folder, made when it is first needed."""

    root: Path

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep *chunks* as one file; the former one stays when the disk refuses."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, chunks)
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def put_once(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Keep *chunks* for good."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return write_once(path, chunks)
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def append(self, name: str, line: bytes) -> None:
        """Add a line."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            append_line(path, line)
        except OSError as error:
            raise _cannot_keep(path, error) from error

    def get(self, name: str) -> bytes | None:
        """The content of a file."""
        path = self._path(name)
        try:
            return read_whole(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _cannot_read(path, error) from error

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in *folder*, without files that are just being written."""
        path = self._path(folder)
        try:
            found = [(entry.name, entry.is_dir()) for entry in path.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise _cannot_read(path, error) from error
        whole = (f"{name}/" if is_folder else name for name, is_folder in found)
        return tuple(sorted(folder + name for name in whole if not name.endswith(TEMPORARY)))

    def delete(self, name: str) -> None:
        """Remove a file, and its folder with it when that is empty by now."""
        path = self._path(name)
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:
            return
        except OSError as error:
            raise _cannot_keep(path, error) from error
        with suppress(OSError):  # it is not empty, or gone
            path.parent.rmdir()

    def lease(self, name: str, terms: LeaseTerms) -> Lease:
        """A lease file among the others."""
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _cannot_keep(path, error) from error
        return FileLease(path, terms)

    def _path(self, name: str) -> Path:
        """The place of a file, which is never outside of the folder."""
        return self.root.joinpath(*name_parts(name))


def _cannot_keep(path: Path, error: OSError) -> RunStoreError:
    return RunStoreError(f"the run store cannot keep {path}: {error.strerror or error}")


def _cannot_read(path: Path, error: OSError) -> RunStoreError:
    return RunStoreError(f"the run store cannot read {path}: {error.strerror or error}")
