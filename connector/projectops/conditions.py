"""The mapping's own conditions, tried one by one before anything is read with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.errors import BadRequest, NotFound
from connector.dataverse.query import Filter, Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.dataverse.client import DataverseClient
    from connector.mapping.tables import Table
    from connector.projectops.tenant import Tenant


def condition_faults(client: DataverseClient, tenant: Tenant) -> Iterator[str]:
    """
    Each condition that the tenant refuses, with its key, its text and the refusal.

    One request of one row for each condition; none for a mapping without any. Each is tried as it
    stands, not in brackets: one that closes a bracket of ours would reach beyond its place.
    """
    conditions = tenant.mapping.conditions
    for word in type(conditions).model_fields:
        text: str | None = getattr(conditions, word)
        table: Table = getattr(tenant.mapping, word)
        if text is None or not tenant.has_table(table):
            continue
        query = Query(entity_set=table.set, select=(table.id,), filter=Filter(text=text), top=1)
        try:
            client.read_all(query)
        except (BadRequest, NotFound) as refusal:
            yield f"[conditions] {word} = {text!r}: {refusal.message}"
