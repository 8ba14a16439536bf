"""Whether the tenant's own invoice job is on: two jobs over one contract make two invoices (J5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.query import Query, field
from connector.errors import ConnectorError
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.dataverse.message import Row
    from connector.projectops.tenant import Tenant


class PlatformJobActive(ConnectorError):  # noqa: N818 - it is a state, not an error of ours
    """The tenant's own job creates invoices; running beside it would bill twice."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(
            f"the tenant's own invoice job is active: {', '.join(map(repr, names))}. Deactivate it,"
            " or pass --beside-platform-job if it does not bill these contracts"
        )


def platform_job_query(tenant: Tenant) -> Query:
    """The active recurring jobs of the tenant."""
    names = tenant.mapping.batch_job
    return Query(
        entity_set=names.set,
        select=(names.id, names.name),
        filter=field(names.is_active).eq(value=True),
        order_by=(names.id,),
    )


def invoice_jobs(tenant: Tenant, rows: Iterable[Row]) -> tuple[str, ...]:
    """The names among *rows* by which the platform knows its invoice job (J1), sorted."""
    names = tenant.mapping.batch_job
    phrases = [phrase.casefold() for phrase in names.create_invoices_phrases]
    found = (read_row(tenant, names, row).text(names.name) or "" for row in rows)
    return tuple(sorted(name for name in found if any(p in name.casefold() for p in phrases)))
