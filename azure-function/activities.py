"""What the activities do: each is one step of `Connector.steps`, with documents in and out."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

from app_settings import app_settings
from run_log import tell_answer, tell_report

from connector import Connector
from connector.telemetry import continuing
from connector.telemetry_export import start_export

if TYPE_CHECKING:
    from collections.abc import Iterator

Document: TypeAlias = "dict[str, Any]"


class IdleConnectors:
    """
    Connectors that wait for the next activity of the same order.

    What a connector has read of the tenant's metadata holds for one order, so that not every
    activity reads it again. Each is used by one activity at a time.
    """

    def __init__(self) -> None:
        self._order = ""
        self._idle: list[Connector] = []
        self._lock = Lock()

    @contextmanager
    def one(self, order: str) -> Iterator[Connector]:
        """A connector for an activity of *order*; one that a fault came out of is not kept."""
        connector = self._taken(order) or opened(order)
        with ExitStack() as on_fault:
            on_fault.callback(connector.close)
            yield connector
            on_fault.pop_all()
        self._keep(order, connector)

    def _taken(self, order: str) -> Connector | None:
        with self._lock:
            former = [] if order == self._order else self._idle
            if order != self._order:
                self._order, self._idle = order, []
            found = self._idle.pop() if self._idle else None
        for connector in former:
            connector.close()
        return found

    def _keep(self, order: str, connector: Connector) -> None:
        with self._lock:
            is_current = order == self._order
            if is_current:
                self._idle.append(connector)
        if not is_current:
            connector.close()


_connectors: Final = IdleConnectors()
#: Sends what was measured; an instance may be taken away as soon as its run has ended.
_flush: Final = start_export(os.environ)
_ENDS: Final = ("write_part", "finish_run", "note_failure", "close_order")


def opened(order: str) -> Connector:
    """A connector whose requests carry the order's id, and a part's share of the limits."""
    settings = app_settings(os.environ).of_one_part
    return Connector(settings, session=f"{order}-{uuid4().hex[:8]}")


def act(step: str, document: Document, traceparent: str | None) -> Document:
    """
    The answer to one step, which the log tells as well; a fault of the program is raised.

    What is measured of it belongs to the platform's trace of this activity.
    """
    order = order_of(document)
    with continuing(traceparent), _connectors.one(order) as connector:
        answer = connector.answer_step(step, document, lambda report: tell_report(report, order))
    tell_answer(step, document, answer, order)
    if step in _ENDS:
        _flush()
    return answer


def order_of(document: Document) -> str:
    """The id of the order that an activity belongs to."""
    hold = document.get("hold") or document.get("order") or {}
    return str(hold.get("run_id") or document["run_id"])
