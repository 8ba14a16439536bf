"""Send change sets one after the other; what stopped them is a value, for the caller to settle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.batch import ChangeSet
from connector.dataverse.errors import (
    Ambiguous,
    DataverseError,
    Duplicate,
    PreconditionFailed,
    Refused,
)
from connector.dataverse.message import Response
from connector.projectops.change_sets import OPERATIONS_PER_CHANGE_SET, packed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Request
    from connector.projectops.change_sets import ChangeSetPlan, RowGroup, WriteForm
    from connector.projectops.write_dialect import WriteDialect


_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Committer:
    """
    Commits groups of rows to one tenant.

    *guard* is called before each change set, which holds at most *limit* operations, and raises
    when this run may not write any more.
    """

    client: DataverseClient
    dialect: WriteDialect
    guard: Callable[[], None]
    limit: int = OPERATIONS_PER_CHANGE_SET

    def needs_several(self, groups: Sequence[RowGroup], last: Sequence[Request]) -> bool:
        """Whether *groups* do not fit into one change set, so that a part of them can stand."""
        return len(packed(groups, last, self.dialect.current(), self.limit)) > 1

    def send(self, groups: Iterable[RowGroup], last: Sequence[Request]) -> DataverseError | None:
        """The first error of the change sets, in order; None when all of them were committed."""
        for change_set in packed(groups, last, self.dialect.current(), self.limit):
            error = self._commit(change_set)
            if error is not None:
                return error
        return None

    def _commit(self, change_set: ChangeSetPlan) -> DataverseError | None:
        form = self.dialect.current()
        error = self._exchange(change_set, form)
        if error is None:
            self.dialect.confirm(form, change_set)
            return None
        for trial in self.dialect.fallbacks(change_set, form, error):
            again = self._exchange(change_set, trial)
            if again is None:
                self.dialect.confirm(trial, change_set)
                return None
            if is_to_settle(again):
                return again
        return error

    def _exchange(self, change_set: ChangeSetPlan, form: WriteForm) -> DataverseError | None:
        self.guard()
        try:
            answers = self.client.batch((ChangeSet(requests=change_set.requests(form)),))
        except DataverseError as error:
            return error
        errors = [answer for answer in answers if not isinstance(answer, Response)]
        return min(errors, key=_severity, default=None)


def is_to_settle(error: DataverseError) -> bool:
    """
    Whether only the tenant's own state can say what became of a request.

    A 409 says that something else was going on; the rows themselves tell whether it was we.
    """
    if isinstance(error, Refused) and error.status == _CONFLICT:
        return True
    return error.may_have_acted or isinstance(error, Ambiguous | Duplicate | PreconditionFailed)


def _severity(error: DataverseError) -> int:
    """Of the errors of one change set the one that explains the rest comes first."""
    return 0 if isinstance(error, Refused) else 1
