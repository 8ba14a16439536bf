"""A guard between the client and the network that lets nothing pass but reads, while it is told."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import UnusableSettings
from connector.dataverse.message import Method

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.message import Request, Response
    from connector.dataverse.transport import Transport

#: A line of a batch body that begins a request of another method than GET, or a change set.
_WRITING: Final = re.compile(
    rb"^(?:(?:POST|PATCH|PUT|DELETE|MERGE) \S|content-type:\s*multipart/)",
    re.MULTILINE | re.IGNORECASE,
)
_BATCH: Final = re.compile(r"(?:^|/)\$batch(?:$|\?)")


@dataclass(slots=True)
class ReadOnlyGuard:
    """Whether writes may leave; one for all connections of an environment."""

    is_on: bool = False

    @contextmanager
    def reading_only(self) -> Iterator[None]:
        """Refuse every write for the length of the block, from whichever thread it comes."""
        before, self.is_on = self.is_on, True
        try:
            yield
        finally:
            self.is_on = before

    def check(self, request: Request) -> None:
        """Raise `UnusableSettings` for a request that could change something."""
        if self.is_on and not is_read(request):
            text = "refused before it was sent: only reads may reach the tenant here"
            raise UnusableSettings(text, request=request.line)


def is_read(request: Request) -> bool:
    """Whether a request only reads: a GET, or a batch of nothing but GETs."""
    if request.method is Method.GET:
        return True
    is_batch = request.method is Method.POST and _BATCH.search(request.path) is not None
    return is_batch and request.body is not None and not _WRITING.search(request.body)


class GuardedTransport:
    """A transport behind a guard."""

    def __init__(self, transport: Transport, guard: ReadOnlyGuard) -> None:
        self._transport = transport
        self._guard = guard

    @property
    def root(self) -> str:
        """That of the transport."""
        return self._transport.root

    def send(self, request: Request) -> Response:
        """The answer; raises `UnusableSettings` for what the guard refuses."""
        self._guard.check(request)
        return self._transport.send(request)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._transport.sleep(seconds)

    def clock(self) -> float:
        """The transport's seconds."""
        return self._transport.clock()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
