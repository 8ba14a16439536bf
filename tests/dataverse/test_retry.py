"""What is sent again and when it ends: the decision function, and the client driven by it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.dataverse.calls import One
from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    MalformedAnswer,
    NotSent,
    PagingError,
    ServerFault,
    SignInFailed,
    Throttled,
    Unauthorized,
)
from connector.dataverse.limiter import Limiter
from connector.dataverse.message import Method, Request, Response
from connector.dataverse.pipeline import RetryLayer
from connector.dataverse.retry import (
    Attempt,
    GiveUp,
    Retry,
    RetryPolicy,
    RetrySafety,
    decide,
)
from tests.dataverse.far_side import FarSide

POLICY = RetryPolicy(attempts=4, throttled_attempts=6, max_wait=8, budget=60)
SAFE, IDEMPOTENT, UNSAFE = RetrySafety.SAFE, RetrySafety.IDEMPOTENT, RetrySafety.UNSAFE


def fault(status: int) -> ServerFault:
    return ServerFault("no", request=None, status=status)


def retrying(far: FarSide) -> RetryLayer:
    return RetryLayer(POLICY, Limiter(1), far)


def call(safety: RetrySafety) -> One[Response]:
    return One(Request(method=Method.GET, path="a", retry=safety), lambda response: response)


FAILURES: list[tuple[DataverseError, frozenset[RetrySafety]]] = [
    (NotSent("x"), frozenset(RetrySafety)),
    (NotSent("x", permanent=True), frozenset()),
    (Throttled("x"), frozenset(RetrySafety)),
    (Unauthorized("x", request=None, status=401), frozenset(RetrySafety)),
    (SignInFailed("x", transient=True), frozenset(RetrySafety)),
    (SignInFailed("x"), frozenset()),
    (Ambiguous("x"), frozenset({SAFE, IDEMPOTENT})),
    (fault(500), frozenset({SAFE, IDEMPOTENT})),
    (fault(502), frozenset({SAFE, IDEMPOTENT})),
    (fault(503), frozenset({SAFE, IDEMPOTENT})),
    (fault(504), frozenset({SAFE, IDEMPOTENT})),
    (fault(507), frozenset()),
    (MalformedAnswer("x"), frozenset({SAFE})),
    (BadRequest("x", request=None, status=400), frozenset()),
    (PagingError("x", request=None, continuation=""), frozenset()),
]


@pytest.mark.parametrize("safety", RetrySafety)
@pytest.mark.parametrize(("failure", "allowed"), FAILURES)
def test_the_table_of_what_is_sent_again(
    failure: DataverseError, allowed: frozenset[RetrySafety], safety: RetrySafety
) -> None:
    decision = decide(failure, Attempt(), safety, POLICY)

    assert isinstance(decision, Retry) is (safety in allowed)


def test_the_wait_that_the_server_asks_for_is_kept_as_it_is() -> None:
    assert decide(Throttled("x", retry_after=17), Attempt(), UNSAFE, POLICY) == Retry(17)


def test_a_wait_beyond_the_budget_is_not_begun() -> None:
    throttled = Throttled("x", retry_after=17)

    assert decide(throttled, Attempt(waited=43), SAFE, POLICY) == Retry(17)
    assert decide(throttled, Attempt(waited=44), SAFE, POLICY) == GiveUp()


def test_a_new_token_is_tried_once_and_at_once() -> None:
    refused = Unauthorized("x", request=None, status=401)

    assert decide(refused, Attempt(number=2), UNSAFE, POLICY) == Retry(0)
    assert decide(refused, Attempt(number=2, signed_in_again=True), UNSAFE, POLICY) == GiveUp()


def test_waits_without_advice_grow_and_stay_below_the_bound() -> None:
    decisions = [
        decide(fault(503), Attempt(number=number), SAFE, RetryPolicy(attempts=99, max_wait=8))
        for number in range(1, 30)
    ]
    waits = [decision.wait for decision in decisions if isinstance(decision, Retry)]

    assert 0.5 <= waits[0] <= 1
    assert waits[:3] == sorted(waits[:3])
    assert all(4 <= wait <= 8 for wait in waits[4:])


@given(
    st.lists(st.sampled_from([failure for failure, _ in FAILURES]), min_size=1),
    st.sampled_from(RetrySafety),
    st.integers(0, 30),
)
def test_any_course_of_failures_ends_within_attempts_and_budget(
    failures: list[DataverseError], safety: RetrySafety, retry_after: int
) -> None:
    outcomes: list[DataverseError] = []

    def app(_request: Request) -> DataverseError:
        failure = failures[len(outcomes) % len(failures)]
        if isinstance(failure, Throttled):
            failure = Throttled("x", retry_after=retry_after)
        outcomes.append(failure)
        return failure

    far = FarSide(app)
    with pytest.raises(DataverseError) as raised:
        retrying(far).carry(call(safety))

    assert raised.value is outcomes[-1]
    assert len(far.requests) <= POLICY.throttled_attempts
    assert sum(far.slept) <= POLICY.budget


def test_a_fault_that_is_not_ours_is_never_repeated() -> None:
    def app(_request: Request) -> Response:
        raise KeyError

    far = FarSide(app)
    with pytest.raises(KeyError):
        retrying(far).carry(call(SAFE))
    assert len(far.requests) == 1
