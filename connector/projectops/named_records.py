"""Records by what people call them: a number, a name, or an id."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.dataverse.query import Query, all_of, any_of, field
from connector.dataverse.values import FORMATTED
from connector.errors import ConnectorError
from connector.invoicing.choices import OrderType
from connector.invoicing.ids import ContractId, ContractLineId
from connector.projectops.decode import read_row
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.queries import lookup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import Row
    from connector.dataverse.query import Filter
    from connector.mapping.tables import Table
    from connector.projectops.tenant import Tenant

#: Records of one name that are looked at: more are no better answer.
MOST: Final = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedRecord:
    """A record that bears a name or number, and the contract that it belongs to."""

    kind: str
    id: UUID
    name: str
    contract_name: str | None = None

    def __str__(self) -> str:
        place = f" of contract {self.contract_name!r}" if self.contract_name else ""
        return f"{self.kind} {self.name!r}{place}: {self.id}"


class RecordAmbiguous(ConnectorError):  # noqa: N818 - it is the name that is ambiguous
    """Several records have this number or name; the message lists them with their ids."""

    def __init__(self, word: str, found: Sequence[NamedRecord]) -> None:
        count = f"{len(found)}" if len(found) < MOST else f"{MOST - 1} or more"
        lines = "\n".join(f"- {record}" for record in found[: MOST - 1])
        super().__init__(f"{count} records are called {word!r}; give the id of one:\n{lines}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """
    A table whose rows people call by *number* or one of *columns*.

    Of *rank* 0 are those that are meant first.
    """

    kind: str
    rank: int
    names: Table
    columns: tuple[str, ...]
    number: str | None = None
    contract: str | None = None
    wanted: Filter | None = None


def contracts_called(
    client: DataverseClient, tenant: Tenant, words: Sequence[str]
) -> tuple[ContractId, ...]:
    """
    The contracts of these ids, numbers or names, in their order.

    Raises `RecordUnknown` for a word that no contract has, `RecordAmbiguous` for one of several.
    """
    kinds = (_contract(tenant),)
    found = (_only(word, kinds, rows) for word, rows in _asked(client, tenant, kinds, words, ()))
    return tuple(ContractId(record.id) for record in found)


def line_called(
    client: DataverseClient, tenant: Tenant, word: str, contracts: Sequence[ContractId]
) -> ContractLineId:
    """The contract line of this id or name, of *contracts* where any are named; raises as above."""
    kinds = (_line(tenant),)
    [(_, rows)] = _asked(client, tenant, kinds, (word,), contracts)
    return ContractLineId(_only(word, kinds, rows).id)


def record_called(
    client: DataverseClient, tenant: Tenant, word: str, contracts: Sequence[ContractId]
) -> UUID:
    """
    The record of this number or name: a contract, else a part of one, else an invoice.

    An id is taken as it is. Raises as above.
    """
    known = _guid(word)
    if known is not None:
        return known
    kinds = (_contract(tenant), _line(tenant), *_parts(tenant), _invoice(tenant))
    [(_, rows)] = _asked(client, tenant, kinds, (word,), contracts)
    return _only(word, kinds, rows).id


def _only(word: str, kinds: Sequence[_Kind], rows: Sequence[Sequence[NamedRecord]]) -> NamedRecord:
    """The one record of the first rank that has any."""
    pairs = zip(kinds, rows, strict=True)
    for _, same in groupby(pairs, key=lambda pair: pair[0].rank):
        found = [record for _, records in same for record in records]
        if len(found) > 1:
            raise RecordAmbiguous(word, found)
        if found:
            return found[0]
    looked = ", ".join(dict.fromkeys(kind.kind for kind in kinds))
    message = f"no record has the id, number or name {word!r}; looked for: {looked}"
    raise RecordUnknown(message)


def _asked(
    client: DataverseClient,
    tenant: Tenant,
    kinds: Sequence[_Kind],
    words: Sequence[str],
    contracts: Sequence[ContractId],
) -> Iterator[tuple[str, tuple[tuple[NamedRecord, ...], ...]]]:
    """Each word with what it names, by kind; all of them asked for together."""
    queries = [_query(kind, word, contracts) for word in words for kind in kinds]
    answers = client.read_many(queries)
    for place, word in enumerate(words):
        rows = answers[place * len(kinds) : (place + 1) * len(kinds)]
        pairs = zip(kinds, rows, strict=True)
        yield word, tuple(tuple(_records(tenant, kind, found)) for kind, found in pairs)


def _query(kind: _Kind, word: str, contracts: Sequence[ContractId]) -> Query:
    names = kind.names
    lookups = (f"_{kind.contract}_value",) if kind.contract else ()
    owner = [lookup(kind.contract).eq(contract) for contract in contracts if kind.contract]
    conditions = [_called(kind, word), *([any_of(*owner)] if owner else [])]
    return Query(
        entity_set=names.set,
        select=(names.id, *_columns(kind), *lookups),
        filter=all_of(*conditions),
        order_by=(names.id,),
        top=MOST,
        annotations=(FORMATTED,),
    )


def _called(kind: _Kind, word: str) -> Filter:
    """A word that is an id means the record itself, whatever other records are called."""
    known = _guid(word)
    if known is not None:
        return field(kind.names.id).eq(known)
    called = any_of(*(field(column).eq(word) for column in _columns(kind)))
    return all_of(called, kind.wanted) if kind.wanted else called


def _columns(kind: _Kind) -> tuple[str, ...]:
    return (*((kind.number,) if kind.number else ()), *kind.columns)


def _records(tenant: Tenant, kind: _Kind, rows: Iterable[Row]) -> Iterator[NamedRecord]:
    for row in rows:
        reader = read_row(tenant, kind.names, row)
        number = reader.text(kind.number) if kind.number else None
        name = next(filter(None, map(reader.text, kind.columns)), "")
        contract = row.get(f"_{kind.contract}_value@{FORMATTED}") if kind.contract else None
        yield NamedRecord(
            kind=kind.kind,
            id=reader.id,
            name=f"{number} {name}" if number else name,
            contract_name=str(contract) if contract else None,
        )


def _contract(tenant: Tenant) -> _Kind:
    """Only project contracts have names here: a tenant's other sales orders are not billed (E1)."""
    names = tenant.mapping.contract
    work_based = tenant.choices.order_type.number_of[OrderType.WORK_BASED]
    return _Kind(
        kind="contract",
        rank=0,
        names=names,
        columns=(names.name,),
        number=tenant.known(names, names.number),
        wanted=field(names.order_type).eq(work_based),
    )


def _line(tenant: Tenant) -> _Kind:
    names = tenant.mapping.contract_line
    return _Kind(
        kind="contract line",
        rank=1,
        names=names,
        columns=(names.name, names.fallback_name),
        contract=names.contract,
    )


def _parts(tenant: Tenant) -> Iterator[_Kind]:
    """Milestones, and retainers where the tenant has any."""
    names = tenant.mapping.milestone
    yield _Kind(
        kind="milestone", rank=1, names=names, columns=(names.name,), contract=names.contract
    )
    retainers = tenant.mapping.retainer
    if tenant.has_table(retainers):
        yield _Kind(
            kind="retainer",
            rank=1,
            names=retainers,
            columns=(retainers.name,),
            contract=retainers.contract,
        )


def _invoice(tenant: Tenant) -> _Kind:
    names = tenant.mapping.invoice
    return _Kind(
        kind="invoice",
        rank=2,
        names=names,
        columns=(names.name,),
        number=tenant.known(names, names.number),
        contract=names.contract,
    )


def _guid(word: str) -> UUID | None:
    try:
        return UUID(word.strip())
    except ValueError:
        return None
