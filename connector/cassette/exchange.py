"""The format of a cassette: lines of JSON, a head first and then one exchange a line."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec

from connector.errors import ConnectorError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FORMAT: Final = "proforma-cassette/1"
#: What stands in a cassette for the address of the tenant.
ORIGIN: Final = "https://recorded.invalid"


class CassetteError(ConnectorError):
    """A file that is no cassette, or cannot be read or written; says which line and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first line of a cassette."""

    format: str = FORMAT


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """
    What a request and an answer have in common: headers by lower-case name, and a body.

    *body* is text; a body that is none is *base64*, at most one of the two is there. A body that
    came compressed or in chunks stands here whole and plain.
    """

    headers: dict[str, str]
    body: str | None = None
    base64: str | None = None

    @property
    def content(self) -> bytes:
        """The body as bytes."""
        if self.base64 is not None:
            return base64.b64decode(self.base64)
        return (self.body or "").encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRequest(Message):
    """A request; *target* is path and query as they were sent."""

    method: str
    target: str

    @property
    def line(self) -> str:
        """The request for a person."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedResponse(Message):
    """An answer."""

    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer; *number* counts from 1."""

    number: int
    request: RecordedRequest
    response: RecordedResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Cassette:
    """All exchanges in their order."""

    exchanges: tuple[Exchange, ...]


def head_line() -> bytes:
    """The first line of a cassette."""
    return msgspec.json.encode(Head()) + b"\n"


def exchange_line(exchange: Exchange) -> bytes:
    """An exchange as the line of a cassette."""
    return msgspec.json.encode(exchange) + b"\n"


def read_cassette(path: Path) -> Cassette:
    """
    The cassette in *path*; raises `CassetteError`, which names the line that is at fault.

    A last line that was cut, as by a recorder that was killed, is left out.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        message = f"cannot read the cassette {path}: {error.strerror or error}"
        raise CassetteError(message) from error
    lines = content.split(b"\n")
    whole, rest = lines[:-1], lines[-1]
    if not whole or not _is_head(whole[0]):
        message = (
            f"{path} is no cassette: expected {head_line().decode().strip()} in its first line"
        )
        raise CassetteError(message)
    exchanges = tuple(_exchanges(path, whole[1:]))
    if rest and not exchanges:
        message = f"{path}, line 2: the only exchange was cut"
        raise CassetteError(message)
    return Cassette(exchanges=exchanges)


def _is_head(line: bytes) -> bool:
    try:
        return msgspec.json.decode(line, type=Head).format == FORMAT
    except msgspec.DecodeError:
        return False


def _exchanges(path: Path, lines: list[bytes]) -> Iterator[Exchange]:
    for number, line in enumerate(lines, start=2):
        try:
            yield msgspec.json.decode(line, type=Exchange)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            message = f"{path}, line {number}: expected an exchange: {error}"
            raise CassetteError(message) from error
