"""
Files that grow line by line, as append blobs.

Each line is one block, taken as a whole or not at all, and asked for at the position where the
file ends. A request whose answer was lost is therefore sent again without adding its line twice:
the first one has either used up that position, or can never use it any more. An append blob takes
50,000 blocks; what comes after them stands in a blob of the same name with `~0002` behind it.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from azure.core.exceptions import HttpResponseError, ResourceExistsError

from connector.runs.blobs.faults import error_code, is_missing_blob, is_passing, status
from connector.runs.store import RunStoreError

if TYPE_CHECKING:
    from azure.storage.blob import BlobClient, BlobProperties, ContainerClient

    from connector.runs.blobs.service import BlobService

#: Blocks that the service takes in one append blob.
BLOCKS: Final = 50_000
#: Bytes that every version of the service takes as one block.
LONGEST: Final = 4 * 1024 * 1024
#: The end of the name of a blob that goes on where a full one ends.
_LATER: Final = re.compile(r"~\d{4}$")
_POSITION_TAKEN: Final = "AppendPositionConditionNotMet"
_FULL: Final = "BlockCountExceedsLimit"
_NO_SUCH_RANGE: Final = 416
#: How often others may be faster before it is a fault.
_RACES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Where the next line goes: in the blob with this *number*, at *size*, as its next block."""

    number: int = 1
    size: int = 0
    blocks: int = 0


@dataclass(slots=True)
class Lines:
    """The growing files of one container; *blocks* are what one blob takes."""

    service: BlobService
    blocks: int = BLOCKS
    _ends: dict[str, _End] = field(default_factory=dict, init=False, repr=False)
    _locks: defaultdict[str, threading.Lock] = field(
        default_factory=lambda: defaultdict(threading.Lock), init=False, repr=False
    )

    def append(self, name: str, line: bytes) -> None:
        """Add *line* and a line end, once; raises `RunStoreError`."""
        text = line + b"\n"
        if len(text) > LONGEST:
            message = f"the run store cannot keep a line of {len(text)} bytes: at most {LONGEST}"
            raise RunStoreError(message)
        with self._locks[name]:  # lines of this process wait for each other, not for a refusal
            sending = _Sending(lines=self, name=name, text=text)
            self.service.call(sending.attempt, f"cannot keep {self.service.address.url}/{name}")

    def later(self, container: ContainerClient, name: str) -> list[str]:
        """The blobs that go on where the file *name* ends, in their order."""
        found = container.list_blob_names(name_starts_with=f"{name}~")
        return sorted(blob for blob in found if is_later(blob))

    def forget(self, name: str) -> None:
        """Look where the file ends when the next line comes."""
        self._ends.pop(name, None)

    def end(self, container: ContainerClient, name: str) -> _End:
        """Where the next line goes, as far as is known here; a new blob is made where needed."""
        if name not in self._ends:
            self._ends[name] = self._found(container, name)
        return self._ends[name]

    def went(self, name: str, end: _End) -> None:
        """Remember where the file ends now."""
        self._ends[name] = end

    def _found(self, container: ContainerClient, name: str) -> _End:
        end = _End()
        while True:
            there = _made(container.get_blob_client(blob_name(name, end.number)))
            blocks = there.append_blob_committed_block_count or 0
            if blocks < self.blocks:
                return replace(end, size=there.size, blocks=blocks)
            end = _End(number=end.number + 1)


@dataclass(slots=True)
class _Sending:
    """One line on its way; *unheard* is where it may stand although nobody said so."""

    lines: Lines
    name: str
    text: bytes
    unheard: _End | None = None

    def attempt(self, container: ContainerClient) -> None:
        """Add the line unless an earlier attempt has; raises what the library raises."""
        for _ in range(_RACES):
            if self._is_through(container):
                return
        message = f"others add lines to {self.name} all the time"
        raise RunStoreError(message)

    def _is_through(self, container: ContainerClient) -> bool:
        end = self.unheard or self.lines.end(container, self.name)
        blob = container.get_blob_client(blob_name(self.name, end.number))
        before, self.unheard = self.unheard, end  # until an answer is heard, whatever ends the wait
        try:
            blob.append_block(self.text, appendpos_condition=end.size)
        except HttpResponseError as error:
            if is_passing(error):
                raise
            self.unheard = before
            return self._is_refused(blob, end, error)
        self._went(end)
        return True

    def _is_refused(self, blob: BlobClient, end: _End, error: HttpResponseError) -> bool:
        """Whether the line stands there all the same; raises *error* for any other reason."""
        if error_code(error) not in (_POSITION_TAKEN, _FULL) and not is_missing_blob(error):
            raise error
        if self.unheard is not None and _piece(blob, end.size, len(self.text)) == self.text:
            self._went(end)
            return True
        self.unheard = None
        self.lines.forget(self.name)
        return False

    def _went(self, end: _End) -> None:
        blocks, size = end.blocks + 1, end.size + len(self.text)
        if blocks < self.lines.blocks:
            self.lines.went(self.name, replace(end, size=size, blocks=blocks))
        else:
            self.lines.forget(self.name)


def _piece(blob: BlobClient, start: int, length: int) -> bytes:
    """What stands at a place of a blob; nothing where it ends before."""
    try:
        return blob.download_blob(offset=start, length=length).readall()
    except HttpResponseError as error:
        if status(error) == _NO_SUCH_RANGE or is_missing_blob(error):
            return b""
        raise


def blob_name(name: str, number: int) -> str:
    """The blob that holds the lines of file *name* after those of *number* - 1 full ones."""
    return name if number == 1 else f"{name}~{number:04}"


def is_later(blob: str) -> bool:
    """Whether a blob only goes on where another one is full."""
    return _LATER.search(blob) is not None


def _made(blob: BlobClient) -> BlobProperties:
    """The blob, made where it is missing."""
    try:
        return blob.get_blob_properties()
    except HttpResponseError as error:
        if not is_missing_blob(error):
            raise
    with suppress(ResourceExistsError):  # somebody else may be faster
        blob.create_append_blob(headers={"If-None-Match": "*"})
    return blob.get_blob_properties()
