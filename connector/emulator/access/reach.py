"""Which rows a privilege reaches: by owner, by business unit, by sharing, as an SQL condition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator.access.grants import Grants, grants_of
from connector.emulator.schema.model import Reference
from connector.emulator.schema.privileges import PARENTS, governing_table, privilege_for
from connector.emulator.schema.rights import Depth
from connector.emulator.storage.layout import sql_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from uuid import UUID

    from connector.emulator.access.grants import Held
    from connector.emulator.schema.model import Schema, Table
    from connector.emulator.schema.rights import Right
    from connector.emulator.storage.transaction import Transaction

SHARES: Final = "principalobjectaccess"
SHARED_MASK: Final = '"accessrightsmask" | ifnull("inheritedaccessrightsmask", 0)'
_NOTHING: Final = "0"
_UNITS: Final = {"systemuser": "businessunitid", "team": "businessunitid", "role": "businessunitid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """The tree of business units: the children of each."""

    children: Mapping[UUID, tuple[UUID, ...]]

    def below(self, unit: UUID) -> Iterator[UUID]:
        """A unit and all units below it; each once, even where rows form a circle."""
        seen: set[UUID] = set()
        waiting = [unit]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                yield one
                waiting.extend(self.children.get(one, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a principal reaches in the tables of a schema."""

    grants: Grants
    units: Units
    schema: Schema

    def holds(self, table: Table, right: Right) -> bool:
        """Whether the right to rows of *table* is held to some depth; depth does not matter."""
        privilege = privilege_for(self.schema, table, right)
        return privilege is None or self.grants.holds(privilege.name)

    def condition(self, table: Table, right: Right, *, shared: bool = True) -> str | None:
        """
        The rows of *table* that the right reaches, to stand after its name; None for all.

        Without *shared* only what roles give.
        """
        privilege = privilege_for(self.schema, table, right)
        held = self.grants.held.get(privilege.name, ()) if privilege else ()
        is_everywhere = privilege is None or self.grants.is_administrator
        if is_everywhere or any(one.depth is Depth.GLOBAL for one in held):
            return None
        if not held:
            return _NOTHING
        governing = governing_table(self.schema, table)
        terms = [*self._by_role(governing, held)]
        if shared:
            terms += self._by_share(governing, right)
        condition = " OR ".join(terms) or _NOTHING
        return condition if governing is table else _through_parent(table, governing, condition)

    def _by_role(self, table: Table, held: tuple[Held, ...]) -> Iterator[str]:
        """Business units by depth; what a principal or its team owns whatever the depth is."""
        name = sql_table(table)
        units = {unit for one in held for unit in self._units_of(one)}
        if table.logical_name == "businessunit":
            yield f'{name}."businessunitid" IN ({_listed(units)})'
        elif table.ownership == "business":
            column = _UNITS.get(table.logical_name)
            if column:
                yield f'{name}."{column}" IN ({_listed(units)})'
            yield f"{name}.\"{table.primary_id}\" = '{self.grants.principal.id}'"
        else:
            if units and "owningbusinessunit" in table.columns:
                yield f'{name}."owningbusinessunit" IN ({_listed(units)})'
            if "ownerid" in table.columns:
                yield f'{name}."ownerid" IN ({_listed(self._owners(held))})'

    def _units_of(self, held: Held) -> Iterable[UUID]:
        if held.depth is Depth.LOCAL:
            return (held.unit,)
        return self.units.below(held.unit) if held.depth is Depth.DEEP else ()

    def _owners(self, held: tuple[Held, ...]) -> set[UUID]:
        """Who owns what is one's own: oneself and one's teams; only the team by some team roles."""
        principal = self.grants.principal
        if any(one.holder == principal or one.inherited for one in held):
            return {principal.id, *self.grants.teams}
        return {one.holder.id for one in held}

    def _by_share(self, table: Table, right: Right) -> Iterator[str]:
        if SHARES not in self.schema.tables or table.ownership != "user":
            return
        principals = _listed({self.grants.principal.id, *self.grants.teams})
        shares = (
            f'"objecttypecode" = \'{table.logical_name}\' AND "principalid" IN ({principals}) '
            f"AND ({SHARED_MASK}) & {right.mask}"
        )
        key = f'{sql_table(table)}."{table.primary_id}"'
        yield f'{key} IN (SELECT "objectid" FROM "{SHARES}" WHERE {shares})'  # noqa: S608 - names of the schema and ids


def reach_of(tx: Transaction, principal: Reference) -> Reach:
    """What a user or team reaches; raises 501 where the schema knows no roles."""
    return Reach(grants=grants_of(tx, principal), units=units_in(tx), schema=tx.schema)


def units_in(tx: Transaction) -> Units:
    """The tree of the business units."""
    table = tx.schema.tables.get("businessunit")
    children: dict[UUID, list[UUID]] = {}
    for unit in tx.rows(table) if table is not None else ():
        parent = unit.values.get("parentbusinessunitid")
        if isinstance(parent, Reference):
            children.setdefault(parent.id, []).append(unit.id)
    return Units(children={unit: tuple(below) for unit, below in children.items()})


def _through_parent(table: Table, parent: Table, condition: str) -> str:
    link = f'{sql_table(table)}."{PARENTS[table.logical_name]}"'
    key = f'{sql_table(parent)}."{parent.primary_id}"'
    return f"EXISTS (SELECT 1 FROM {sql_table(parent)} WHERE {key} = {link} AND ({condition}))"  # noqa: S608 - quoted names of the schema


def _listed(ids: Iterable[UUID]) -> str:
    """Ids as SQL writes a list; they are no text of anybody's."""
    return ", ".join(f"'{one}'" for one in sorted(ids))
