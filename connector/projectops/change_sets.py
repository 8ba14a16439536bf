"""Which operations travel together: what must not be parted, and schedule rows at the very end."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.dataverse.message import RetrySafety
from connector.dataverse.operations import (
    request_create,
    request_create_with_id,
    request_update,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.message import Request, Row

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
    """

    set: str
    key: str
    id: UUID
    row: Row
    parts: frozenset[UUID] = frozenset()
    is_whole: bool = True

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
class Unit:
    """
    Rows that stand together or not at all, in the order of their lookups.

    A detail without its connection would be billed twice on confirmation (L5).
    """

    rows: tuple[PlannedRow, ...]
    claims: tuple[Claim, ...] = field(default=())

    def requests(self, form: WriteForm) -> Iterator[Request]:
        """The operations of the unit."""
        yield from (row.request(form) for row in self.rows)
        if form.claims:
            yield from (request_update(c.set, c.id, c.row) for c in self.claims)

    def without(self, standing: Collection[tuple[str, UUID]]) -> Unit | None:
        """What is left to write when the rows of *standing* exist; None when all of them do."""
        rows = tuple(row for row in self.rows if (row.set, row.id) not in standing)
        return replace(self, rows=rows) if rows else None


def rows_of(units: Iterable[Unit]) -> tuple[PlannedRow, ...]:
    """Every row of *units*, in order."""
    return tuple(row for unit in units for row in unit.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The content of one change set: units, then requests that must be its *last*."""

    units: tuple[Unit, ...]
    last: tuple[Request, ...]

    @property
    def sets(self) -> tuple[str, ...]:
        """The entity sets in which rows are created, in order."""
        return tuple(dict.fromkeys(row.set for row in rows_of(self.units)))

    @property
    def has_claims(self) -> bool:
        """Whether there are sources to claim."""
        return any(unit.claims for unit in self.units)

    def requests(self, form: WriteForm) -> tuple[Request, ...]:
        """The operations, written in *form*."""
        created = (request for unit in self.units for request in unit.requests(form))
        return (*created, *self.last)


def packed(
    units: Iterable[Unit],
    last: Sequence[Request],
    form: WriteForm,
    limit: int = OPERATIONS_PER_CHANGE_SET,
) -> tuple[Pack, ...]:
    """
    Few change sets of *limit* operations, in order and no unit parted; *last* ends the last one.

    Until that one is committed the schedule rows say that the run is not done.
    """
    found: list[list[Unit]] = [[]]
    count = 0
    for unit in units:
        size = sum(1 for _ in unit.requests(form))
        if count + size > limit:
            found.append([])
            count = 0
        found[-1].append(unit)
        count += size
    packs = [Pack(units=tuple(part), last=()) for part in found if part]
    if packs and count + len(last) <= limit:
        return (*packs[:-1], replace(packs[-1], last=tuple(last)))
    rest = (tuple(last[start : start + limit]) for start in range(0, len(last), limit))
    return (*packs, *(Pack(units=(), last=part) for part in rest))
