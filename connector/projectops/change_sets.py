"""Which operations travel together: what must not be parted, and schedule rows at the very end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from connector.dataverse.message import RetrySafety
from connector.dataverse.operations import (
    request_create,
    request_create_with_id,
    request_update,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from connector.dataverse.message import Request, Row
    from connector.projectops.lengths import Shortened

#: Rows as the tenant has them, by entity set and primary key.
FoundRows: TypeAlias = "Mapping[tuple[str, UUID], Row]"
#: Operations that one change set may hold (Web API reference, section 5).
OPERATIONS_PER_CHANGE_SET = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteForm:
    """
    In which form rows are written.

    Rows are created by PATCH and `If-None-Match: *`, those of the *posted* entity sets by POST
    with the id in the body. With *claims* the status of the sources is set along (DR-23).
    """

    posted: frozenset[str] = frozenset()
    claims: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRow:
    """
    One row that a plan wants to exist, by entity set and obligation key.

    *key* is the primary key's column. The platform sums up *parts*, so that values can be compared
    only when all of them stand; *is_whole* is False where the plan knows but a part of the row.
    *shortened* tells the texts that were longer than the tenant's columns, *money* the decimal
    places of the invoice's currency.
    """

    set: str
    key: str
    id: UUID
    row: Row
    parts: frozenset[UUID] = frozenset()
    is_whole: bool = True
    shortened: tuple[Shortened, ...] = ()
    money: int | None = None

    def request(self, form: WriteForm) -> Request:
        """The creation that a second attempt cannot repeat: the key refuses it."""
        if self.set not in form.posted:
            return request_create_with_id(self.set, self.id, self.row)
        posted = request_create(self.set, {self.key: str(self.id), **self.row})
        return replace(posted, retry=RetrySafety.IDEMPOTENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The status by which a source says that it stands on an invoice."""

    set: str
    id: UUID
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """
    Rows that stand together or not at all, in the order of their lookups.

    A detail without its connection would be billed twice on confirmation (L5).
    """

    rows: tuple[PlannedRow, ...]
    claims: tuple[Claim, ...] = field(default=())

    def requests(self, form: WriteForm) -> Iterator[Request]:
        """The operations of the group."""
        yield from (row.request(form) for row in self.rows)
        if form.claims:
            yield from (request_update(c.set, c.id, c.row) for c in self.claims)

    def without(self, existing: Collection[tuple[str, UUID]]) -> RowGroup | None:
        """What is left to write when the rows of *existing* exist; None when all of them do."""
        rows = tuple(row for row in self.rows if (row.set, row.id) not in existing)
        return replace(self, rows=rows) if rows else None


def rows_of(groups: Iterable[RowGroup]) -> tuple[PlannedRow, ...]:
    """Every row of *groups*, in order."""
    return tuple(row for group in groups for row in group.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetPlan:
    """The content of one change set: groups, then requests that must be its *last*."""

    groups: tuple[RowGroup, ...]
    last: tuple[Request, ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """The entity sets in which rows are created, in order."""
        return tuple(dict.fromkeys(row.set for row in rows_of(self.groups)))

    @property
    def has_claims(self) -> bool:
        """Whether there are sources to claim."""
        return any(group.claims for group in self.groups)

    def requests(self, form: WriteForm) -> tuple[Request, ...]:
        """The operations, written in *form*."""
        created = (request for group in self.groups for request in group.requests(form))
        return (*created, *self.last)


def packed(
    groups: Iterable[RowGroup],
    last: Sequence[Request],
    form: WriteForm,
    limit: int = OPERATIONS_PER_CHANGE_SET,
) -> tuple[ChangeSetPlan, ...]:
    """
    Few change sets of *limit* operations, in order and no group parted; *last* ends the last one.

    Until that one is committed the schedule rows say that the run is not done.
    """
    found: list[list[RowGroup]] = [[]]
    count = 0
    for group in groups:
        size = sum(1 for _ in group.requests(form))
        if count + size > limit:
            found.append([])
            count = 0
        found[-1].append(group)
        count += size
    change_sets = [ChangeSetPlan(groups=tuple(part), last=()) for part in found if part]
    if change_sets and count + len(last) <= limit:
        return (*change_sets[:-1], replace(change_sets[-1], last=tuple(last)))
    rest = (tuple(last[start : start + limit]) for start in range(0, len(last), limit))
    return (*change_sets, *(ChangeSetPlan(groups=(), last=part) for part in rest))
