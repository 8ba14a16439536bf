"""A draft as it stands in the tenant, whole and with versions, and whether it may be deleted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.query import Query, field, in_list
from connector.invoicing.choices import ProformaStatus, RunStatus
from connector.projectops.fingerprint import print_edits, stray_columns
from connector.projectops.platform_columns import is_platforms, places_of, same_value
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.row_state import conflicts
from connector.projectops.rows import RowReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from connector.dataverse.client import DataverseClient
    from connector.dataverse.message import JsonValue, Row
    from connector.invoicing.plan import InvoicePlan, ScheduleUpdate
    from connector.mapping.tables import InvoiceLineTable, InvoiceTable, Table
    from connector.projectops.change_sets import FoundRows, PlannedRow
    from connector.projectops.compose import Composer
    from connector.projectops.fingerprint import DraftPrint
    from connector.projectops.tenant import Tenant

#: Differences that a refusal names one by one.
NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """
    What stands of one planned invoice.

    *found* are the planned rows that exist, *strangers* rows on it that no plan of ours made, and
    *rows_to_reset* the schedule rows that name it (or, without an invoice, that ran for nothing).
    """

    tables: tuple[str, str, str, str]
    planned_rows: tuple[PlannedRow, ...]
    found: FoundRows
    strangers: tuple[str, ...]
    rows_to_reset: tuple[tuple[UUID, str], ...]

    @property
    def is_gone(self) -> bool:
        """Whether nothing of it is left and no schedule row names it."""
        return not self.found and not self.strangers and not self.rows_to_reset

    @property
    def header(self) -> tuple[UUID, ...]:
        """The invoice, if it exists."""
        return self._present(self.tables[0])

    @property
    def lines(self) -> tuple[UUID, ...]:
        """Its lines that exist."""
        return self._present(self.tables[1])

    @property
    def pairs(self) -> Iterator[tuple[tuple[UUID, str] | None, tuple[UUID, str] | None]]:
        """Each detail with its connection, by id and version; None for one that is missing."""
        details = [row for row in self.planned_rows if row.set == self.tables[2]]
        connections = [row for row in self.planned_rows if row.set == self.tables[3]]
        for detail, connection in zip(details, connections, strict=True):
            yield self._version(detail), self._version(connection)

    def name_and_version(
        self, table: InvoiceTable | InvoiceLineTable, row_id: UUID
    ) -> tuple[str, str]:
        """Name and version of a header or line that exists."""
        row = self.found[table.set, row_id]
        return str(row[table.name]), str(row["@odata.etag"])

    def refusal(self, tenant: Tenant, *, may_lack: bool, kept: DraftPrint | None = None) -> str:
        """
        Why it must not be taken back; empty when it may.

        *may_lack* allows missing rows. It is compared with *kept*, how it stood right after the
        write, else with the plan.
        """
        if state := self._state(tenant):
            return state
        if self.strangers:
            return f"it holds rows that this run has not written: {_some(self.strangers)}"
        missing = len(self.planned_rows) - len(self.found)
        if missing and not may_lack:
            return f"it was edited: {missing} of its rows are not there any more"
        if edits := tuple(self._edits(tenant, kept)):
            return f"it was edited: {_some(edits)}"
        return ""

    def _state(self, tenant: Tenant) -> str:
        names, choice = tenant.mapping.invoice, tenant.choices.proforma_status
        for header in self.header:
            reader = RowReader(tenant, names.table, names.id, self.found[names.set, header])
            if reader.choice(names.status, choice) is not ProformaStatus.DRAFT:
                return "it is no draft any more"
            corrected = names.has_corrections
            if corrected and tenant.has(names.table, corrected) and reader.flag(corrected):
                return "it is a correction of another invoice"
        return ""

    def _edits(self, tenant: Tenant, kept: DraftPrint | None) -> Iterator[str]:
        if kept is not None:
            yield from print_edits(tenant, kept, self.planned_rows, self.found)
            return
        yield from conflicts(tenant, self.planned_rows, self.found)
        yield from stray_columns(tenant, self.planned_rows, self.found)
        ids = {row_id for _, row_id in self.found}
        for planned in self.planned_rows:
            there = self.found.get((planned.set, planned.id))
            if there is None or not planned.parts <= ids:
                continue
            for column, value in planned.row.items():
                if "@" not in column and not self._is_as_planned(tenant, planned, column, value):
                    yield f"{planned.set} {planned.id} column {column}"

    def _is_as_planned(
        self, tenant: Tenant, planned: PlannedRow, column: str, value: JsonValue
    ) -> bool:
        table = tenant.table_of[planned.set]
        if is_platforms(tenant, table, column, is_summed_up=bool(planned.parts)):
            return True
        there = self.found[planned.set, planned.id].get(column)
        return same_value(value, there, places_of(tenant, table, column, planned.money))

    def _present(self, entity_set: str) -> tuple[UUID, ...]:
        return tuple(row_id for found, row_id in self.found if found == entity_set)

    def _version(self, row: PlannedRow) -> tuple[UUID, str] | None:
        there = self.found.get((row.set, row.id))
        return None if there is None else (row.id, str(there["@odata.etag"]))


def read_draft(
    client: DataverseClient,
    tenant: Tenant,
    composer: Composer,
    invoice: InvoicePlan | None,
    updates: Sequence[ScheduleUpdate],
) -> Draft:
    """Read the draft of *invoice* and the schedule rows of *updates*: one request."""
    names = tenant.mapping
    rows = composer.rows(invoice) if invoice is not None else ()
    planned = _planned_queries(rows)
    hanging = _hanging_queries(tenant, invoice) if invoice is not None else ()
    schedule = _schedule_queries(tenant, updates)
    answers = client.read_many((*planned, *hanging, *schedule))
    tables = {row.set: row.key for row in rows}
    found = {
        (
            query.entity_set,
            RowReader(tenant, query.entity_set, tables[query.entity_set], row).id,
        ): row
        for query, answer in zip(planned, answers, strict=False)
        for row in answer
    }
    there = zip(hanging, answers[len(planned) : len(planned) + len(hanging)], strict=True)
    known = {(row.set, row.id) for row in rows}
    return Draft(
        tables=(
            names.invoice.set,
            names.invoice_line.set,
            names.invoice_detail.set,
            names.connection.set,
        ),
        planned_rows=rows,
        found=found,
        strangers=tuple(
            f"{query.entity_set} {key}"
            for query, answer in there
            for row in answer
            if (
                query.entity_set,
                key := RowReader(tenant, query.entity_set, query.select[0], row).id,
            )
            not in known
        ),
        rows_to_reset=tuple(
            _to_reset(
                tenant, updates, [row for a in answers[len(planned) + len(hanging) :] for row in a]
            )
        ),
    )


def _planned_queries(rows: Sequence[PlannedRow]) -> tuple[Query, ...]:
    """Every planned row, whole: an edit may be in any column."""
    queries: list[Query] = []
    for entity_set in dict.fromkeys(row.set for row in rows):
        own = [row for row in rows if row.set == entity_set]
        for start in range(0, len(own), IDS_PER_QUERY):
            ids = [row.id for row in own[start : start + IDS_PER_QUERY]]
            queries.append(Query(entity_set=entity_set, filter=in_list(own[0].key, ids)))
    return tuple(queries)


def _hanging_queries(tenant: Tenant, invoice: InvoicePlan) -> tuple[Query, ...]:
    """What hangs on the invoice, whoever made it."""

    def on_invoice(names: Table, column: str) -> Query:
        return Query(
            entity_set=names.set,
            select=(names.id,),
            filter=field(f"_{column}_value").eq(invoice.id),
            order_by=(names.id,),
        )

    names = tenant.mapping
    return (
        on_invoice(names.invoice_line, names.invoice_line.invoice),
        on_invoice(names.invoice_detail, names.invoice_detail.invoice),
    )


def _schedule_queries(tenant: Tenant, updates: Sequence[ScheduleUpdate]) -> tuple[Query, ...]:
    names = tenant.mapping.schedule_row
    select = (names.id, names.status, f"_{names.invoice}_value")
    ids = [update.row_id for update in updates]
    return tuple(
        Query(
            entity_set=names.set,
            select=select,
            filter=in_list(names.id, ids[start : start + IDS_PER_QUERY]),
        )
        for start in range(0, len(ids), IDS_PER_QUERY)
    )


def _to_reset(
    tenant: Tenant, updates: Sequence[ScheduleUpdate], rows: Sequence[Row]
) -> Iterator[tuple[UUID, str]]:
    """Rows that say what the run made them say."""
    names, planned = tenant.mapping.schedule_row, {u.row_id: u for u in updates}
    for row in rows:
        reader = RowReader(tenant, names.table, names.id, row)
        update = next(u for key, u in planned.items() if key == reader.id)
        status = reader.choice(names.status, tenant.choices.run_status)
        ours = status is update.status and reader.lookup(names.invoice) == update.invoice_id
        if ours or (status is RunStatus.FAILED and reader.lookup(names.invoice) is None):
            yield reader.id, reader.etag()


def _some(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - NAMED} more" if len(texts) > NAMED else ""
    return "; ".join(texts[:NAMED]) + more
