"""
Faults that a test plans ahead: matched by request, consumed in order.

Each fault stands for one way in which a real tenant or the way to it breaks,
on a known side of the commit.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.json_text import dumps, invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

_HTML: Final = b"<html><head><title>Service Unavailable</title></head><body><h1>Oops</h1></body>"


class FaultKind(StrEnum):
    """What goes wrong."""

    STATUS = "status"
    DROP_BEFORE = "drop-before"
    DROP_AFTER = "drop-after"
    HALF_BODY = "half-body"
    GARBLED = "garbled"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedFault:
    """
    One planned fault.

    *method* is exact or empty for any; *path* is a regular expression searched
    in path and query as sent, below the host. *skip* matching requests pass
    unharmed first, then *times* are hit. *body* replaces the answer's entity of
    `status` and `garbled`; *seconds* is how much longer a `slow` answer takes.
    """

    kind: FaultKind
    method: str = ""
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int = 503
    code: str = ""
    message: str = "The service is unavailable."
    retry_after: float | None = None
    seconds: float = 0.0
    body: str | None = None

    def matches(self, method: str, target: str) -> bool:
        """Whether this fault is meant for a request."""
        return self.method in {"", method} and re.search(self.path, target) is not None

    @property
    def answers_at_once(self) -> bool:
        """Whether the request is answered without being carried out."""
        return self.kind in {FaultKind.STATUS, FaultKind.DROP_BEFORE}

    def answer(self) -> Response:
        """Return the answer of a `status` fault."""
        error = {"error": {"code": self.code, "message": self.message}}
        if self.body is None:
            kind, body = "application/json; odata.metadata=minimal", dumps(error)
        else:
            kind, body = "text/html", self.body.encode()
        headers = [("Content-Type", kind)]
        if self.retry_after is not None:
            headers.append(("Retry-After", f"{self.retry_after:g}"))
        return Response(status=self.status, headers=tuple(headers), body=body)

    def spoil(self, response: Response) -> Response:
        """Return *response* as this fault lets it arrive."""
        if self.kind is FaultKind.HALF_BODY:
            length = ("Content-Length", str(max(len(response.body), 2)))
            half = response.body[: len(response.body) // 2]
            return replace(response, headers=(*response.headers, length), body=half)
        if self.kind is FaultKind.GARBLED:
            text = _HTML if self.body is None else self.body.encode()
            kept = tuple(h for h in response.headers if h[0].lower() != "content-type")
            return Response(status=200, headers=(*kept, ("Content-Type", "text/html")), body=text)
        return response


@dataclass(slots=True)
class FaultScript:
    """The faults still to come, in order; the first that matches is used up."""

    _lock: threading.Lock = field(default_factory=threading.Lock)
    _planned: list[ScriptedFault] = field(default_factory=list)

    def add(self, *faults: ScriptedFault) -> None:
        """Plan more faults, after the ones that wait already."""
        with self._lock:
            self._planned.extend(faults)

    def clear(self) -> None:
        """Forget every planned fault."""
        with self._lock:
            self._planned.clear()

    @property
    def planned(self) -> tuple[ScriptedFault, ...]:
        """The faults that have not been used up."""
        with self._lock:
            return tuple(self._planned)

    def take(self, method: str, target: str) -> ScriptedFault | None:
        """Use up and return the first fault meant for a request."""
        if not self._planned:
            return None
        with self._lock:
            for index, fault in enumerate(self._planned):
                if fault.matches(method, target):
                    return self._use(index, fault)
        return None

    def _use(self, index: int, fault: ScriptedFault) -> ScriptedFault | None:
        if fault.skip > 0:
            self._planned[index] = replace(fault, skip=fault.skip - 1)
            return None
        if fault.times > 1:
            self._planned[index] = replace(fault, times=fault.times - 1)
        else:
            del self._planned[index]
        return fault


def read_fault(value: Mapping[str, Any]) -> ScriptedFault:
    """Read a fault from the JSON of the control plane; names the key that is wrong."""
    fields = ScriptedFault.__dataclass_fields__
    unknown = sorted(set(value) - set(fields))
    if unknown:
        raise invalid(reason=f"a fault has no '{unknown[0]}'; it knows {', '.join(fields)}")
    try:
        fault = ScriptedFault(**{**value, "kind": FaultKind(value.get("kind", ""))})
        re.compile(fault.path)
    except (ValueError, TypeError, re.error) as error:
        raise invalid(str(error)) from error
    return fault
