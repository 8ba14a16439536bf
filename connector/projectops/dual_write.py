"""
Whether what this connector writes synchronises live with Finance (dual-write).

A live map has a row in the table `msdyn_dualwriteruntimeconfig`, which names the Dataverse table
by its logical name; a map that is stopped has none (pages on the party solution and on relinking).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import DataverseError
from connector.dataverse.query import Query
from connector.projectops.findings import Area, Finding, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.client import DataverseClient
    from connector.mapping import TenantMapping
    from connector.mapping.tables import Table

_MAPS: Final = "msdyn_dualwriteruntimeconfig"
_TABLE: Final = "msdyn_internalentityname"
#: More maps than any tenant has.
_MOST: Final = 1000


def dual_write_findings(client: DataverseClient, mapping: TenantMapping) -> Iterator[Finding]:
    """A warning that names the tables of ours that have a live map; nothing where none is seen."""
    names = _live_tables(client, mapping)
    if names:
        text = f"dual-write maps are live: {', '.join(names)} synchronise with Finance as written"
        hint = (
            "try a run in a sandbox with the maps on, and set details_per_invoice = 1000 under"
            " [bounds]; see docs/dual-write.md"
        )
        yield warning(Area.DUAL_WRITE, text, hint)


def _live_tables(client: DataverseClient, mapping: TenantMapping) -> tuple[str, ...]:
    """Sorted; empty where the table of maps is not there, or is not for this user to read."""
    try:
        maps = client.metadata.tables((_MAPS,)).get(_MAPS)
        if maps is None or _TABLE not in maps.attributes:
            return ()
        rows = client.read_all(Query(entity_set=maps.entity_set, select=(_TABLE,), top=_MOST))
    except DataverseError:
        return ()
    mapped = {str(row.get(_TABLE)).casefold() for row in rows}
    written = (table for table in _written(mapping) if mapped & {table.table, table.set})
    return tuple(sorted(table.table for table in written))


def _written(mapping: TenantMapping) -> tuple[Table, ...]:
    """What a run writes, or has the platform change."""
    return (
        *(mapping.invoice, mapping.invoice_line, mapping.invoice_detail, mapping.connection),
        *(mapping.schedule_row, mapping.milestone, mapping.actual),
    )
