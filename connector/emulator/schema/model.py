"""Tables, columns and relationships as the emulator knows them; immutable, read from a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from connector.emulator import faults
from connector.emulator.schema.languages import Languages

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID


class ColumnKind(Enum):
    """What a column holds, named as Dataverse's attribute types."""

    STRING = "string"
    MEMO = "memo"
    INTEGER = "integer"
    BIGINT = "bigint"
    DECIMAL = "decimal"
    DOUBLE = "double"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    DATE = "date"
    GUID = "guid"
    LOOKUP = "lookup"
    CUSTOMER = "customer"
    OWNER = "owner"
    PICKLIST = "picklist"
    STATE = "state"
    STATUS = "status"
    MULTIPICKLIST = "multipicklist"
    FILE = "file"
    IMAGE = "image"

    __hash__ = object.__hash__  # members are single: no need to hash a name for each look-up


LOOKUP_KINDS = frozenset({ColumnKind.LOOKUP, ColumnKind.CUSTOMER, ColumnKind.OWNER})
CHOICE_KINDS = frozenset({ColumnKind.PICKLIST, ColumnKind.STATE, ColumnKind.STATUS})
FILE_KINDS = frozenset({ColumnKind.FILE, ColumnKind.IMAGE})
TEXT_KINDS = frozenset({ColumnKind.STRING, ColumnKind.MEMO})


class DeleteRule(Enum):
    """What deleting a row does to the rows that refer to it."""

    REMOVE_LINK = "RemoveLink"
    CASCADE = "Cascade"
    RESTRICT = "Restrict"


class DateBehaviour(Enum):
    """How a date column relates to time zones."""

    USER_LOCAL = "UserLocal"
    DATE_ONLY = "DateOnly"
    TIME_ZONE_INDEPENDENT = "TimeZoneIndependent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """
    One column; ``property_name`` is its name on the wire (``_x_value`` for lookups).

    ``options`` maps choice values to labels and is empty when no source shows them, in
    which case any integer is taken. ``states`` maps status reasons to states.
    ``navigations`` maps each single-valued navigation property to its target table.
    ``assumed`` marks facts of the emulator's own that no public source shows.
    ``schema_name`` is empty when its case is not known; ``default`` is the choice or yes/no
    that a new row gets. ``labels`` and ``descriptions`` hold the texts of languages that have
    their own, by LCID; ``option_labels`` likewise for each value of ``options``. The
    ``max_length`` of files and images is in kilobytes; ``full_image`` says that a picture is kept
    as it came, beside its thumbnail.
    """

    logical_name: str
    kind: ColumnKind
    property_name: str
    label: str = ""
    labels: Mapping[int, str] = field(default_factory=dict)
    schema_name: str = ""
    description: str | None = None
    descriptions: Mapping[int, str] = field(default_factory=dict)
    default: int | None = None
    behaviour: DateBehaviour = DateBehaviour.USER_LOCAL
    format: str = ""
    max_length: int | None = None
    precision: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    options: Mapping[int, str] = field(default_factory=dict)
    option_labels: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    option_set: str | None = None
    states: Mapping[int, int] = field(default_factory=dict)
    required: str = "none"
    read_only: bool = False
    targets: tuple[str, ...] = ()
    navigations: Mapping[str, str] = field(default_factory=dict)
    assumed: bool = False
    custom: bool = False
    full_image: bool = False

    @property
    def is_lookup(self) -> bool:
        """Whether the column refers to a row of another table."""
        return self.kind in LOOKUP_KINDS

    @property
    def is_polymorphic(self) -> bool:
        """Whether the column may refer to rows of several tables."""
        return len(self.targets) > 1

    def option_label(self, value: int, languages: Languages) -> str | None:
        """The label of a choice as its reader sees it; None for an unknown value."""
        text = self.options.get(value)
        own = self.option_labels.get(value)
        return languages.read(text, own)[1] if own and text is not None else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A row named by its table and primary key: the value of a lookup."""

    table: str
    id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Navigation:
    """A single-valued navigation property: the column it binds and the table it leads to."""

    name: str
    column: Column
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """
    A collection-valued navigation property: the referencing table and its lookup column.

    ``name`` is the schema name of the relationship too, as Dataverse has it by default.
    ``cascades`` holds the actions that reach the referencing rows beside deleting, such as
    ``Assign``, with their rule.
    """

    name: str
    table: str
    column: str
    on_delete: DeleteRule = DeleteRule.REMOVE_LINK
    cascades: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationshipEnd:
    """
    One side of a many-to-many relationship.

    ``column`` of the intersect table holds ids of rows of ``table``, from which ``navigation``
    leads to the rows of the other side.
    """

    table: str
    column: str
    navigation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyToMany:
    """A many-to-many relationship: its schema name, the table between, and its two sides."""

    name: str
    intersect: str
    ends: tuple[RelationshipEnd, RelationshipEnd]
    custom: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """
    A collection-valued navigation property of a many-to-many relationship.

    It leads to rows of ``table``, through the rows of ``intersect`` that name both sides.
    """

    name: str
    relationship: str
    intersect: str
    own_column: str
    other_column: str
    table: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternateKey:
    """Columns whose values together name one row."""

    name: str
    columns: tuple[str, ...]


