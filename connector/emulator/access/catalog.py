"""The privileges of an organisation by name and by id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Ids by name and names by id."""

    ids: Mapping[str, UUID]
    names: Mapping[UUID, str]


def catalog_of(tx: Transaction) -> Catalog:
    """Every privilege that roles may hold; raises 501 where the schema has no such table."""
    tx.schema.table("privilege")
    rows = tx.select('SELECT "name", "privilegeid" FROM "privilege"')
    ids = {str(name): UUID(str(privilege_id)) for name, privilege_id in rows}
    return Catalog(ids=ids, names={privilege_id: name for name, privilege_id in ids.items()})


def foreign_ids(tx: Transaction) -> Mapping[str, str]:
    """The ids, by name, of privileges that somebody wrote, as an export of a tenant has them."""
    if "privilege" not in tx.schema.tables:
        return {}
    rows = tx.select('SELECT "name", "privilegeid" FROM "privilege" WHERE "_version" > 0')
    return {str(name): str(privilege_id) for name, privilege_id in rows}
