"""A tenant's own rows as a seed of an emulator inside: as they are, and what they point to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.dataverse.values import FORMATTED, LOOKUP_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.contract_world import ContractWorld
    from connector.projectops.tenant import Tenant

#: Tables that an emulator fills by itself, to which rows do not point in it.
_ITS_OWN: Final = frozenset(
    {"systemuser", "team", "businessunit", "organization", "transactioncurrency", "owner"}
)


def rows_of_tenant(
    tenant: Tenant, world: ContractWorld, columns: Mapping[str, Mapping[str, frozenset[str]]]
) -> dict[str, list[Row]]:
    """
    The rows of *world* by entity set, with the columns that the emulator has.

    *columns* gives, by logical name of a table, the names by which rows show its columns, each
    with the tables to which it leads. What belongs to users and units of the tenant is left out.
    """
    found: dict[str, list[Row]] = {}
    for word, rows in world.items():
        names = getattr(tenant.mapping, word)
        known = columns.get(names.table, {})
        found[names.set] = [dict(_kept(row, known)) for row in rows]
    return found


def rows_pointed_to(
    seed: Mapping[str, list[Row]], tables: Mapping[str, tuple[str, str, str | None]]
) -> dict[str, list[Row]]:
    """
    A row for each id that *seed* points to and does not hold, named by its label.

    *tables* gives entity set, primary key and primary name by logical name.
    """
    held = {
        (logical, str(row.get(key)).lower())
        for logical, (entity_set, key, _) in tables.items()
        for row in seed.get(entity_set, ())
    }
    found: dict[str, dict[str, Row]] = {}
    pointers = (pointer for rows in seed.values() for row in rows for pointer in _pointers(row))
    for table, key, label in pointers:
        if table in tables and table not in _ITS_OWN and (table, key) not in held:
            entity_set, primary_id, name = tables[table]
            named = {name: label} if name is not None and label is not None else {}
            found.setdefault(entity_set, {})[key] = {primary_id: key, **named}
    return {name: list(rows.values()) for name, rows in found.items()}


def _kept(row: Row, known: Mapping[str, frozenset[str]]) -> Iterator[tuple[str, JsonValue]]:
    for name, value in row.items():
        targets = known.get(name)
        if targets is None or value is None or targets & (_ITS_OWN - {"transactioncurrency"}):
            continue
        yield name, value
        for annotation in (LOOKUP_TABLE, FORMATTED) if targets else ():
            text = row.get(f"{name}@{annotation}")
            if text is not None:
                yield f"{name}@{annotation}", text


def _pointers(row: Row) -> Iterator[tuple[str, str, str | None]]:
    """Table, id and label of each lookup of a row."""
    for name, value in row.items():
        table = row.get(f"{name}@{LOOKUP_TABLE}")
        if isinstance(table, str) and isinstance(value, str):
            label = row.get(f"{name}@{FORMATTED}")
            yield table, value.lower(), label if isinstance(label, str) else None
