"""
Where the rows of a seed come from: mappings, OData pages, files of several kinds, folders.

Every source becomes raw tables; what is wrong with a file is noted, and the others are read.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.rows.seed_csv import read_csv
from connector.emulator.rows.seed_faults import Findings, in_file
from connector.emulator.rows.seed_json import JsonReader, Pages
from connector.emulator.rows.seed_xml import read_data_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.rows.seed_rows import RawTable

SeedSource = Mapping[str, Any] | Sequence[Any] | Path
_MOST_BYTES: Final = 2 * 1024**3
_DEEPEST: Final = 2
_ZIP: Final = b"PK\x03\x04"
_KINDS: Final = ".json, .csv, .zip and the data.xml of the Configuration Migration tool"
# What the Configuration Migration tool puts beside its data, and what systems leave in folders.
_BESIDE: Final = frozenset(
    {"data_schema.xml", "[content_types].xml", "desktop.ini", "thumbs.db", ".ds_store"}
)


# What zipfile raises for damaged, encrypted and unknown contents.
_BROKEN: Final = (
    *(RuntimeError, NotImplementedError, OSError, EOFError, ValueError, IndexError),
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error),
)


@dataclass(frozen=True, slots=True)
class SourceReader:
    """Reads sources; *faults* gets what is wrong, *pages* which pages of tables there were."""

    faults: Findings = field(default_factory=Findings)
    pages: Pages = field(default_factory=Pages)

    def read(self, source: SeedSource) -> Iterator[RawTable]:
        """The raw tables of one source."""
        if isinstance(source, Path):
            return self._path(source)
        return JsonReader("", self.faults, self.pages).document(source)

    def content(self, name: str, content: bytes, depth: int = 0) -> Iterator[RawTable]:
        """The raw tables of a file's content; *name* tells its kind, and the table of a CSV."""
        kind = PurePosixPath(name).suffix.lower()
        if content.startswith(_ZIP) or kind == ".zip":
            return self._archive(name, content, depth + 1)
        if kind == ".csv":
            return read_csv(name, content, self.faults)
        if kind == ".xml":
            return read_data_xml(name, content, self.faults)
        if kind in (".json", ""):
            return JsonReader(name, self.faults, self.pages).content(content)
        self.faults.add(f"{in_file(name)}this kind of file is no seed; expected: {_KINDS}")
        return iter(())

    def _path(self, path: Path) -> Iterator[RawTable]:
        try:
            yield from self._folder(path) if path.is_dir() else self._file(path)
        except OSError as error:
            self.faults.add(f"{in_file(str(path))}{error.strerror or error}")

    def _file(self, path: Path) -> Iterator[RawTable]:
        if not _is_json(path):
            yield from self.content(str(path), path.read_bytes())
            return
        with path.open("rb") as file:
            yield from JsonReader(str(path), self.faults, self.pages).stream(file)

    def _folder(self, path: Path) -> Iterator[RawTable]:
        files = [one for one in sorted(path.iterdir()) if _is_meant(one.name, in_folder=True)]
        if not files:
            self.faults.add(f"{in_file(str(path))}no file of a seed; expected: {_KINDS}")
        for file in files:
            yield from self._path(file)

    def _archive(self, name: str, content: bytes, depth: int) -> Iterator[RawTable]:
        if depth > _DEEPEST:
            self.faults.add(f"{in_file(name)}an archive that deep inside others is not read")
            return
        try:
            archive = zipfile.ZipFile(BytesIO(content))
            members = _members(archive)
        except _BROKEN as error:
            self.faults.add(f"{in_file(name)}no archive that can be read: {error}")
            return
        if sum(one.file_size for one in members) > _MOST_BYTES:
            self.faults.add(f"{in_file(name)}it unpacks to more than {_MOST_BYTES:,} bytes")
            return
        for member in members:
            yield from self._member(archive, member, name, depth)

    def _member(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, depth: int
    ) -> Iterator[RawTable]:
        shown = f"{name}/{member.filename}" if name else member.filename
        try:
            content = archive.read(member)
        except _BROKEN as error:
            self.faults.add(f"{in_file(shown)}it cannot be unpacked: {error}")
            return
        yield from self.content(shown, content, depth)


def _is_json(path: Path) -> bool:
    if path.suffix.lower() not in (".json", ""):
        return False
    with path.open("rb") as file:
        return file.read(len(_ZIP)) != _ZIP


def _is_meant(name: str, *, in_folder: bool = False) -> bool:
    return name.lower() not in _BESIDE and not (in_folder and name.startswith("."))


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of an archive but for those that `data.xml` names as contents of its columns."""
    files = [one for one in archive.infolist() if one.filename and not one.is_dir()]
    paths = {one.filename: PurePosixPath(one.filename) for one in files}
    contents = [p.parent / "files" for p in paths.values() if p.name.lower() == "data.xml"]
    return [
        one
        for one in files
        if _is_meant(paths[one.filename].name)
        and not any(folder in paths[one.filename].parents for folder in contents)
    ]
