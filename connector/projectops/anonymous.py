"""The rows of some contracts with names, texts and ids replaced by rule, as an emulator's seed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import MalformedValue
from connector.dataverse.values import LOOKUP_TABLE, read_guid
from connector.projectops.kept_columns import KeptTable, Treatment, known_words
from connector.projectops.new_ids import new_ids, obligation_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from connector.dataverse.message import JsonValue, Row
    from connector.projectops.contract_world import ContractWorld
    from connector.projectops.tenant import Tenant

#: Rows that drafts point to, made up for each id that is named: entity set and columns of a name.
_RELATED: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    "account": ("accounts", "accountid", ("name",)),
    "contact": ("contacts", "contactid", ("lastname", "fullname")),
    "pricelevel": ("pricelevels", "pricelevelid", ("name",)),
    "msdyn_project": ("msdyn_projects", "msdyn_projectid", ("msdyn_subject",)),
}
_IDS: Final = (Treatment.ID, Treatment.LOOKUP, Treatment.TEXT_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapturedTable:
    """What was kept of one entity set: rows, and columns by what became of their values."""

    entity_set: str
    rows: int
    columns: tuple[tuple[str, Treatment], ...]
    dropped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anonymous:
    """A seed, what it keeps, and the new id of each old one, which no file may hold."""

    seed: Mapping[str, tuple[Row, ...]]
    tables: tuple[CapturedTable, ...]
    ids: Mapping[UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """By what the values of a world are replaced: *secret* makes ids, *scale* multiplies money."""

    secret: str
    scale: Decimal = Decimal(1)


def anonymous(
    tenant: Tenant, kept: Mapping[str, KeptTable], world: ContractWorld, disguise: Disguise
) -> Anonymous:
    """*world* with nothing in it but what *kept* lets through."""
    ids = new_ids(_old_ids(kept, world), disguise.secret)
    ids |= dict(obligation_keys(tenant, world, ids))
    writer = _Writer(ids, disguise.scale, known_words(tenant.mapping))
    seed = {
        kept[word].names.set: tuple(sorted(writer.rows(kept[word], rows), key=_by(kept[word])))
        for word, rows in world.items()
        if word in kept
    }
    tables = tuple(
        CapturedTable(
            entity_set=kept[word].names.set,
            rows=len(rows),
            columns=tuple(sorted((c.column, c.treatment) for c in kept[word].columns)),
            dropped=kept[word].dropped,
        )
        for word, rows in world.items()
        if word in kept
    )
    return Anonymous(seed={**seed, **writer.related()}, tables=tables, ids=ids)


def _by(table: KeptTable) -> _Key:
    return _Key(table.names.id)


@dataclass(frozen=True, slots=True)
class _Key:
    """Sorts rows by their new id."""

    column: str

    def __call__(self, row: Row) -> str:
        return str(row[self.column])


def _old_ids(kept: Mapping[str, KeptTable], world: ContractWorld) -> Iterator[UUID]:
    for word, rows in world.items():
        wires = [_wire(c.column, c.treatment) for c in kept[word].columns if c.treatment in _IDS]
        values = (_id(row.get(wire)) for row in rows for wire in wires)
        yield from (found for found in values if found is not None)


def _wire(column: str, treatment: Treatment) -> str:
    """The name under which the Web API shows a column."""
    return f"_{column}_value" if treatment is Treatment.LOOKUP else column


def _id(value: JsonValue) -> UUID | None:
    try:
        return read_guid(value)
    except MalformedValue:
        return None


class _Writer:
    """Rewrites rows, and remembers which rows of other tables they point to."""

    def __init__(self, ids: Mapping[UUID, UUID], scale: Decimal, words: frozenset[str]) -> None:
        self._ids = ids
        self._scale = scale
        self._words = words
        self._named: dict[str, set[UUID]] = {}
        self._codes: dict[str, str] = {}

    def rows(self, table: KeptTable, rows: tuple[Row, ...]) -> Iterator[Row]:
        """The rows of one table, as far as they are kept."""
        return (self._row(table, number, row) for number, row in enumerate(rows, start=1))

    def related(self) -> Mapping[str, tuple[Row, ...]]:
        """A row for each customer, price list and project that was named, with a name made up."""
        found: dict[str, tuple[Row, ...]] = {}
        for table, (entity_set, key, names) in _RELATED.items():
            if known := sorted(self._named.get(table, ())):
                found[entity_set] = tuple(
                    {key: str(one), **dict.fromkeys(names, f"{table} {number}")}
                    for number, one in enumerate(known, start=1)
                )
        return found

    def _row(self, table: KeptTable, number: int, row: Row) -> Row:
        made: dict[str, JsonValue] = {}
        for column in table.columns:
            wire = _wire(column.column, column.treatment)
            value = row.get(wire)
            if value is None:
                continue
            name = f"{table.word.replace('_', ' ')} {number}"
            replaced = self._replaced(column.treatment, value, name)
            if replaced is not None:
                made[wire] = replaced
            if column.treatment is Treatment.LOOKUP:
                made |= self._target(wire, row, value)
        return made

    def _replaced(self, treatment: Treatment, value: JsonValue, name: str) -> JsonValue:
        if treatment is Treatment.KEEP:
            return None if isinstance(value, str) and not _is_date(value) else value
        if treatment is Treatment.SCALE:
            return self._scaled(value)
        if treatment in _IDS:
            found = _id(value)
            return None if found is None else str(self._ids[found])
        if treatment is Treatment.NAME:
            return name
        if treatment is Treatment.CURRENCY:
            return self._code(value)
        return value if value in self._words else None

    def _scaled(self, value: JsonValue) -> JsonValue:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        amount = Decimal(value)
        return (amount * self._scale).quantize(amount)

    def _code(self, value: JsonValue) -> JsonValue:
        """A code of ISO 4217 says nothing of a tenant; any other is numbered."""
        from babel.core import get_global  # noqa: PLC0415 - slow to import

        if isinstance(value, str) and value in get_global("all_currencies"):
            return value
        return self._codes.setdefault(str(value), f"Q{len(self._codes):02}")

    def _target(self, wire: str, row: Row, value: JsonValue) -> dict[str, JsonValue]:
        """Which table a lookup leads to: the name of a table, which is no text of a row."""
        table, found = row.get(f"{wire}@{LOOKUP_TABLE}"), _id(value)
        if not isinstance(table, str) or found is None:
            return {}
        self._named.setdefault(table, set()).add(self._ids[found])
        return {f"{wire}@{LOOKUP_TABLE}": table}


def _is_date(text: str) -> bool:
    """Whether a value of a column that is no text looks as dates do on the wire."""
    return len(text) >= len("2020-10-05") and text[:4].isdecimal() and text[4] == "-"
