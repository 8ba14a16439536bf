"""Writing a draft invoice: header, one line for each contract line, details, connections."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator.behaviours.billing import contract_lines, is_active
from connector.emulator.behaviours.choices import (
    ACTUAL,
    CONNECTION,
    DETAIL,
    INVOICE,
    LINE,
    MILESTONE,
    PROJECT_SERVICE,
    SPLIT_RULE,
    WORK_BASED,
    BillingType,
    InvoiceStatus,
    TransactionClass,
    TransactionType,
)
from connector.emulator.behaviours.totals import money, present
from connector.emulator.rows.writer import reference_to
from connector.emulator.schema.model import Reference

if TYPE_CHECKING:
    from connector.emulator.behaviours.billing import CustomerShare, Source
    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow, Transaction

# Columns that a detail takes from its actual as they are (copied, never repriced).
_FROM_ACTUAL: Final = [
    "accountcustomer",
    "accountingdate",
    "amount",
    "amountmethod",
    "basisamount",
    "basisprice",
    "basisquantity",
    "billingtype",
    "bookableresource",
    "contactcustomer",
    "contractorganizationalunitid",
    "costtype",
    "customertype",
    "description",
    "documentdate",
    "enddatetime",
    "exchangeratedate",
    "extendedamount",
    "externaldescription",
    "percent",
    "price",
    "pricelist",
    "product",
    "project",
    "projectcontractlinediscountamount",
    "projectcontractlinediscountpercentage",
    "projectcontractlinefeeamount",
    "projectcontractlinefeepercentage",
    "projectcontractlinesplitbillingrule",
    "projectcontractsplitbillingrule",
    "quantity",
    "resourcecategory",
    "resourceorganizationalunitid",
    "sourcejournalline",
    "startdatetime",
    "task",
    "tax",
    "transactioncategory",
    "transactionclassification",
    "transactiondate",
    "tzaaccountingdate",
    "unit",
    "unitschedule",
    "writeinproductdescription",
]
_FROM_PRODUCT: Final = [
    "ispriceoverridden",
    "manualdiscountamount",
    "priceperunit",
    "productid",
    "quantity",
    "tax",
    "uomid",
    "volumediscountamount",
]
_FROM_MILESTONE: Final = [
    "description",
    "externaldescription",
    "project",
    "projectcontractlinemilestone",
    "projectcontractlinesplitbillingrule",
    "projectcontractsplitbillingrule",
]
_ADDRESS: Final = {
    "msdyn_billtoname": "billto_name",
    "msdyn_billtocontactname": "msdyn_billtocontactname",
    "msdyn_billtoaddress1": "billto_line1",
    "msdyn_billtoaddress2": "billto_line2",
    "msdyn_billtoaddress3": "billto_line3",
    "msdyn_billtocity": "billto_city",
    "msdyn_billtostate": "billto_stateorprovince",
    "msdyn_billtozippostalcode": "billto_postalcode",
    "msdyn_billtocountry": "billto_country",
}


def write_draft(writer: Writer, contract: StoredRow, share: CustomerShare) -> StoredRow:
    """Write the draft invoice of one customer and return its header."""
    invoice = _write_header(writer, contract, share.customer)
    for line in contract_lines(writer.tx, contract):
        sources = [source for source in share.sources if source.line.id == line.id]
        if sources:
            _write_line(writer, invoice, line, sources)
    return writer.row(invoice.table, invoice.id)


def _write_header(writer: Writer, contract: StoredRow, customer: Reference) -> StoredRow:
    values: NewValues = {
        "name": contract.values["name"],
        "customerid": customer,
        "salesorderid": reference_to(contract),
        "msdyn_ordertype": WORK_BASED,
        "msdyn_projectinvoicestatus": int(InvoiceStatus.DRAFT),
    }
    for name in ("pricelevelid", "transactioncurrencyid", "opportunityid", "ownerid"):
        values[name] = contract.values[name]
    rule = _rule_of(writer.tx, contract, customer)
    if rule is not None:
        values["msdyn_projectcontractsplitbillingrule"] = reference_to(rule)
        values |= {name: rule.values[source] for source, name in _ADDRESS.items()}
        terms = rule.values["msdyn_paymentterms"]
        known = writer.schema.table(INVOICE).columns["paymenttermscode"].options
        values["paymenttermscode"] = terms if terms in known else None
    return writer.insert(writer.schema.table(INVOICE), values)


def _rule_of(tx: Transaction, contract: StoredRow, customer: Reference) -> StoredRow | None:
    wanted = {"msdyn_projectcontractid": contract.id, "msdyn_customerid": customer.id}
    found = [row for row in tx.find(tx.schema.table(SPLIT_RULE), wanted) if is_active(row)]
    return found[0] if found else None


def _write_line(writer: Writer, invoice: StoredRow, line: StoredRow, sources: list[Source]) -> None:
    is_product = line.values["producttypecode"] != PROJECT_SERVICE
    values: NewValues = {
        "invoiceid": reference_to(invoice),
        "salesorderdetailid": reference_to(line),
        "invoicedetailname": line.values["salesorderdetailname"],
        "producttypecode": line.values["producttypecode"] if is_product else PROJECT_SERVICE,
        "quantity": Decimal(1),
        "productdescription": line.values["productdescription"],
        "isproductoverridden": line.values["productid"] is None,
        "msdyn_project": line.values["msdyn_project"],
        "msdyn_billingmethod": line.values["msdyn_billingmethod"],
        "msdyn_contractlineamount": line.values["extendedamount"],
    }
    if is_product:
        values |= {name: line.values[name] for name in present(line.table, _FROM_PRODUCT)}
    row = writer.insert(writer.schema.table(LINE), values)
    if not is_product:
        for source in sorted(sources, key=_order):
            _write_detail(writer, row, source)


def _order(source: Source) -> tuple[str, str]:
    values = source.row.values
    return str(values.get("msdyn_transactiondate") or ""), str(source.row.id)


def _write_detail(writer: Writer, line: StoredRow, source: Source) -> None:
    is_actual = source.row.table.logical_name == ACTUAL
    values = _of_actual(source.row) if is_actual else _of_milestone(source.row)
    values |= {
        "msdyn_invoicelineid": reference_to(line),
        "msdyn_invoice": line.values["invoiceid"],
        "msdyn_salescontract": source.line.values["salesorderid"],
        "msdyn_salescontractlineid": reference_to(source.line),
        "msdyn_transactiontypecode": int(TransactionType.BILLED_SALES),
        "transactioncurrencyid": line.values["transactioncurrencyid"],
    }
    detail = writer.insert(writer.schema.table(DETAIL), values)
    if is_actual:
        writer.insert(writer.schema.table(CONNECTION), connection(detail, source.row, _DRAFT_ROLES))


_DRAFT_ROLES: Final = ("Billed Sales", "Unbilled Sales")


def connection(first: StoredRow, second: StoredRow, roles: tuple[str, str]) -> NewValues:
    """Return a transaction connection of two rows, by texts and lookups."""
    return {
        "msdyn_name": f"{roles[0]} - {roles[1]}",
        "msdyn_transaction1": str(first.id),
        "msdyn_transaction1type": first.table.logical_name,
        "msdyn_transaction1role": roles[0],
        "msdyn_transaction1lookup": reference_to(first),
        "msdyn_transaction2": str(second.id),
        "msdyn_transaction2type": second.table.logical_name,
        "msdyn_transaction2role": roles[1],
        "msdyn_transaction2lookup": reference_to(second),
    }


def _of_actual(actual: StoredRow) -> NewValues:
    values = {f"msdyn_{name}": actual.values[f"msdyn_{name}"] for name in _FROM_ACTUAL}
    values["msdyn_quantityoriginal"] = values["msdyn_quantity"]
    values["msdyn_priceoriginal"] = values["msdyn_price"]
    values["msdyn_taxoriginal"] = values["msdyn_tax"]
    values["msdyn_billingtypeoriginal"] = values["msdyn_billingtype"]
    return values


def _of_milestone(milestone: StoredRow) -> NewValues:
    values = {f"msdyn_{name}": milestone.values[f"msdyn_{name}"] for name in _FROM_MILESTONE}
    amount = money(milestone.values["msdyn_amount"])
    start = milestone.values["msdyn_milestonedate"] or milestone.values["msdyn_invoicedate"]
    return values | {
        "msdyn_amount": amount,
        "msdyn_price": amount,
        "msdyn_quantity": Decimal(1),
        "msdyn_tax": milestone.values["msdyn_tax"],
        "msdyn_description": values["msdyn_description"] or milestone.values["msdyn_name"],
        "msdyn_billingtype": int(BillingType.CHARGEABLE),
        "msdyn_transactionclassification": int(TransactionClass.MILESTONE),
        "msdyn_startdatetime": start,
        "msdyn_enddatetime": start,
        "msdyn_documentdate": start,
        "msdyn_sourcedocument": Reference(table=MILESTONE, id=milestone.id),
    }
