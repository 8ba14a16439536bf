"""Whether the records that a stored plan rests on are still as they were read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connector.invoicing.choices import RecordKind
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """A record that is not as a plan saw it, or is not among what is still to be billed."""

    kind: RecordKind
    record: UUID

    def __str__(self) -> str:
        """What it is and its id, for a message."""
        return f"{self.kind} {self.record}"


def drifted(plan: ContractPlan, now: ContractSnapshot) -> tuple[Change, ...]:
    """The records of *plan* that changed or vanished since; sorted."""
    current = dict(_versions(now))
    return tuple(
        sorted(
            Change(kind=kind, record=record)
            for kind, record, etag in plan.source_etags
            if current.get(record) != etag
        )
    )


def _versions(snapshot: ContractSnapshot) -> Iterator[tuple[UUID, str]]:
    yield snapshot.contract.id, snapshot.contract.etag
    for records in (
        snapshot.lines,
        snapshot.schedule,
        snapshot.milestones,
        snapshot.actuals,
        snapshot.retainers,
    ):
        yield from ((record.id, record.etag) for record in records)
