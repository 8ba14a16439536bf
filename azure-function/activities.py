"""What the activities do: each is one step of `Connector.steps`, with documents in and out."""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import uuid4

from app_settings import app_settings
from run_log import tell_answer, tell_report

from connector import Connector

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
        try:
            yield connector
        except BaseException:
            connector.close()
            raise
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


def opened(order: str) -> Connector:
    """A connector whose requests carry the order's id, and a part's share of the limits."""
    settings = app_settings(os.environ).of_one_part
    return Connector(settings, session=f"{order}-{uuid4().hex[:8]}")


def act(step: str, document: Document) -> Document:
    """The answer to one step, which the log tells as well; a fault of the program is raised."""
    order = order_of(document)
    with _connectors.one(order) as connector:
        answer = connector.answer_step(step, document, lambda report: tell_report(report, order))
    tell_answer(step, document, answer, order)
    return answer


def order_of(document: Document) -> str:
    """The id of the order that an activity belongs to."""
    hold = document.get("hold") or document.get("order") or {}
    return str(hold.get("run_id") or document["run_id"])
