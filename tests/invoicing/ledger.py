"""
Contracts written down as aligned text, and plans printed the same way.

    contract  | Adatum | USD 2
    customer  | Adatum Corp
    line      | Implementation work | time-and-material
    run       | Implementation work | 2020-10-05 | 2020-10-04
    actual    | Implementation work | 2020-10-02 | time | 8 | 200.00 | ready

Cells after the fixed ones are `field = value` and set any field of the record by name.
"""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from connector.invoicing.choices import (
    AdjustmentStatus,
    BillingMethod,
    BillingStatus,
    BillingType,
    ContractReason,
    ContractState,
    CustomerKind,
    LineKind,
    LineService,
    MilestoneStatus,
    NotToExceedStatus,
    OrderType,
    RefundStatus,
    RetainerStatus,
    RunStatus,
    TransactionClass,
    TransactionType,
)
from connector.invoicing.model import (
    Actual,
    BillTo,
    Contract,
    ContractCustomer,
    ContractLine,
    ContractLineCustomer,
    ContractSnapshot,
    Currency,
    Customer,
    Milestone,
    Retainer,
    ScheduleRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.invoicing.plan import ContractPlan, InvoicePlan

_NAMES = UUID("5b1f0c7e-0000-4000-8000-000000000000")
_WORDS = {
    "ready": "ready-to-invoice",
    "posted": "customer-invoice-posted",
    "created": "customer-invoice-created",
}
_CHOICES: dict[tuple[type, str], Callable[[str], Any]] = {
    (Contract, "state"): ContractState,
    (Contract, "reason"): ContractReason,
    (Contract, "order_type"): OrderType,
    (ContractLine, "billing_method"): BillingMethod,
    (ContractLine, "billing_status"): BillingStatus,
    (ContractLine, "service"): LineService,
    (ContractLine, "kind"): LineKind,
    (ScheduleRow, "status"): RunStatus,
    (Milestone, "status"): MilestoneStatus,
    (Milestone, "not_to_exceed_status"): NotToExceedStatus,
    (Actual, "billing_status"): BillingStatus,
    (Actual, "billing_type"): BillingType,
    (Actual, "adjustment_status"): AdjustmentStatus,
    (Actual, "not_to_exceed_status"): NotToExceedStatus,
    (Actual, "transaction_class"): TransactionClass,
    (Actual, "transaction_type"): TransactionType,
    (Retainer, "status"): RetainerStatus,
    (Retainer, "refund_status"): RefundStatus,
}


def ident(name: str) -> Any:
    """The id that *name* has in every ledger."""
    return uuid5(_NAMES, name)


def snapshot_of(text: str) -> ContractSnapshot:
    """The contract that the ledger *text* describes."""
    rows = [line.split("#")[0] for line in text.splitlines()]
    cells = [[cell.strip() for cell in row.split("|")] for row in rows if "|" in row]
    records = [_READERS[row[0]](row[1:], number) for number, row in enumerate(cells)]

    def all_of(kind: type) -> Any:
        return tuple(record for record in records if isinstance(record, kind))

    contract = next(record for record in records if isinstance(record, Contract))
    customers = all_of(ContractCustomer)
    if len(customers) == 1:
        customers = (replace(customers[0], is_primary=True),)
        contract = replace(contract, customer=customers[0].customer)
    return ContractSnapshot(
        organization_id=ident("organization"),
        contract=contract,
        customers=customers,
        lines=all_of(ContractLine),
        line_customers=all_of(ContractLineCustomer),
        schedule=all_of(ScheduleRow),
        milestones=_with_customer(all_of(Milestone), customers),
        actuals=_with_customer(all_of(Actual), customers),
        retainers=_with_customer(all_of(Retainer), customers),
        currencies=all_of(Currency),
    )


def invoices_text(plan: ContractPlan) -> str:
    """The invoices of *plan*, an invoice line per row."""
    return "".join(_invoice_text(invoice) for invoice in plan.invoices)


def _invoice_text(invoice: InvoicePlan) -> str:
    head = f"{invoice.run_date} | invoice | {invoice.amount:,} {invoice.currency.code}\n"
    lines = ""
    for line in invoice.lines:
        parts = ", ".join(
            f"{d.transaction_class} {d.transaction_date} {d.amount:,}" for d in line.details
        )
        lines += f"           | {line.name} | {line.amount:,} | {parts}\n"
    return head + lines


def _with_customer(records: Any, customers: tuple[ContractCustomer, ...]) -> Any:
    """Where there is one customer only, records need not name it."""
    if len(customers) != 1:
        return records
    return tuple(
        r if r.contract_customer_id else replace(r, contract_customer_id=customers[0].id)
        for r in records
    )


def _extras(kind: type, cells: list[str]) -> dict[str, Any]:
    found = {}
    known = {field.name: str(field.type) for field in fields(kind)}
    for cell in cells:
        name, _, value = (part.strip() for part in cell.partition("="))
        found[name] = _value(kind, name, known[name], _WORDS.get(value, value))
    return found


def _value(kind: type, name: str, declared: str, value: str) -> Any:  # noqa: PLR0911
    if value == "none":
        return None
    if (kind, name) in _CHOICES:
        return _CHOICES[kind, name](value)
    if "Decimal" in declared:
        return Decimal(value.replace(",", ""))
    if "date" in declared:
        return date.fromisoformat(value)
    if declared == "bool":
        return value == "true"
    if declared == "Customer | None":
        return Customer(id=ident(value), kind=CustomerKind.ACCOUNT)
    return ident(value) if "Id" in declared or "UUID" in declared else value


def _contract(cells: list[str], _: int) -> Contract:
    name, money, *extras = cells
    contract = Contract(
        id=ident(name),
        name=name,
        order_type=OrderType.WORK_BASED,
        state=ContractState.ACTIVE,
        reason=ContractReason.CONFIRMED,
        currency=_currency([money], 0),
        customer=None,
        price_list_id=ident("price list"),
        etag="contract",
    )
    return replace(contract, **_extras(Contract, extras))


def _currency(cells: list[str], _: int) -> Currency:
    code, precision = cells[0].split()
    return Currency(id=ident(code), code=code, precision=int(precision))


def _customer(cells: list[str], _: int) -> ContractCustomer:
    name, *extras = cells
    customer = ContractCustomer(
        id=ident(name),
        customer=Customer(id=ident(f"account {name}"), kind=CustomerKind.ACCOUNT),
        bill_to=BillTo(name=name),
    )
    return replace(customer, **_extras(ContractCustomer, extras))


def _split(cells: list[str], _: int) -> ContractLineCustomer:
    line, customer, percent, *extras = cells
    rule = ContractLineCustomer(
        id=ident(f"{line} for {customer}"),
        contract_line_id=ident(line),
        contract_customer_id=ident(customer),
        split_percent=Decimal(percent),
    )
    return replace(rule, **_extras(ContractLineCustomer, extras))


def _line(cells: list[str], number: int) -> ContractLine:
    name, method, *extras = cells
    line = ContractLine(
        id=ident(name),
        name=name,
        kind=LineKind.PROJECT,
        billing_method=BillingMethod(method),
        etag=f"line {number}",
    )
    return replace(line, **_extras(ContractLine, extras))


def _product(cells: list[str], number: int) -> ContractLine:
    name, quantity, price, status, *extras = cells
    line = ContractLine(
        id=ident(name),
        name=name,
        kind=LineKind.PRODUCT,
        quantity=Decimal(quantity),
        price=Decimal(price.replace(",", "")),
        amount=Decimal(quantity) * Decimal(price.replace(",", "")),
        etag=f"product {number}",
    )
    extras = [f"billing_status = {status}", *extras]
    return replace(line, **_extras(ContractLine, extras))


def _run(cells: list[str], number: int) -> ScheduleRow:
    line, run_date, cutoff, *extras = cells
    row = ScheduleRow(
        id=ident(f"row {number} of {line} {run_date}"),
        contract_line_id=ident(line),
        run_date=date.fromisoformat(run_date) if run_date else None,
        cutoff_date=date.fromisoformat(cutoff) if cutoff else None,
        status=RunStatus.NOT_RUN,
        etag=f"row {number}",
    )
    return replace(row, **_extras(ScheduleRow, extras))


def _milestone(cells: list[str], number: int) -> Milestone:
    line, day, amount, status, *extras = cells
    milestone = Milestone(
        id=ident(f"milestone of {line} {day} {amount}"),
        name=f"Milestone {day}",
        contract_line_id=ident(line),
        date=date.fromisoformat(day) if day else None,
        status=MilestoneStatus(_WORDS.get(status, status)),
        amount=Decimal(amount.replace(",", "")),
        etag=f"milestone {number}",
    )
    return replace(milestone, **_extras(Milestone, extras))


def _actual(cells: list[str], number: int) -> Actual:
    line, day, work, quantity, price, status, *extras = cells
    actual = Actual(
        id=ident(f"actual {number} of {line}"),
        contract_line_id=ident(line),
        transaction_type=TransactionType.UNBILLED_SALES,
        transaction_class=TransactionClass(work),
        billing_status=None if status == "open" else BillingStatus(_WORDS.get(status, status)),
        billing_type=BillingType.CHARGEABLE,
        transaction_date=date.fromisoformat(day),
        created_date=date.fromisoformat(day),
        quantity=Decimal(quantity),
        price=Decimal(price.replace(",", "")),
        amount=Decimal(quantity) * Decimal(price.replace(",", "")),
        currency_id=None,
        etag=f"actual {number}",
    )
    return replace(actual, **_extras(Actual, extras))


def _retainer(cells: list[str], number: int) -> Retainer:
    name, day, amount, status, *extras = cells
    retainer = Retainer(
        id=ident(name),
        name=name,
        contract_customer_id=None,
        date=date.fromisoformat(day),
        status=RetainerStatus(_WORDS.get(status, status)),
        amount=Decimal(amount.replace(",", "")),
        etag=f"retainer {number}",
    )
    return replace(retainer, **_extras(Retainer, extras))


_READERS: dict[str, Callable[[list[str], int], Any]] = {
    "contract": _contract,
    "currency": _currency,
    "customer": _customer,
    "split": _split,
    "line": _line,
    "product": _product,
    "run": _run,
    "milestone": _milestone,
    "actual": _actual,
    "retainer": _retainer,
}
