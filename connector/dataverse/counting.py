"""How many requests went out, by kind."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.dataverse.message import Request, Response

_TOO_MANY = 429


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatistics:
    """Requests answered so far, repetitions included; *throttled* counts answers 429 among them."""

    get: int
    batch: int
    other: int
    throttled: int


class RequestCounter:
    """Counts answered requests; safe from any thread."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    @property
    def statistics(self) -> RequestStatistics:
        """What was counted until now."""
        with self._lock:
            counts = self._counts.copy()
        return RequestStatistics(
            get=counts["get"],
            batch=counts["batch"],
            other=counts["other"],
            throttled=counts["throttled"],
        )

    def note(self, request: Request, response: Response) -> None:
        """Count a request by its kind and its answer."""
        kind = "batch" if request.path == "$batch" else request.method.lower()
        with self._lock:
            self._counts[kind if kind in {"batch", "get"} else "other"] += 1
            self._counts["throttled"] += response.status == _TOO_MANY
