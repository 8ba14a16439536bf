"""What bills open sources already, asked by source: connections, obligation keys, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from connector.invoicing import keys
from connector.invoicing.choices import SourceTable
from connector.invoicing.model import BilledSource, Source
from connector.projectops.billed import read_billed
from connector.projectops.queries import IDS_PER_QUERY
from tests.projectops.test_actual_pages import MAPPING, TENANT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.dataverse.query import Query
    from connector.projectops.tenant import Tenant

INVOICE, DETAIL = UUID(int=70), UUID(int=71)
SOURCE = Source(table=SourceTable.ACTUAL, id=UUID(int=1))


class Tables:
    """A far side that knows rows by entity set and gives those whose ids are asked for."""

    def __init__(self, **tables: Sequence[Mapping[str, Any]]) -> None:
        self.tables = tables
        self.asked: list[int] = []

    def read_many(self, queries: Sequence[Query]) -> tuple[tuple[Mapping[str, Any], ...], ...]:
        self.asked.append(len(queries))
        return tuple(
            tuple(
                row
                for row in self.tables.get(query.entity_set, ())
                if query.filter and any(f'"{value}"' in query.filter.text for value in row.values())
            )
            for query in queries
        )


def connection(source: Source, detail: UUID) -> Mapping[str, Any]:
    names = MAPPING.connection
    return {
        names.id: str(UUID(int=99)),
        names.first: str(detail),
        names.second: str(source.id).upper(),
        names.second_type: source.table.value,
    }


def detail(row_id: UUID, invoice: UUID | None) -> Mapping[str, Any]:
    names = MAPPING.invoice_detail
    shown = None if invoice is None else str(invoice)
    return {names.id: str(row_id), f"_{names.invoice}_value": shown}


def billed(far: Tables, *sources: Source, tenant: Tenant = TENANT) -> list[BilledSource]:
    return list(read_billed(far, tenant, sources, ()).of(sources))  # type: ignore[arg-type]


def test_a_source_that_nothing_bills_is_not_told() -> None:
    far = Tables()

    assert billed(far, SOURCE) == []
    assert len(far.asked) == 1


def test_nothing_is_asked_where_there_is_no_source() -> None:
    far = Tables()

    assert billed(far) == []
    assert far.asked == []


def test_a_connection_leads_to_the_detail_and_its_invoice_in_one_more_request() -> None:
    # The text ids of a connection may be written in capitals.
    upper = {"second": str(SOURCE.id).upper()}
    far = Tables(
        msdyn_transactionconnections=[{**connection(SOURCE, DETAIL), "asked": str(SOURCE.id)}],
        msdyn_invoicelinetransactions=[detail(DETAIL, INVOICE)],
    )

    assert upper["second"] == far.tables["msdyn_transactionconnections"][0]["msdyn_transaction2"]
    assert billed(far, SOURCE) == [BilledSource(source=SOURCE, invoice_id=INVOICE)]  # type: ignore[arg-type]
    assert len(far.asked) == 2


def test_a_detail_under_the_obligation_key_bills_its_source_without_a_connection() -> None:
    own = keys.detail_id(TENANT.organization_id, SOURCE)
    far = Tables(msdyn_invoicelinetransactions=[detail(own, None)])

    assert billed(far, SOURCE) == [BilledSource(source=SOURCE, invoice_id=None)]
    assert len(far.asked) == 1


def test_a_connection_to_a_detail_that_is_gone_still_says_billed() -> None:
    far = Tables(
        msdyn_transactionconnections=[{**connection(SOURCE, DETAIL), "asked": str(SOURCE.id)}]
    )

    assert billed(far, SOURCE) == [BilledSource(source=SOURCE, invoice_id=None)]


def test_what_is_asked_grows_with_the_open_sources_alone() -> None:
    far = Tables()
    sources = [Source(table=SourceTable.ACTUAL, id=UUID(int=n + 1)) for n in range(1_000)]

    billed(far, *sources)

    chunks = -(-len(sources) // IDS_PER_QUERY)
    assert far.asked == [chunks * 2]  # connections and keys; this tenant has no source document


def test_text_that_is_no_id_leads_nowhere() -> None:
    far = Tables(
        msdyn_transactionconnections=[
            {**connection(SOURCE, DETAIL), "msdyn_transaction1": "none", "asked": str(SOURCE.id)}
        ]
    )

    assert billed(far, SOURCE) == []
