"""Which failures of a step are worth another try, and which end the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import (
    Ambiguous,
    DataverseError,
    NotSent,
    PagingError,
    ServerFault,
    SignInFailed,
    Throttled,
)
from connector.projectops.rows import RowFault
from connector.runs.store import RunStoreError
from connector.usecases.parts.plan_parts import EVERYBODYS
from connector.usecases.steps.values import FailureKind, StepFailure

if TYPE_CHECKING:
    from connector.errors import ConnectorError

#: Nothing is wrong with what was asked: the same may be answered in a while.
_AGAIN: Final = (Throttled, NotSent, Ambiguous, ServerFault, PagingError, RunStoreError)


def step_failure(error: ConnectorError) -> StepFailure:
    """
    What is to be done about *error*.

    Network, throttling and the run store's place are tried again. What the settings, the sign-in
    or a privilege refuse would be refused again, so it is not.
    """
    return StepFailure(
        kind=_kind(error),
        text=str(error),
        exit_code=int(error.exit_code),
        retry_after=error.retry_after if isinstance(error, Throttled) else None,
        halts=isinstance(error, (*EVERYBODYS, RunStoreError)),
    )


def _kind(error: ConnectorError) -> FailureKind:
    if isinstance(error, NotSent) and error.permanent:
        return FailureKind.EVERYBODYS
    if isinstance(error, _AGAIN) or (isinstance(error, SignInFailed) and error.transient):
        return FailureKind.AGAIN
    if isinstance(error, EVERYBODYS):
        return FailureKind.EVERYBODYS
    if isinstance(error, DataverseError | RowFault):
        return FailureKind.ALONE
    return FailureKind.OVER
