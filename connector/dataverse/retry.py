"""What is sent again, after which wait, and when to stop: one decision function for every call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from connector.dataverse.errors import (
    Ambiguous,
    DataverseError,
    MalformedAnswer,
    NotSent,
    ServerFault,
    SignInFailed,
    Throttled,
    Unauthorized,
)
from connector.dataverse.message import RetrySafety

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenacity import RetryCallState

__all__ = ["Attempt", "Course", "GiveUp", "Retry", "RetryPolicy", "RetrySafety", "decide"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """
    Bounds on sending again; times are in seconds.

    A wait that the server asks for is kept as it is, or not begun at all when it would exceed the
    budget, which counts all waits of one call together.
    """

    attempts: int = 5
    throttled_attempts: int = 30
    max_wait: float = 30.0
    budget: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Where a call stands: sendings made, seconds waited, whether a new token was tried."""

    number: int = 1
    waited: float = 0.0
    signed_in_again: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """Send again after so many seconds."""

    wait: float


@dataclass(frozen=True, slots=True)
class GiveUp:
    """Let the failure out."""


Decision: TypeAlias = Retry | GiveUp

_MALFORMED_ATTEMPTS = 2
_WORTH_REPEATING = frozenset({500, 502, 503, 504})


def decide(
    failure: DataverseError, attempt: Attempt, safety: RetrySafety, policy: RetryPolicy
) -> Decision:
    """Whether to send again after *failure*, which was the outcome of *attempt*."""
    if attempt.number >= _most_attempts(failure, policy) or not _allowed(failure, attempt, safety):
        return GiveUp()
    wait = _wait(failure, attempt, policy)
    return Retry(wait) if attempt.waited + wait <= policy.budget else GiveUp()


class Course:
    """
    The decisions of one call, told to tenacity in the two pieces that it asks for.

    *throttled* hears of every failure that a protection limit caused, also of the last one.
    """

    def __init__(
        self, safety: RetrySafety, policy: RetryPolicy, throttled: Callable[[Throttled], None]
    ) -> None:
        self._safety = safety
        self._policy = policy
        self._throttled = throttled
        self._signed_in_again = False
        self._next_wait = 0.0

    def goes_on(self, state: RetryCallState) -> bool:
        """Whether the outcome of the last sending is a failure after which it is sent again."""
        failure = state.outcome.exception() if state.outcome else None
        if not isinstance(failure, DataverseError):
            return False
        if isinstance(failure, Throttled):
            self._throttled(failure)
        attempt = Attempt(
            number=state.attempt_number,
            waited=state.idle_for,
            signed_in_again=self._signed_in_again,
        )
        decision = decide(failure, attempt, self._safety, self._policy)
        self._signed_in_again = self._signed_in_again or isinstance(failure, Unauthorized)
        self._next_wait = decision.wait if isinstance(decision, Retry) else 0.0
        return isinstance(decision, Retry)

    def wait(self, _state: RetryCallState) -> float:
        """Seconds until it is sent again."""
        return self._next_wait


def _most_attempts(failure: DataverseError, policy: RetryPolicy) -> int:
    if isinstance(failure, Throttled):
        return policy.throttled_attempts
    if isinstance(failure, MalformedAnswer):
        return min(_MALFORMED_ATTEMPTS, policy.attempts)
    return policy.attempts


def _allowed(failure: DataverseError, attempt: Attempt, safety: RetrySafety) -> bool:
    if isinstance(failure, Ambiguous):
        return safety is not RetrySafety.UNSAFE
    if isinstance(failure, ServerFault):
        return safety is not RetrySafety.UNSAFE and failure.status in _WORTH_REPEATING
    if isinstance(failure, MalformedAnswer):
        return safety is RetrySafety.SAFE
    return _did_not_act(failure, attempt)


def _did_not_act(failure: DataverseError, attempt: Attempt) -> bool:
    if isinstance(failure, NotSent):
        return not failure.permanent
    if isinstance(failure, SignInFailed):
        return failure.transient
    if isinstance(failure, Unauthorized):
        return not attempt.signed_in_again
    return isinstance(failure, Throttled)


def _wait(failure: DataverseError, attempt: Attempt, policy: RetryPolicy) -> float:
    if isinstance(failure, Unauthorized):
        return 0.0
    asked = failure.retry_after if isinstance(failure, Throttled) else None
    return asked or _backoff(failure, attempt, policy)


def _backoff(failure: DataverseError, attempt: Attempt, policy: RetryPolicy) -> float:
    """
    Doubling seconds, the upper half of each spread by what is called.

    The spread keeps workers that failed together from returning together, and is computed and
    not drawn, so that a run can be repeated exactly.
    """
    full = min(policy.max_wait, float(2 ** min(attempt.number - 1, 20)))
    seed = f"{failure.request} {attempt.number}".encode()
    return full / 2 + full / 2 * (crc32(seed) / 0xFFFFFFFF)
