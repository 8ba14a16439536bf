"""The FROM clause of a query: one table and the lookups followed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.rights import Right
from connector.emulator.storage.layout import sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Column, Schema, Table
    from connector.emulator.storage.caller import Access

PRINCIPAL: Final = "principal"
"""The type of owners on the wire: users and teams, of which it shows nothing but the id."""

OWNER: Final = "ownerid"
_NO_WAY_FROM_OWNERS: Final = (
    "The type 'Microsoft.Dynamics.CRM.principal' has no single-valued navigation properties."
)


@dataclass(slots=True, kw_only=True)
class Source:
    """
    A table under an alias, growing a LEFT JOIN for every lookup path that is used.

    With *access* it holds only the rows that the caller may read; 403 where that are none.
    """

    schema: Schema
    table: Table
    access: Access | None = None
    names: Iterator[int] = field(default_factory=count)
    alias: str = ""
    joins: list[str] = field(default_factory=list)
    followed: dict[tuple[str, ...], tuple[str, Table]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.alias = self.alias or f"t{next(self.names)}"

    @property
    def from_clause(self) -> str:
        """The table with its joins, to stand after FROM."""
        return " ".join([self.aliased, *self.joins])

    @property
    def aliased(self) -> str:
        """The rows of the table under the alias."""
        return f"{self._readable(self.table)} AS {self.alias}"

    def nested(self, table: Table) -> Source:
        """A source of its own for a subquery, its aliases distinct from this one's."""
        return Source(schema=self.schema, table=table, names=self.names, access=self.access)

    def primary_key(self) -> str:
        """The SQL of the primary key."""
        return f'{self.alias}."{self.table.primary_id}"'

    def expression(self, column: Column) -> str:
        """The SQL of one of the table's own columns."""
        return f"{self.alias}.{sql_column(column)}"

    def resolve(self, steps: tuple[str, ...]) -> tuple[str, Column]:
        """
        The SQL and the column of a property path.

        Raises 400 (0x0) for an unknown property; 501 for a navigation property in its place.
        """
        alias, table = self.follow(steps[:-2])
        owner = table.navigations.get(steps[-2]) if len(steps) > 1 else None
        name = steps[-1]
        if owner is not None and owner.target == PRINCIPAL:
            if name != OWNER:
                raise faults.unknown_property(PRINCIPAL, name)
            return f"{alias}.{sql_column(owner.column)}", owner.column
        alias, table = self.follow(steps[:-1])
        if name in table.navigations or name in table.collections or name in table.links:
            raise faults.unsupported(feature=f"the navigation property '{name}' as a value")
        column = table.by_property(name)
        return f"{alias}.{sql_column(column)}", column

    def follow(self, steps: tuple[str, ...]) -> tuple[str, Table]:
        """The alias and table at the end of a path of single-valued navigation properties."""
        if not steps:
            return self.alias, self.table
        known = self.followed.get(steps)
        if known is not None:
            return known
        alias, table = self.follow(steps[:-1])
        navigation = table.navigations.get(steps[-1])
        if navigation is None:
            raise faults.unknown_property(table.logical_name, steps[-1])
        if navigation.target == PRINCIPAL:
            raise faults.bad_request(_NO_WAY_FROM_OWNERS)
        target = self.schema.table(navigation.target)
        found = self._join(alias, navigation.column, target, self._readable(target)), target
        self.followed[steps] = found
        return found

    def named(self, alias: str, column: Column, target: Table) -> str:
        """The alias of the row that a lookup refers to, for its name, which is no secret."""
        return self._join(alias, column, target, sql_table(target))

    def _join(self, alias: str, column: Column, target: Table, rows: str) -> str:
        other = f"t{next(self.names)}"
        condition = f'{other}."{target.primary_id}" = {alias}.{sql_column(column)}'
        if column.is_polymorphic:
            condition += f" AND {alias}.{sql_target(column)} = '{target.logical_name}'"
        self.joins.append(f"LEFT JOIN {rows} AS {other} ON {condition}")
        return other

    def _readable(self, table: Table) -> str:
        """A table as it stands after FROM, without the rows that the caller may not read."""
        if self.access is None:
            return sql_table(table)
        self.access.demand(table, Right.READ)
        condition = self.access.condition(table, Right.READ)
        if condition is None:
            return sql_table(table)
        return f"(SELECT * FROM {sql_table(table)} WHERE {condition})"  # noqa: S608 - quoted names of the schema
