"""What may go well in a while is tried again; what was refused is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    Forbidden,
    MalformedAnswer,
    NotSent,
    PagingError,
    ServerFault,
    SignInFailed,
    Throttled,
    UnusableSettings,
)
from connector.projectops.platform_job import PlatformJobActive
from connector.projectops.rows import RowFault
from connector.runs.lease import LeaseHeld, LeaseLost
from connector.runs.plan_text import PlanFileError
from connector.runs.store import RunStoreError
from connector.usecases.bounds import PlanRejected
from connector.usecases.steps.failures import step_failure
from connector.usecases.steps.values import FailureKind

if TYPE_CHECKING:
    from connector.errors import ConnectorError


#: A row whose value no rule can do with.
ROW_FAULT = RowFault("salesorders msdyn_psastate", "7", "a known number")


def refused(kind: type[BadRequest | Forbidden | ServerFault], status: int) -> ConnectorError:
    return kind("no", request=None, status=status)


@pytest.mark.parametrize(
    "error",
    [
        NotSent("no connection"),
        Ambiguous("no answer"),
        Throttled("429", retry_after=7),
        refused(ServerFault, 503),
        PagingError("half", request=None, continuation="next"),
        SignInFailed("no connection", transient=True),
        RunStoreError("the disk is full"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_network_throttling_and_the_store_are_tried_again(error: ConnectorError) -> None:
    assert step_failure(error).kind is FailureKind.AGAIN


@pytest.mark.parametrize(
    "error",
    [
        SignInFailed("AADSTS7000215"),
        NotSent("no certificate", permanent=True),
        refused(Forbidden, 403),
        refused(BadRequest, 400),
        UnusableSettings("no address"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_sign_in_settings_or_a_privilege_refuse_is_everybody_s(error: ConnectorError) -> None:
    assert step_failure(error).kind is FailureKind.EVERYBODYS


@pytest.mark.parametrize("error", [MalformedAnswer("no JSON"), ROW_FAULT])
def test_what_is_wrong_with_the_rows_of_a_part_is_its_own(error: ConnectorError) -> None:
    assert step_failure(error).kind is FailureKind.ALONE


@pytest.mark.parametrize(
    "error",
    [
        LeaseHeld(None),
        LeaseLost(None),
        PlanRejected(["a bound"]),
        PlatformJobActive(()),
        PlanFileError("it is cut"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_must_not_go_on_is_over(error: ConnectorError) -> None:
    found = step_failure(error)

    assert found.kind is FailureKind.OVER
    assert found.exit_code == int(error.exit_code)


def test_a_failure_says_how_long_the_tenant_wants_to_be_left_alone() -> None:
    assert step_failure(Throttled("429", retry_after=7.5)).retry_after == 7.5
    assert step_failure(NotSent("no connection")).retry_after is None


def test_a_failure_says_whether_every_other_part_would_meet_it() -> None:
    assert step_failure(Throttled("429")).halts
    assert step_failure(RunStoreError("no")).halts
    assert not step_failure(Ambiguous("no answer")).halts
