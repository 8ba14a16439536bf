"""One planned invoice with a line of each kind, and what the tenant shows before it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from connector.invoicing import ids
from connector.invoicing.choices import (
    BillingMethod,
    BillingType,
    CustomerKind,
    RunStatus,
    SourceTable,
    TransactionClass,
)
from connector.invoicing.model import BillTo, Currency, Customer, Source
from connector.invoicing.plan import (
    ContractPlan,
    DetailPlan,
    InvoicePlan,
    LineBilling,
    LinePlan,
    ScheduleUpdate,
)
from connector.projectops.change_sets import OPERATIONS_PER_CHANGE_SET
from connector.projectops.commit import Committer
from connector.projectops.compose import Composer
from connector.projectops.write import Writer
from connector.projectops.write_dialect import KnownDialect, WriteDialect
from tests.projectops.small_tenant import small_tenant
from tests.projectops.stored_rows import MAPPING, StoredRows
from tests.projectops.tables import described

if TYPE_CHECKING:
    from connector.outcome import InvoiceOutcome

TENANT = replace(
    small_tenant("Europe/Berlin"),
    columns={name: frozenset(info.attributes) for name, info in described(MAPPING).items()},
)
COMPOSER = Composer(TENANT)

CONTRACT = ids.ContractId(UUID(int=7))
ACCOUNT = ids.CustomerId(UUID(int=9))
PROJECT = ids.ProjectId(UUID(int=11))
INVOICE = ids.InvoiceId(UUID(int=40))
WORK, FIXED, GOODS = (ids.ContractLineId(UUID(int=number)) for number in (21, 22, 23))
ACTUAL, MILESTONE = UUID(int=31), UUID(int=32)
WORK_LINE, FIXED_LINE, GOODS_LINE = (ids.InvoiceLineId(UUID(int=n)) for n in (41, 42, 43))
WORK_DETAIL, FIXED_DETAIL = (ids.InvoiceDetailId(UUID(int=number)) for number in (45, 46))
WORK_CONNECTION, FIXED_CONNECTION = (ids.ConnectionId(UUID(int=number)) for number in (51, 52))
ROW = ids.ScheduleRowId(UUID(int=61))
DAY = date(2020, 10, 5)
EURO = Currency(id=ids.CurrencyId(UUID(int=3)), code="EUR", precision=2)
NOTHING = Decimal(0)


def detail(number: int, **changes: Any) -> DetailPlan:
    """Eight hours at 100, with 19 percent of tax, of an actual."""
    usual = DetailPlan(
        id=ids.InvoiceDetailId(UUID(int=number)),
        source=Source(table=SourceTable.ACTUAL, id=ACTUAL),
        connection_id=WORK_CONNECTION,
        transaction_class=TransactionClass.TIME,
        billing_type=BillingType.CHARGEABLE,
        transaction_date=date(2020, 10, 2),
        quantity=Decimal(8),
        price=Decimal(100),
        amount=Decimal(800),
        tax=Decimal(152),
        description="Design",
    )
    return replace(usual, **changes)


def line(number: int, *details: DetailPlan, **changes: Any) -> LinePlan:
    """A line of project work that bills *details*."""
    usual = LinePlan(
        id=ids.InvoiceLineId(UUID(int=number)),
        contract_line_id=WORK,
        name="Work",
        billing=LineBilling.TIME_AND_MATERIAL,
        billing_method=BillingMethod.TIME_AND_MATERIAL,
        project_id=PROJECT,
        contract_amount=None,
        amount=sum((item.amount for item in details), NOTHING),
        tax=sum((item.tax for item in details), NOTHING),
        non_chargeable=NOTHING,
        complimentary=NOTHING,
        details=details,
    )
    return replace(usual, **changes)


WORK_PLAN = line(41, detail(45))
FIXED_PLAN = line(
    42,
    detail(
        46,
        source=Source(table=SourceTable.MILESTONE, id=MILESTONE),
        connection_id=FIXED_CONNECTION,
        transaction_class=TransactionClass.MILESTONE,
        quantity=Decimal(1),
        price=Decimal(1000),
        amount=Decimal(1000),
        tax=Decimal(190),
        description=None,
    ),
    contract_line_id=FIXED,
    name="Fixed",
    billing=LineBilling.FIXED_PRICE,
    billing_method=BillingMethod.FIXED_PRICE,
    contract_amount=Decimal(5000),
)
GOODS_PLAN = line(
    43,
    detail(
        43,
        source=Source(table=SourceTable.PRODUCT_LINE, id=GOODS),
        connection_id=None,
        quantity=Decimal(2),
        price=Decimal(50),
        amount=Decimal(100),
        tax=NOTHING,
    ),
    contract_line_id=GOODS,
    name="Goods",
    billing=LineBilling.PRODUCT,
    billing_method=None,
    project_id=None,
)


def invoice(*lines: LinePlan, number: int = 40, **changes: Any) -> InvoicePlan:
    """A draft of *lines* for the account."""
    usual = InvoicePlan(
        id=ids.InvoiceId(UUID(int=number)),
        contract_id=CONTRACT,
        name="Adatum 2020-10-05",
        customer=Customer(id=ACCOUNT, kind=CustomerKind.ACCOUNT),
        contract_customer_id=None,
        currency=EURO,
        run_date=DAY,
        price_list_id=None,
        bill_to=BillTo(name="Adatum", city="Berlin"),
        payment_terms=None,
        amount=sum((item.amount for item in lines), NOTHING),
        tax=sum((item.tax for item in lines), NOTHING),
        lines=lines,
    )
    return replace(usual, **changes)


PLANNED = invoice(WORK_PLAN, FIXED_PLAN, GOODS_PLAN)
UPDATE = ScheduleUpdate(
    row_id=ROW,
    status=RunStatus.SUCCESSFUL,
    invoice_id=INVOICE,
    etag='W/"1"',
    contract_line_id=WORK,
)


def plan(
    *invoices: InvoicePlan, updates: tuple[ScheduleUpdate, ...] = (UPDATE,), **changes: Any
) -> ContractPlan:
    """The plan of one contract."""
    usual = ContractPlan(
        contract_id=CONTRACT,
        contract_name="Adatum",
        currency=EURO,
        run_date=DAY,
        invoices=invoices,
        schedule_updates=updates,
        not_invoiced=(),
        warnings=(),
        source_etags=(),
    )
    return replace(usual, **changes)


def schedule_row(**changes: Any) -> dict[str, Any]:
    """The due schedule row as it was read for the plan: midnight of 5 October in Berlin."""
    return {
        "msdyn_contractlineinvoicescheduleid": str(ROW),
        "msdyn_invoicerunstatus": 192350000,
        "msdyn_invoicerundate": "2020-10-04T22:00:00Z",
        "_msdyn_invoice_value": None,
        **changes,
    }


def tenant_before(**tables: Any) -> StoredRows:
    """The tenant before anything is written: the due schedule row, and what is billed."""
    rows = {
        MAPPING.schedule_row.set: [schedule_row()],
        MAPPING.actual.set: [
            {MAPPING.actual.id: str(ACTUAL), MAPPING.actual.billing_status: 192350004}
        ],
        MAPPING.milestone.set: [
            {MAPPING.milestone.id: str(MILESTONE), MAPPING.milestone.status: 192350001}
        ],
        MAPPING.contract_line.set: [
            {MAPPING.contract_line.id: str(GOODS), MAPPING.contract_line.billing_status: 192350004}
        ],
    }
    return StoredRows(**{**rows, **tables})


class Heard:
    """Who listens: the invoices that began, and the outcomes in order."""

    def __init__(self) -> None:
        self.begun: list[ids.InvoiceId] = []
        self.outcomes: list[InvoiceOutcome] = []

    def begins(self, planned: InvoicePlan) -> None:
        self.begun.append(planned.id)

    def ended(self, outcome: InvoiceOutcome) -> None:
        self.outcomes.append(outcome)


def writer_to(
    far: StoredRows,
    heard: Heard | None = None,
    *,
    claims: bool = False,
    limit: int = OPERATIONS_PER_CHANGE_SET,
) -> Writer:
    """What writes to *far*, in change sets of at most *limit* operations."""
    committer = Committer(
        client=far.client,
        dialect=WriteDialect(KnownDialect(), claims=claims),
        guard=lambda: None,
        limit=limit,
    )
    return Writer(
        client=far.client,
        tenant=TENANT,
        composer=COMPOSER,
        committer=committer,
        listener=heard or Heard(),
    )


def written_to(far: StoredRows) -> StoredRows:
    """*far* with the draft of `PLANNED` written, its change sets and reads forgotten."""
    writer_to(far).write(plan(PLANNED))
    far.change_sets.clear()
    far.reads.clear()
    return far
