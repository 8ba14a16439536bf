"""How many requests an environment has sent, in all and from one moment on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.outcome import RequestCounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from connector.usecases.environment import Environment


def request_counts(environment: Environment) -> RequestCounts:
    """The requests that the environment's client has sent so far."""
    counts = environment.client.statistics
    return RequestCounts(
        get=counts.get, batch=counts.batch, other=counts.other, throttled=counts.throttled
    )


def requests_since(environment: Environment) -> Callable[[], RequestCounts]:
    """What tells, when it is asked, the requests from now on."""
    before = request_counts(environment)

    def since() -> RequestCounts:
        now = request_counts(environment)
        return RequestCounts(
            get=now.get - before.get,
            batch=now.batch - before.batch,
            other=now.other - before.other,
            throttled=now.throttled - before.throttled,
        )

    return since


def all_requests(counts: Iterable[RequestCounts]) -> RequestCounts:
    """Several counts together."""
    found = tuple(counts)
    return RequestCounts(
        get=sum(item.get for item in found),
        batch=sum(item.batch for item in found),
        other=sum(item.other for item in found),
        throttled=sum(item.throttled for item in found),
    )
