"""
The way of every call to the server, in one place: tag → retry → limit → count → transport.

Each layer does one thing and hands on to the next. The upper two carry calls, because a call may
need several requests; the lower two are transports around a transport, because a request is sent
once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias, TypeVar

from tenacity import Retrying

from connector.dataverse.errors import DataverseError
from connector.dataverse.retry import Course

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

    from connector.dataverse.calls import Call
    from connector.dataverse.counting import RequestCounter
    from connector.dataverse.errors import Throttled
    from connector.dataverse.limiter import Limiter
    from connector.dataverse.message import Request, Response
    from connector.dataverse.retry import RetryPolicy
    from connector.dataverse.transport import Transport

_Answer = TypeVar("_Answer")

Heard: TypeAlias = "Callable[[DataverseError, float], None]"
"""Who is told of a failure, and of the seconds after which the same is sent again."""


def pipeline(
    transport: Transport,
    *,
    tag: str,
    policy: RetryPolicy,
    limiter: Limiter,
    counter: RequestCounter,
    heard: Heard | None = None,
) -> Pipeline:
    """The layers around *transport*, the outermost first; *heard* is told what is sent again."""
    return TagLayer(
        tag,
        RetryLayer(
            policy,
            limiter,
            LimitLayer(
                limiter,
                CountLayer(
                    counter,
                    transport,
                ),
            ),
            heard,
        ),
    )


class Pipeline(Protocol):
    """What carries a call to the server."""

    def carry(self, call: Call[_Answer]) -> _Answer:
        """The call's answer; raises the leaf of DataverseError that fits its failure."""


class TagLayer:
    """Marks every write for the tenant's plug-ins; an empty tag marks nothing."""

    def __init__(self, tag: str, inner: Pipeline) -> None:
        self._tag = tag
        self._inner = inner

    def carry(self, call: Call[_Answer]) -> _Answer:
        """The answer to the tagged call."""
        return self._inner.carry(call.tagged(self._tag))


class RetryLayer:
    """Sends what a call asks for, again as often as `retry.decide` allows, and reads the answer."""

    def __init__(
        self, policy: RetryPolicy, limiter: Limiter, inner: Transport, heard: Heard | None = None
    ) -> None:
        """
        *limiter* hears of throttling, also inside a batch, so that all other calls wait too.

        *heard* is told of each failure after which something is sent again, and of the wait.
        """
        self._policy = policy
        self._limiter = limiter
        self._inner = inner
        self._heard = heard

    def carry(self, call: Call[_Answer]) -> _Answer:
        """The answer, or what is known of the call once it is given up."""
        inner, course = self._inner, Course(call.safety, self._policy, self._hold)
        sendings = Retrying(
            retry=course.goes_on,
            wait=course.wait,
            before_sleep=self._tell,
            sleep=inner.sleep,
            reraise=True,
        )
        try:
            for sending in sendings:
                with sending:
                    request = call.request(inner.root)
                    answer = call.answer(request, inner.send(request))
        except DataverseError as failure:
            return call.given_up(failure)
        return answer

    def _tell(self, state: RetryCallState) -> None:
        failure = state.outcome.exception() if state.outcome else None
        if self._heard is not None and isinstance(failure, DataverseError):
            self._heard(failure, state.upcoming_sleep)

    def _hold(self, throttled: Throttled) -> None:
        self._limiter.hold(throttled, self._inner.clock())


class _Around:
    """A transport around another one, whose clock and connections are its own."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    @property
    def root(self) -> str:
        """The service root."""
        return self._inner.root

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._inner.sleep(seconds)

    def clock(self) -> float:
        """Seconds that only grow."""
        return self._inner.clock()

    def close(self) -> None:
        """Close the connections."""
        self._inner.close()


class LimitLayer(_Around):
    """Lets a request through when the server will not refuse it for being too much."""

    def __init__(self, limiter: Limiter, inner: Transport) -> None:
        super().__init__(inner)
        self._limiter = limiter

    def send(self, request: Request) -> Response:
        """The answer, from which the limiter learns what the server recommends."""
        with self._limiter.slot(self._inner) as stay:
            response = self._inner.send(request)
            stay.on_the_way = response.on_the_way
        self._limiter.observe(response)
        return response


class CountLayer(_Around):
    """Counts the requests that were answered."""

    def __init__(self, counter: RequestCounter, inner: Transport) -> None:
        super().__init__(inner)
        self._counter = counter

    def send(self, request: Request) -> Response:
        """The answer, counted."""
        response = self._inner.send(request)
        self._counter.note(request, response)
        return response