#: Columns by logical name.
Columns: TypeAlias = "Mapping[str, Column]"


@dataclass(frozen=True, kw_only=True, eq=False)
class Table:
    """
    One table; mappings keep the order of the schema file.

    ``labels``, ``collection_labels`` and ``descriptions`` hold the texts of languages that have
    their own, by LCID. ``settings`` holds switches of EntityMetadata that were set by a
    definition, by their name there. ``is_intersect`` marks the table of a many-to-many
    relationship; ``primary_image`` is the column of the picture that stands for a row.
    """

    logical_name: str
    entity_set: str
    primary_id: str
    primary_name: str | None
    label: str = ""
    labels: Mapping[int, str] = field(default_factory=dict)
    schema_name: str = ""
    collection_label: str = ""
    collection_labels: Mapping[int, str] = field(default_factory=dict)
    description: str | None = None
    descriptions: Mapping[int, str] = field(default_factory=dict)
    ownership: str = "user"
    columns: Columns
    collections: Mapping[str, Collection] = field(default_factory=dict)
    links: Mapping[str, Link] = field(default_factory=dict)
    keys: tuple[AlternateKey, ...] = ()
    change_tracking: bool = True
    settings: Mapping[str, bool] = field(default_factory=dict)
    custom: bool = False
    is_intersect: bool = False
    primary_image: str | None = None

    @cached_property
    def properties(self) -> Columns:
        """Columns by their name on the wire."""
        return {column.property_name: column for column in self.columns.values()}

    @cached_property
    def navigations(self) -> Mapping[str, Navigation]:
        """Single-valued navigation properties by their case-sensitive name."""
        return {
            name: Navigation(name=name, column=column, target=target)
            for column in self.columns.values()
            for name, target in column.navigations.items()
        }

    @cached_property
    def file_columns(self) -> tuple[Column, ...]:
        """The columns of files and images."""
        return tuple(column for column in self.columns.values() if column.kind in FILE_KINDS)

    @cached_property
    def has_money(self) -> bool:
        """Whether any column holds money."""
        return any(column.kind is ColumnKind.MONEY for column in self.columns.values())

    @cached_property
    def defaults(self) -> Mapping[str, int | bool]:
        """What new rows get where nothing is given, by logical name."""
        return {
            name: bool(column.default) if column.kind is ColumnKind.BOOLEAN else column.default
            for name, column in self.columns.items()
            if column.default is not None
        }

    def column(self, name: str) -> Column:
        """The column of a logical name; raises KeyError for an unknown one."""
        return self.columns[name]

    def by_property(self, name: str) -> Column:
        """The column of a wire name; an unknown one is the documented 400."""
        found = self.properties.get(name)
        if found is None:
            raise faults.unknown_property(self.logical_name, name)
        return found


@dataclass(frozen=True, kw_only=True, eq=False)
class Schema:
    """All tables by logical name, with the global option sets they share, and the languages."""

    name: str
    tables: Mapping[str, Table]
    option_sets: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    option_set_labels: Mapping[str, Mapping[int, Mapping[int, str]]] = field(default_factory=dict)
    many_to_many: Mapping[str, ManyToMany] = field(default_factory=dict)
    languages: Languages = field(default_factory=Languages)

    @cached_property
    def _by_entity_set(self) -> Mapping[str, Table]:
        return {table.entity_set: table for table in self.tables.values()}

    def table(self, logical_name: str) -> Table:
        """The table of a logical name; an unknown one is answered 501, naming it."""
        found = self.tables.get(logical_name)
        if found is None:
            raise faults.unsupported(feature=f"the table '{logical_name}', missing in its schema")
        return found

    def by_entity_set(self, name: str) -> Table:
        """The table of an entity set; names are case-sensitive, else 404."""
        found = self._by_entity_set.get(name)
        if found is None:
            raise faults.unknown_segment(name)
        return found

    def has_entity_set(self, name: str) -> bool:
        """Whether there is an entity set of that name."""
        return name in self._by_entity_set

    def with_table(self, table: Table) -> Schema:
        """A copy in which *table* replaces its namesake or is added."""
        return replace(self, tables={**self.tables, table.logical_name: table})

    def without_table(self, logical_name: str) -> Schema:
        """A copy without a table."""
        kept = {name: table for name, table in self.tables.items() if name != logical_name}
        return replace(self, tables=kept)
