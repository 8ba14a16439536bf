"""A planned invoice as requests: built here, sent by `write`, in the order the lookups allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.dataverse.operations import request_update
from connector.dataverse.values import write_date
from connector.invoicing.amounts import ZERO, total
from connector.invoicing.choices import (
    CustomerKind,
    OrderType,
    ProformaStatus,
    SourceTable,
    TransactionType,
)
from connector.invoicing.plan import LineBilling
from connector.projectops.binding import bind
from connector.projectops.change_sets import Claim, PlannedRow, RowGroup, rows_of
from connector.projectops.choices import AmountMethod, ProductType
from connector.projectops.claims import claim_columns
from connector.projectops.constants import constant_columns
from connector.projectops.lengths import fitted
from connector.projectops.tenant import BEHAVIOURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from connector.dataverse.message import JsonValue, Request, Row
    from connector.invoicing.model import BillTo, Carried
    from connector.invoicing.plan import DetailPlan, InvoicePlan, LinePlan, ScheduleUpdate
    from connector.mapping.tables import BillToColumns, DateColumn, Table
    from connector.projectops.tenant import Tenant


class Composer:
    """Turns planned invoices into rows of one tenant."""

    def __init__(self, tenant: Tenant, owner: str | None = None) -> None:
        """*owner* is what drafts belong to, `systemusers(…)` or `teams(…)`; None is the caller."""
        self._tenant = tenant
        self._names = tenant.mapping
        self._claim_columns = claim_columns(tenant)
        self._owner = owner

    def rows(self, invoice: InvoicePlan) -> tuple[PlannedRow, ...]:
        """Header, lines, details and connections, parents before children."""
        return rows_of(self.groups(invoice))

    def groups(self, invoice: InvoicePlan) -> tuple[RowGroup, ...]:
        """The same in groups that stand together or not at all, each with its claims."""
        return (
            RowGroup(rows=(self._header(invoice),)),
            *(self._line_group(invoice, line) for line in invoice.lines),
            *(
                RowGroup(
                    rows=(self._detail(invoice, line, detail), self._connection(detail)),
                    claims=self._claims(detail),
                )
                for line, detail in _written_details(invoice)
            ),
        )

    def schedule_request(self, update: ScheduleUpdate) -> Request:
        """Run status and invoice of a schedule row, if it is still as it was read (L8)."""
        names = self._names.schedule_row
        row: dict[str, JsonValue] = {
            names.status: self._tenant.choices.run_status.number_of[update.status]
        }
        if update.invoice_id is not None:
            row |= bind(names.invoice_navigation, self._names.invoice, update.invoice_id)
        return request_update(names.set, update.row_id, row, update.etag)

    def _header(self, invoice: InvoicePlan) -> PlannedRow:
        names, choices = self._names.invoice, self._tenant.choices
        tables = self._names
        customer, related = invoice.customer, tables.related
        by_account = customer.kind is CustomerKind.ACCOUNT
        navigation = names.account_navigation if by_account else names.contact_navigation
        row: dict[str, JsonValue] = {
            names.name: invoice.name,
            names.order_type: choices.order_type.number_of[OrderType.WORK_BASED],
            names.status: choices.proforma_status.number_of[ProformaStatus.DRAFT],
            **bind(names.contract_navigation, tables.contract, invoice.contract_id),
            **bind(navigation, related.account if by_account else related.contact, customer.id),
            **bind(names.currency_navigation, tables.currency, invoice.currency.id),
            **bind(names.price_list_navigation, tables.related.price_list, invoice.price_list_id),
            **bind(
                names.contract_customer_navigation,
                tables.contract_customer,
                invoice.contract_customer_id,
            ),
            **_bill_to(names.bill_to, invoice.bill_to),
        }
        if invoice.payment_terms is not None:
            row[names.payment_terms] = invoice.payment_terms
        if self._owner is not None:
            row[f"{names.owner_navigation}@odata.bind"] = f"/{self._owner}"
        row |= _carried(invoice.carried)
        row |= constant_columns(self._names.constants.invoice)
        fitting, cut = fitted(self._tenant, names.table, row)
        return PlannedRow(
            set=names.set,
            key=names.id,
            id=invoice.id,
            row=fitting,
            is_whole=not invoice.continues,
            shortened=cut,
            money=invoice.currency.precision,
        )

    def _line_group(self, invoice: InvoicePlan, line: LinePlan) -> RowGroup:
        details = line.details if _bills_itself(line) else ()
        claims = tuple(claim for detail in details for claim in self._claims(detail))
        return RowGroup(rows=(self._line(invoice, line),), claims=claims)

    def _claims(self, detail: DetailPlan) -> tuple[Claim, ...]:
        """What marks the source as invoiced; a retainer is left to the platform (DR-18)."""
        column = self._claim_columns.get(detail.source.table)
        return () if column is None else (column.claim(detail.source.id),)

    def _line(self, invoice: InvoicePlan, line: LinePlan) -> PlannedRow:
        names = self._names.invoice_line
        tables = self._names
        row: dict[str, JsonValue] = {
            names.name: line.name,
            names.tax: line.tax,
            names.chargeable: line.amount,
            names.non_chargeable: line.non_chargeable,
            names.complimentary: line.complimentary,
            **bind(names.invoice_navigation, tables.invoice, invoice.id),
            **bind(names.contract_line_navigation, tables.contract_line, line.contract_line_id),
            **bind(names.project_navigation, tables.related.project, line.project_id),
            **bind(names.schedule_row_navigation, tables.schedule_row, line.schedule_row_id),
            **self._line_kind(line),
        }
        if line.contract_amount is not None:
            row[names.contract_amount] = line.contract_amount
        if not _bills_itself(line):
            row |= self._filled(names, {names.discount: line.discount, names.fee: line.fee})
        row |= _carried(line.carried)
        row |= constant_columns(self._names.constants.invoice_line)
        fitting, cut = fitted(self._tenant, names.table, row)
        return PlannedRow(
            set=names.set,
            key=names.id,
            id=line.id,
            row=fitting,
            parts=frozenset() if _bills_itself(line) else frozenset(d.id for d in line.details),
            is_whole=not invoice.continues,
            shortened=cut,
            money=invoice.currency.precision,
        )

    def _line_kind(self, line: LinePlan) -> Row:
        """
        What differs between a line of project work and one that bills by itself (D6).

        A write-in with its own description is what the platform makes of project work; a product
        line carries its product and its quantity and price.
        """
        names, choices = self._names.invoice_line, self._tenant.choices
        if line.billing is LineBilling.PRODUCT:
            (detail,) = line.details
            return {names.quantity: detail.quantity, names.price: detail.price}
        row: dict[str, JsonValue] = {
            names.write_in: True,
            names.write_in_description: line.name,
            names.product_type: choices.product_type.number_of[ProductType.PROJECT_BASED_SERVICE],
            names.quantity: 1,
            names.price: line.amount,
        }
        if line.billing_method is not None:
            row[names.billing_method] = choices.billing_method.number_of[line.billing_method]
        if line.billing is LineBilling.RETAINER:
            (detail,) = line.details
            row |= bind(names.retainer_navigation, self._names.retainer, detail.source.id)
        return row

    def _detail(self, invoice: InvoicePlan, line: LinePlan, detail: DetailPlan) -> PlannedRow:
        names, choices = self._names.invoice_detail, self._tenant.choices
        tables = self._names
        classes, types = choices.transaction_class, choices.transaction_type
        row: dict[str, JsonValue] = {
            names.transaction_type: types.number_of[TransactionType.BILLED_SALES],
            names.transaction_class: classes.number_of[detail.transaction_class],
            names.billing_type: choices.billing_type.number_of[detail.billing_type],
            names.amount_method: self._amount_method(detail),
            names.quantity: detail.quantity,
            names.price: detail.price,
            names.amount: self._detail_amount(detail),
            **({names.tax: detail.tax} if names.tax is not None else {}),
            names.description: detail.description,
            names.external_description: detail.external_description,
            **bind(names.invoice_navigation, tables.invoice, invoice.id),
            **bind(names.invoice_line_navigation, tables.invoice_line, line.id),
            **bind(names.contract_navigation, tables.contract, invoice.contract_id),
            **bind(names.contract_line_navigation, tables.contract_line, line.contract_line_id),
            **bind(names.currency_navigation, tables.currency, invoice.currency.id),
            **self._dates(detail.transaction_date),
            **self._detail_customer(invoice, detail),
            **self._filled(names, {names.discount: detail.discount, names.fee: detail.fee}),
            **bind(names.project_navigation, tables.related.project, line.project_id),
        }
        if detail.source.table is SourceTable.MILESTONE:
            row |= bind(names.source_milestone_navigation, tables.milestone, detail.source.id)
        extended = self._tenant.known(names, names.extended_amount)
        if extended is not None:
            row[extended] = total((detail.amount, detail.tax))
        kept = {name: value for name, value in row.items() if value is not None}
        added = {
            **_carried(detail.carried),
            **constant_columns(self._names.constants.invoice_detail),
        }
        fitting, cut = fitted(self._tenant, names.table, {**kept, **added})
        return PlannedRow(
            set=names.set,
            key=names.id,
            id=detail.id,
            row=fitting,
            shortened=cut,
            money=invoice.currency.precision,
        )

    def _detail_amount(self, detail: DetailPlan) -> Decimal:
        """Before discount and fee, as far as the tenant has columns for them; else net of them."""
        names = self._names.invoice_detail
        discount = ZERO if self._tenant.known(names, names.discount) else detail.discount
        fee = ZERO if self._tenant.known(names, names.fee) else detail.fee
        return total((detail.gross, -discount, fee))

    def _filled(self, table: Table, amounts: Mapping[str | None, Decimal]) -> Row:
        """Those of *amounts* that are not zero, in the columns that the tenant's *table* has."""
        return {
            column: amount
            for column, amount in amounts.items()
            if amount and column is not None and self._tenant.has(table.table, column)
        }

    def _amount_method(self, detail: DetailPlan) -> int:
        fixed = detail.source.table is SourceTable.MILESTONE
        method = AmountMethod.FIXED_PRICE if fixed else AmountMethod.QUANTITY_TIMES_PRICE
        return self._tenant.choices.amount_method.number_of[method]

    def _dates(self, day: date) -> Row:
        names = self._names.invoice_detail
        columns = (names.transaction_date, names.document_date, names.start_date, names.end_date)
        return {item.column: self._written(item, day) for item in columns if item is not None}

    def _written(self, column: DateColumn, day: date) -> str:
        table = self._names.invoice_detail.table
        behaviour = self._tenant.behaviours.get((table, column.column))
        return write_date(day, behaviour or BEHAVIOURS[column.behaviour], self._tenant.zone)

    def _detail_customer(self, invoice: InvoicePlan, detail: DetailPlan) -> Row:
        names, customer = self._names.invoice_detail, invoice.customer
        related = self._names.related
        by_account = customer.kind is CustomerKind.ACCOUNT
        navigation = names.account_navigation if by_account else names.contact_navigation
        return {
            names.customer_type: self._tenant.choices.customer_type.number_of[customer.kind],
            **bind(navigation, related.account if by_account else related.contact, customer.id),
            **bind(
                names.contract_customer_navigation,
                self._names.contract_customer,
                invoice.contract_customer_id,
            ),
            **bind(
                names.contract_line_customer_navigation,
                self._names.contract_line_customer,
                detail.contract_line_customer_id,
            ),
        }

    def _connection(self, detail: DetailPlan) -> PlannedRow:
        """The link that keeps confirmation from billing the source twice (L5)."""
        names = self._names.connection
        own = self._names.invoice_detail
        milestone = detail.source.table is SourceTable.MILESTONE
        navigation = (
            names.second_milestone_navigation if milestone else names.second_actual_navigation
        )
        row: dict[str, JsonValue] = {
            names.first: str(detail.id),
            names.first_type: own.table,
            names.first_role: names.role_of_detail,
            names.second: str(detail.source.id),
            names.second_type: detail.source.table.value,
            names.second_role: names.role_of_milestone if milestone else names.role_of_source,
            **bind(names.first_navigation, self._names.invoice_detail, detail.id),
            **bind(
                navigation,
                self._names.milestone if milestone else self._names.actual,
                detail.source.id,
            ),
        }
        if detail.connection_id is None:
            message = f"the detail {detail.id} has no connection to its source"
            raise ValueError(message)
        return PlannedRow(set=names.set, key=names.id, id=detail.connection_id, row=row)


def _written_details(invoice: InvoicePlan) -> Iterator[tuple[LinePlan, DetailPlan]]:
    """The details that are rows of their own: not those of lines that bill by themselves (D6)."""
    for line in invoice.lines:
        if not _bills_itself(line):
            yield from ((line, detail) for detail in line.details)


def _bills_itself(line: LinePlan) -> bool:
    return line.billing not in (LineBilling.FIXED_PRICE, LineBilling.TIME_AND_MATERIAL)


def _bill_to(names: BillToColumns, bill_to: BillTo) -> Row:
    """The filled bill-to columns; the fields of both sides carry the same names (B10)."""
    columns: dict[str, str] = names.model_dump()
    found = {column: getattr(bill_to, field) for field, column in columns.items()}
    return {column: value for column, value in found.items() if value is not None}


def _carried(values: Sequence[Carried]) -> Row:
    return {item.property: item.value if item.number is None else item.number for item in values}
