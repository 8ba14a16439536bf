"""
The whole rows of some contracts, with all columns: what a seed of the emulator is made of.

What is billed is followed to what bills it, lines to their currencies and invoice frequencies.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from connector.dataverse.message import Row
from connector.dataverse.values import FORMATTED, LOOKUP_TABLE
from connector.invoicing.ids import ContractId
from connector.projectops import queries
from connector.projectops.decode import read_row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.query import Query
    from connector.mapping.tables import Table
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant

ContractWorld: TypeAlias = Mapping[str, tuple[Row, ...]]
"""Rows by the mapping's word for their table; each row once, in the order of its id."""

_ANNOTATIONS: Final = (LOOKUP_TABLE, FORMATTED)


def contracts_in(tenant: Tenant, world: ContractWorld) -> tuple[ContractId, ...]:
    """The contracts that *world* holds."""
    rows = world.get("contract", ())
    return tuple(ContractId(read_row(tenant, tenant.mapping.contract, row).id) for row in rows)


class WorldReader:
    """Reads the rows of contracts, and holds what it has read."""

    def __init__(self, client: DataverseClient, tenant: Tenant) -> None:
        self._client = client
        self._tenant = tenant
        self._found: dict[str, dict[UUID, Row]] = {}

    def read(self, contracts: Sequence[ContractId], *, whole: bool) -> None:
        """
        Add everything that belongs to *contracts*.

        With *whole* all that ever was billed comes along; else what is open, and what bills it.
        Raises `DataverseError` when a read fails, and `RowFault` for a row without its id.
        """
        asked = {**_ALWAYS, **(_WHOLE if whole else _OPEN)}
        self._add(
            (word, query(self._tenant, contracts))
            for word, query in asked.items()
            if self._tenant.has_table(self._table(word))
        )
        self._add_billing()
        self._add_currencies()
        self._add_frequencies()

    @property
    def world(self) -> ContractWorld:
        """What has been read until now."""
        return {
            word: tuple(rows[key] for key in sorted(rows))
            for word, rows in self._found.items()
            if rows
        }

    def _add(self, asked: Iterable[tuple[str, Query]]) -> None:
        words, wanted = [], []
        for word, query in asked:
            words.append(word)
            wanted.append(replace(query, select=(), annotations=_ANNOTATIONS))
        for word, rows in zip(words, self._client.read_many(wanted), strict=True):
            table, known = self._table(word), self._found.setdefault(word, {})
            known.update((read_row(self._tenant, table, row).id, row) for row in rows)

    def _add_billing(self) -> None:
        """What bills the actuals and milestones: by connection, by back link or as document."""
        names = self._tenant.mapping
        sources = sorted((*self._found.get("actual", {}), *self._found.get("milestone", {})))
        self._add(("connection", query) for query in queries.connections(self._tenant, sources))
        named = {*self._ids("connection", lambda row: row.guid_text(names.connection.first))}
        if names.actual.invoice_detail is not None:
            named |= {*self._looked_up("actual", names.actual.invoice_detail)}
        by_id = queries.rows_by_id(names.invoice_detail, names.invoice_detail.id, sorted(named))
        by_document = queries.details_of_documents(self._tenant, sources)
        self._add(("invoice_detail", query) for query in (*by_id, *by_document))

    def _add_currencies(self) -> None:
        names = self._tenant.mapping
        columns = {
            "contract": names.contract.currency,
            "contract_line": names.contract_line.currency,
            "milestone": names.milestone.currency,
            "actual": names.actual.currency,
            "retainer": names.retainer.currency,
            "invoice": names.invoice.currency,
        }
        named = {key for word, column in columns.items() for key in self._looked_up(word, column)}
        wanted = sorted(named - self._known("currency"))
        by_id = queries.rows_by_id(names.currency, names.currency.id, wanted)
        self._add(("currency", query) for query in by_id)

    def _add_frequencies(self) -> None:
        """How often lines are billed, and on which days."""
        names = self._tenant.mapping
        wanted = {*self._looked_up("contract_line", names.contract_line.invoice_frequency)}
        missing = sorted(wanted - self._known("invoice_frequency"))
        table, days = names.invoice_frequency, names.invoice_frequency_detail
        by_id = queries.rows_by_id(table, table.id, missing)
        by_frequency = queries.rows_by_id(days, f"_{days.frequency}_value", missing)
        self._add(("invoice_frequency", query) for query in by_id)
        self._add(("invoice_frequency_detail", query) for query in by_frequency)

    def _known(self, word: str) -> set[UUID]:
        return set(self._found.get(word, {}))

    def _table(self, word: str) -> Table:
        table: Table = getattr(self._tenant.mapping, word)
        return table

    def _looked_up(self, word: str, column: str) -> Iterator[UUID]:
        return self._ids(word, lambda row: row.lookup(column))

    def _ids(self, word: str, read: Callable[[RowReader], UUID | None]) -> Iterator[UUID]:
        table = self._table(word)
        for row in self._found.get(word, {}).values():
            found = read(read_row(self._tenant, table, row))
            if found is not None:
                yield found


_ALWAYS: Final = {
    "contract": queries.contracts,
    "contract_line": queries.contract_lines,
    "schedule_row": queries.schedule_rows,
    "milestone": queries.milestones,
    "contract_customer": queries.contract_customers,
    "contract_line_customer": queries.contract_line_customers,
    "retainer": queries.retainers,
    "invoice": queries.invoices,
}
_WHOLE: Final = {
    "actual": queries.all_actuals,
    "invoice_line": queries.all_lines,
    "invoice_detail": queries.all_details,
}
_OPEN: Final = {"actual": queries.actuals, "invoice_line": queries.billing_lines}
