"""
Waiting for the tenant's own action: it may answer at once and bill later, in a job of its own.

Since 2025 creating an invoice can go to the background (page "Long-running jobs"). No public
source shows the columns of such a job, so the schedule rows themselves are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.dataverse.query import Query, in_list
from connector.invoicing.choices import RunStatus
from connector.projectops.decode import read_row
from connector.projectops.queries import IDS_PER_QUERY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.projectops.tenant import Tenant

#: Seconds between two looks: ten minutes in all.
WAITS: Final = (1, 2, 4, 8, 15, *(30,) * 19)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsRun:
    """Schedule rows by what became of them; *waiting* ones are Not Run, or gone."""

    failed: tuple[UUID, ...]
    waiting: tuple[UUID, ...]

    @property
    def text(self) -> str | None:
        """What is wrong, for a person; None when every row is Run Successful."""
        if self.failed:
            rows = ", ".join(map(str, self.failed))
            return f"the tenant's action left these invoice schedule rows Run Failed: {rows}"
        if self.waiting:
            return (
                f"the tenant's action answered, but {len(self.waiting)} of its invoice schedule"
                f" rows had not run {sum(WAITS)} s later. It may have left them to a long-running"
                " job, whose state cannot be seen from here: look at the tenant's jobs before the"
                " next run, which calls the action again for rows that are still Not Run"
            )
        return None


def wait_for_rows(client: DataverseClient, tenant: Tenant, ids: Sequence[UUID]) -> RowsRun:
    """Look at the rows until all have run, one has failed, or the time is up."""
    state = _look(client, tenant, ids)
    for seconds in WAITS:
        if state.failed or not state.waiting:
            break
        client.pause(seconds)
        state = _look(client, tenant, ids)
    return state


def _look(client: DataverseClient, tenant: Tenant, ids: Sequence[UUID]) -> RowsRun:
    found = dict(_statuses(client, tenant, ids))
    return RowsRun(
        failed=tuple(row for row in ids if found.get(row) is RunStatus.FAILED),
        waiting=tuple(
            row for row in ids if found.get(row) not in (RunStatus.SUCCESSFUL, RunStatus.FAILED)
        ),
    )


def _statuses(
    client: DataverseClient, tenant: Tenant, ids: Sequence[UUID]
) -> Iterator[tuple[UUID, RunStatus | None]]:
    names = tenant.mapping.schedule_row
    queries = [
        Query(
            entity_set=names.set,
            select=(names.id, names.status),
            filter=in_list(names.id, ids[at : at + IDS_PER_QUERY]),
        )
        for at in range(0, len(ids), IDS_PER_QUERY)
    ]
    for rows in client.read_many(queries):
        for row in rows:
            reader = read_row(tenant, names, row)
            yield reader.id, reader.choice(names.status, tenant.choices.run_status)
