"""
Which draft invoice a source is on: claimed by a detail, released when that goes.

A transaction connection between an invoice line detail and an unbilled sales
actual is what claims the actual; a milestone is claimed by the detail that names
it as its source, a product line by the invoice line that bills it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONNECTION,
    CONTRACT_LINE,
    DETAIL,
    MILESTONE,
    PROJECT_SERVICE,
    BillingStatus,
    MilestoneStatus,
    TransactionType,
)
from connector.emulator.schema.model import Reference
from connector.emulator.schema.values import parse_guid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow, Transaction

_CLAIMABLE = (None, BillingStatus.UNBILLED_SALES_CREATED, BillingStatus.READY_TO_INVOICE)


def claim_by_connection(tx: Transaction, connection: StoredRow) -> None:
    """Claim the actual or milestone that a connection ties to an invoice line detail."""
    detail = _side(tx, connection, 1)
    source = _side(tx, connection, 2)
    if detail is None or source is None or detail.table.logical_name != DETAIL:
        return
    if source.table.logical_name == ACTUAL:
        _claim_actual(tx, source, detail)
    elif source.table.logical_name == MILESTONE:
        _claim_milestone(tx, source)


def claim_by_detail(tx: Transaction, detail: StoredRow) -> None:
    """Claim the milestone that a detail names as its source document."""
    milestone = _source_milestone(tx, detail)
    if milestone is not None:
        _claim_milestone(tx, milestone)


def claim_by_line(tx: Transaction, line: StoredRow) -> None:
    """Claim the product line that an invoice line bills."""
    _move_product_line(tx, line, BillingStatus.CUSTOMER_INVOICE_CREATED)


def release_detail(tx: Transaction, detail: StoredRow) -> None:
    """
    Release what a detail claims and delete its connections.

    Sources go back to Ready to Invoice, which is the platform's present-day
    behaviour as far as any source tells (DR-22).
    """
    for connection in _connections(tx, detail.id):
        release_connection(tx, connection)
        tx.delete(connection.table, connection.id)
    actuals = tx.schema.table(ACTUAL)
    back_link = "msdyn_invoicelinedetail"
    for actual in tx.find(actuals, {back_link: detail.id}) if back_link in actuals.columns else ():
        _release_actual(tx, actual, detail.id)
    milestone = _source_milestone(tx, detail)
    if milestone is not None:
        _release_milestone(tx, milestone)


def release_connection(tx: Transaction, connection: StoredRow) -> None:
    """Release the source that a connection ties to a detail."""
    detail, source = _side(tx, connection, 1), _side(tx, connection, 2)
    if detail is None or source is None or detail.table.logical_name != DETAIL:
        return
    if source.table.logical_name == ACTUAL:
        _release_actual(tx, source, detail.id)
    elif source.table.logical_name == MILESTONE:
        _release_milestone(tx, source)


def release_line(tx: Transaction, line: StoredRow) -> None:
    """Put the product line of an invoice line back to Ready to Invoice."""
    _move_product_line(tx, line, BillingStatus.READY_TO_INVOICE)


def sources_of(tx: Transaction, detail: StoredRow) -> Iterator[StoredRow]:
    """Return the actuals and milestones that a detail bills, each once."""
    found: dict[UUID, StoredRow] = {}
    for connection in _connections(tx, detail.id):
        source = _side(tx, connection, 2)
        if source is not None:
            found[source.id] = source
    milestone = _source_milestone(tx, detail)
    if milestone is not None:
        found[milestone.id] = milestone
    yield from found.values()


def _connections(tx: Transaction, detail_id: UUID) -> list[StoredRow]:
    table = tx.schema.table(CONNECTION)
    ways: list[NewValues] = [_text_side(detail_id)]
    if "msdyn_transaction1lookup" in table.columns:
        ways.insert(0, {"msdyn_transaction1lookup": detail_id})
    found = {row.id: row for wanted in ways for row in tx.find(table, wanted)}
    return list(found.values())


def _text_side(detail_id: UUID) -> NewValues:
    return {"msdyn_transaction1": str(detail_id), "msdyn_transaction1type": DETAIL}


def _side(tx: Transaction, connection: StoredRow, number: int) -> StoredRow | None:
    """Return one end of a connection, by its lookup or by its texts."""
    lookup = connection.values.get(f"msdyn_transaction{number}lookup")
    if isinstance(lookup, Reference):
        return tx.get(tx.schema.table(lookup.table), lookup.id)
    name = str(connection.values[f"msdyn_transaction{number}type"] or "").lower()
    row_id = parse_guid(str(connection.values[f"msdyn_transaction{number}"] or ""))
    table = tx.schema.tables.get(name)
    return tx.get(table, row_id) if table is not None and row_id is not None else None


def _source_milestone(tx: Transaction, detail: StoredRow) -> StoredRow | None:
    source = detail.values.get("msdyn_sourcedocument")
    if isinstance(source, Reference) and source.table == MILESTONE:
        return tx.get(tx.schema.table(MILESTONE), source.id)
    return None


def _claim_actual(tx: Transaction, actual: StoredRow, detail: StoredRow) -> None:
    is_unbilled = actual.values["msdyn_transactiontypecode"] == TransactionType.UNBILLED_SALES
    if is_unbilled and actual.values["msdyn_billingstatus"] in _CLAIMABLE:
        changes: NewValues = {
            "msdyn_billingstatus": int(BillingStatus.CUSTOMER_INVOICE_CREATED),
            "msdyn_invoice": detail.values["msdyn_invoice"],
            "msdyn_invoicelinedetail": Reference(table=DETAIL, id=detail.id),
        }
        tx.update(actual.table, actual.id, _known(actual, changes))


def _release_actual(tx: Transaction, actual: StoredRow, detail_id: UUID) -> None:
    claimed = actual.values["msdyn_billingstatus"] == BillingStatus.CUSTOMER_INVOICE_CREATED
    own = Reference(table=DETAIL, id=detail_id)
    if claimed and actual.values.get("msdyn_invoicelinedetail", own) == own:
        changes: NewValues = {
            "msdyn_billingstatus": int(BillingStatus.READY_TO_INVOICE),
            "msdyn_invoice": None,
            "msdyn_invoicelinedetail": None,
        }
        tx.update(actual.table, actual.id, _known(actual, changes))


def _known(row: StoredRow, changes: NewValues) -> NewValues:
    """Return those of *changes* that the row's table has; older tenants lack the younger ones."""
    return {name: value for name, value in changes.items() if name in row.table.columns}


def _claim_milestone(tx: Transaction, milestone: StoredRow) -> None:
    if milestone.values["msdyn_invoicestatus"] != MilestoneStatus.CUSTOMER_INVOICE_POSTED:
        status = int(MilestoneStatus.CUSTOMER_INVOICE_CREATED)
        tx.update(milestone.table, milestone.id, {"msdyn_invoicestatus": status})


def _release_milestone(tx: Transaction, milestone: StoredRow) -> None:
    if milestone.values["msdyn_invoicestatus"] == MilestoneStatus.CUSTOMER_INVOICE_CREATED:
        status = int(MilestoneStatus.READY)
        tx.update(milestone.table, milestone.id, {"msdyn_invoicestatus": status})


def _move_product_line(tx: Transaction, line: StoredRow, status: BillingStatus) -> None:
    contract_line = line.values["salesorderdetailid"]
    if line.values["producttypecode"] == PROJECT_SERVICE or not isinstance(
        contract_line, Reference
    ):
        return
    table = tx.schema.table(CONTRACT_LINE)
    tx.update(table, contract_line.id, {"msdyn_billingstatus": int(status)})
