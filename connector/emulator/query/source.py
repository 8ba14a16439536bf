"""The FROM clause of a query: one table and the lookups followed from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from connector.emulator import faults
from connector.emulator.storage.layout import sql_column, sql_table, sql_target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator.schema.model import Column, Navigation, Schema, Table


@dataclass(slots=True, kw_only=True)
class Source:
    """A table under an alias, growing a LEFT JOIN for every lookup path that is used."""

    schema: Schema
    table: Table
    names: Iterator[int] = field(default_factory=count)
    alias: str = ""
    joins: list[str] = field(default_factory=list)
    followed: dict[tuple[str, ...], tuple[str, Table]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.alias = self.alias or f"t{next(self.names)}"

    @property
    def from_clause(self) -> str:
        """The table with its joins, to stand after FROM."""
        return " ".join([f"{sql_table(self.table)} AS {self.alias}", *self.joins])

    def nested(self, table: Table) -> Source:
        """A source of its own for a subquery, its aliases distinct from this one's."""
        return Source(schema=self.schema, table=table, names=self.names)

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
        alias, table = self.follow(steps[:-1])
        name = steps[-1]
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
        found = self.joined(alias, navigation)
        self.followed[steps] = found
        return found

    def joined(self, alias: str, navigation: Navigation) -> tuple[str, Table]:
        """The alias and table of a new LEFT JOIN along a navigation property."""
        target_name = navigation.target
        if target_name == "principal":
            target_name = "systemuser"
        target = self.schema.table(target_name)
        other = f"t{next(self.names)}"
        column = navigation.column
        condition = f'{other}."{target.primary_id}" = {alias}.{sql_column(column)}'
        if column.is_polymorphic:
            condition += f" AND {alias}.{sql_target(column)} = '{target.logical_name}'"
        self.joins.append(f"LEFT JOIN {sql_table(target)} AS {other} ON {condition}")
        return other, target
