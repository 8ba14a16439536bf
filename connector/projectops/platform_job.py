"""Whether the tenant's own invoice job is on: two jobs over one contract make two invoices (J5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.query import Query, field
from connector.errors import ConnectorError
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from connector.dataverse.message import Row
    from connector.projectops.rows import RowReader
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
    job_type = () if names.job_type is None else (names.job_type,)
    return Query(
        entity_set=names.set,
        select=(names.id, names.name, *job_type),
        filter=field(names.is_active).eq(value=True),
        order_by=(names.id,),
    )


def invoice_jobs(tenant: Tenant, rows: Iterable[Row]) -> tuple[str, ...]:
    """The names among *rows* by which the platform knows its invoice job (J1), sorted."""
    names = tenant.mapping.batch_job
    found = (_name(tenant, read_row(tenant, names, row)) for row in rows)
    return tuple(sorted(name for name in found if _holds(name, names.create_invoices_phrases)))


def other_jobs(tenant: Tenant, rows: Iterable[Row]) -> tuple[str, ...]:
    """
    The names among *rows* of jobs that may make invoices under another name, sorted (J1).

    They have the job type of the invoice job, and are not the one that computes utilization.
    """
    names = tenant.mapping.batch_job
    known = (*names.create_invoices_phrases, *names.utilization_phrases)
    readers = [read_row(tenant, names, row) for row in rows]
    found = (_name(tenant, reader) for reader in readers if _is_of_no_type(tenant, reader))
    return tuple(sorted(name for name in found if not _holds(name, known)))


def other_job_text(name: str) -> str:
    """What to say of a job that may make invoices under another name."""
    return (
        f"the tenant's batch job {name!r} is active and of the type of the invoice job; if it makes"
        " invoices, deactivate it"
    )


def _name(tenant: Tenant, reader: RowReader) -> str:
    return reader.text(tenant.mapping.batch_job.name) or ""


def _is_of_no_type(tenant: Tenant, reader: RowReader) -> bool:
    names = tenant.mapping.batch_job
    if names.job_type is None:
        return True
    return reader.integer(names.job_type) in (None, names.job_type_none)


def _holds(name: str, phrases: Sequence[str]) -> bool:
    return any(phrase.casefold() in name.casefold() for phrase in phrases)
