"""A run store in a blob container."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from azure.core.exceptions import HttpResponseError
from azure.storage.blob import BlobType

from connector.machine import process_name
from connector.runs.blobs.blob_lease import BlobLease
from connector.runs.blobs.faults import is_missing_blob, status
from connector.runs.blobs.lines import Lines, is_later
from connector.runs.store import name_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from azure.storage.blob import BlobClient, ContainerClient

    from connector.runs.blobs.service import BlobService
    from connector.runs.lease import Lease, LeaseTerms

#: Who wrote a sealed blob, in its metadata: tells whether a request without an answer was ours.
_WRITER: Final = "writer"
#: Counts what this process names, in all of its stores.
_NUMBERS: Final = itertools.count(1)
_CONFLICTS: Final = frozenset({409, 412})


@dataclass(slots=True)
class BlobRunStore:
    """
    A run store in a container that exists already.

    A file is a block blob, there as a whole or not at all; a file of lines is an append blob; a
    sealed one is written on condition that there is none. *process* names this process at the
    moment of asking, as no other one is named: a process that was forked has a name of its own.
    """

    service: BlobService
    process: Callable[[], str] = process_name
    #: Names that one answer of the service may hold; 5,000 is the most it gives.
    names_per_page: int = 5_000
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.service)

    def put(self, name: str, chunks: Iterable[bytes]) -> None:
        """Keep *chunks* as one blob; one request, or above 64 MiB blocks that are committed."""
        content = b"".join(chunks)
        self.service.call(
            lambda container: container.upload_blob(_checked(name), content, overwrite=True),
            self._keeping(name),
        )

    def put_once(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Keep *chunks* for good, on condition that there is no such blob."""
        content, mark = b"".join(chunks), quote(self._name())

        def seal(container: ContainerClient) -> bool:
            blob = container.get_blob_client(_checked(name))
            try:
                blob.upload_blob(content, overwrite=False, metadata={_WRITER: mark})
            except HttpResponseError as error:
                if status(error) not in _CONFLICTS:
                    raise
                return _is_marked(blob, mark)
            return True

        return self.service.call(seal, self._keeping(name))

    def append(self, name: str, line: bytes) -> None:
        """Add a line as one block."""
        self.lines.append(_checked(name), line)

    def get(self, name: str) -> bytes | None:
        """The content of a file, with what stands in later blobs where one was not enough."""
        return self.service.call(
            lambda container: self._content(container, _checked(name)), self._reading(name)
        )

    def names(self, folder: str) -> tuple[str, ...]:
        """What is in *folder*, page by page until all is read."""

        def listed(container: ContainerClient) -> tuple[str, ...]:
            found = container.walk_blobs(
                name_starts_with=_checked(folder),
                delimiter="/",
                results_per_page=self.names_per_page,
            )
            return tuple(sorted(each.name for each in found if not is_later(each.name)))

        return self.service.call(listed, self._reading(folder))

    def delete(self, name: str) -> None:
        """Remove a file with its later blobs, the last one first."""

        def remove(container: ContainerClient) -> None:
            for blob in (*reversed(self.lines.later(container, name)), _checked(name)):
                _delete(container.get_blob_client(blob))

        self.service.call(remove, self._keeping(name))
        self.lines.forget(name)

    def lease(self, name: str, terms: LeaseTerms) -> Lease:
        """A lease of the blob *name*."""
        return BlobLease(service=self.service, name=_checked(name), terms=terms, owner=self._name())

    def close(self) -> None:
        """Close the connections; using the store again opens them again."""
        self.service.close()

    def _content(self, container: ContainerClient, name: str) -> bytes | None:
        try:
            found = container.download_blob(name)
            text = found.readall()
        except HttpResponseError as error:
            if is_missing_blob(error):
                return None
            raise
        is_growing = found.properties.blob_type == BlobType.APPENDBLOB
        blocks = found.properties.append_blob_committed_block_count or 0
        if not is_growing or blocks < self.lines.blocks:
            return text
        later = self.lines.later(container, name)
        return b"".join((text, *(container.download_blob(blob).readall() for blob in later)))

    def _name(self) -> str:
        """A name that is given once."""
        return f"{self.process()}/{next(_NUMBERS)}"

    def _keeping(self, name: str) -> str:
        return f"cannot keep {self.service.address.url}/{name}"

    def _reading(self, name: str) -> str:
        return f"cannot read {self.service.address.url}/{name}"


def _checked(name: str) -> str:
    name_parts(name)
    return name


def _is_marked(blob: BlobClient, mark: str) -> bool:
    """Whether the blob that stands there is what this very call has written."""
    try:
        return (blob.get_blob_properties().metadata or {}).get(_WRITER) == mark
    except HttpResponseError as error:
        if is_missing_blob(error):  # deleted in this moment, but it was there first
            return False
        raise


def _delete(blob: BlobClient) -> None:
    try:
        blob.delete_blob()
    except HttpResponseError as error:
        if not is_missing_blob(error):
            raise
