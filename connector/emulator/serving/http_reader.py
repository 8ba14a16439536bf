"""Reads HTTP/1.1 request heads and chunked bodies from a connection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    import io
    from collections.abc import Mapping

# Above the 65,536 characters that a URL inside a batch may have, so that the refusal of a
# longer one is the application's own.
MAXIMUM_LINE: Final = 131_072
MAXIMUM_HEADERS: Final = 200
_REQUEST_LINE_WORDS: Final = 3


class BadMessage(Exception):  # noqa: N818  it names the message, not the raising
    """A request that is not HTTP/1.x as far as this server reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHead:
    """Request line and headers; *target* as sent, *environ* holds the headers as WSGI keys."""

    method: str
    target: str
    path: str
    query: str
    version: str
    environ: Mapping[str, str]

    @property
    def length(self) -> int:
        """The announced length of the body, 0 when none is announced."""
        text = self.environ.get("CONTENT_LENGTH", "0").strip()
        if not text.isdecimal():
            message = "Content-Length is no number"
            raise BadMessage(message)
        return int(text)

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return "chunked" in self.environ.get("HTTP_TRANSFER_ENCODING", "").lower()

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for leave to send its body."""
        return self.environ.get("HTTP_EXPECT", "").lower() == "100-continue"

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection outlives the answer."""
        wish = self.environ.get("HTTP_CONNECTION", "").lower()
        return wish == "keep-alive" if self.version == "HTTP/1.0" else wish != "close"


def read_head(reader: io.BufferedIOBase) -> MessageHead | None:
    """Read a request head; None when the client closed the connection instead."""
    line = _line(reader)
    while line in (b"\r\n", b"\n"):
        line = _line(reader)
    if not line:
        return None
    words = line.decode("latin-1").rstrip("\r\n").split(" ")
    if len(words) != _REQUEST_LINE_WORDS or not words[2].startswith("HTTP/1."):
        message = "the request line is not METHOD TARGET HTTP/1.x"
        raise BadMessage(message)
    method, target, version = words
    path, _, query = target.partition("?")
    return MessageHead(
        method=method.upper(),
        target=target,
        path=unquote_to_bytes(_without_origin(path)).decode("latin-1"),
        query=query,
        version=version,
        environ=_headers(reader),
    )


class ChunkedBody:
    """A body in chunks, as a readable stream; malformed chunks raise `BadMessage`."""

    def __init__(self, reader: io.BufferedIOBase) -> None:
        self._reader = reader
        self._content: bytes | None = None
        self._position = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes, or everything that is left."""
        if self._content is None:
            self._content = b"".join(iter(self._chunk, b""))
        end = len(self._content) if size < 0 else self._position + size
        piece = self._content[self._position : end]
        self._position += len(piece)
        return piece

    def _chunk(self) -> bytes:
        try:
            size = int(_line(self._reader).split(b";")[0].strip(), 16)
        except ValueError as error:
            message = "a chunk has no size"
            raise BadMessage(message) from error
        if size == 0:
            while _line(self._reader).strip():
                pass
            return b""
        data = self._reader.read(size)
        _line(self._reader)
        return data


def _headers(reader: io.BufferedIOBase) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for _ in range(MAXIMUM_HEADERS):
        line = _line(reader)
        if line in (b"\r\n", b"\n", b""):
            return found
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or name != name.strip():
            message = "a header line has no name"
            raise BadMessage(message)
        key = _environ_key(name)
        text = value.strip()
        found[key] = f"{found[key]}, {text}" if key in found else text
    message = "there are too many headers"
    raise BadMessage(message)


def _environ_key(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"


def _line(reader: io.BufferedIOBase) -> bytes:
    line = reader.readline(MAXIMUM_LINE + 1)
    if len(line) > MAXIMUM_LINE:
        message = "a line of the request is too long"
        raise BadMessage(message)
    return line


def _without_origin(path: str) -> str:
    """Strip scheme and host of a target in absolute form."""
    if path.startswith("/"):
        return path
    _, found, rest = path.partition("://")
    return f"/{rest.partition('/')[2]}" if found else path
