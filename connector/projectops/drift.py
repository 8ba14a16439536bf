"""Whether the records that a stored plan rests on are still as they were read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan


def drifted(plan: ContractPlan, now: ContractSnapshot) -> tuple[str, ...]:
    """The records of *plan* that changed or vanished since, by table and id; sorted."""
    current = dict(_versions(now))
    return tuple(
        sorted(
            f"{table} {record}"
            for table, record, etag in plan.source_etags
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
