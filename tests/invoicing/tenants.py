"""Random contracts: several customers, currencies of 0 to 4 decimals, every kind of fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from connector.invoicing import keys
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
    ProformaStatus,
    RefundStatus,
    RetainerStatus,
    RunStatus,
    SourceTable,
    TransactionClass,
    TransactionType,
)
from connector.invoicing.model import (
    Actual,
    BilledSource,
    BillTo,
    Contract,
    ContractCustomer,
    ContractLine,
    ContractLineCustomer,
    ContractSnapshot,
    Currency,
    Customer,
    ExistingInvoice,
    Milestone,
    Retainer,
    ScheduleRow,
    Source,
)
from connector.invoicing.policy import (
    ContractStates,
    CreditedMilestones,
    Cutoff,
    EmptyLines,
    MissedDates,
    NonChargeableOnly,
    NothingToBill,
    Policy,
    Retainers,
    RetainerTiming,
    TaxInTotals,
)
from tests.invoicing.ledger import ident

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.invoicing.ids import ContractCustomerId

FIRST = date(2020, 10, 1)
LAST = date(2020, 10, 20)
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))

_NULLABLE = (
    "contract_line_id",
    "billing_status",
    "billing_type",
    "transaction_date",
    "created_date",
    "amount",
    "tax",
    "currency_id",
    "contract_customer_id",
)

policies = st.builds(
    Policy,
    contract_states=st.sampled_from(ContractStates),
    cutoff=st.sampled_from(Cutoff),
    missed_dates=st.sampled_from(MissedDates),
    nothing_to_bill=st.just(NothingToBill.RUN_SUCCESSFUL),
    credited_milestones=st.sampled_from(CreditedMilestones),
    empty_lines=st.sampled_from(EmptyLines),
    non_chargeable_only=st.sampled_from(NonChargeableOnly),
    retainer_timing=st.sampled_from(RetainerTiming),
    retainers=st.sampled_from(Retainers),
    tax_in_totals=st.sampled_from(TaxInTotals),
)


def spoiled(draw: st.DrawFn, record: Any, *faults: dict[str, Any]) -> Any:
    """*record*, in one of four cases with one of *faults*: most records can be billed."""
    if draw(st.integers(0, 3)) != 1:
        return record
    return replace(record, **draw(st.sampled_from(faults)))


@st.composite
def snapshots(draw: st.DrawFn, *, clean: bool = False) -> ContractSnapshot:
    """A contract; a *clean* one has no invoices and claims yet."""
    precision = draw(st.integers(0, 4))
    currency = Currency(id=ident("money"), code="XTS", precision=precision)
    amounts = st.integers(-2000, 50_000).map(lambda n: Decimal(n).scaleb(-precision))
    customers = draw(_customers())
    lines = draw(_lines(amounts))
    payers: list[ContractCustomerId | None] = [*(customer.id for customer in customers)] or [None]
    line_customers = draw(_line_customers(lines, customers))
    milestones = draw(_milestones(lines, payers, amounts))
    schedule = draw(_schedule(lines, [milestone.id for milestone in milestones]))
    actuals = draw(_actuals(lines, payers, amounts, line_customers))
    billed: list[BilledSource] = []
    if not clean and actuals and draw(st.booleans()):
        source = Source(table=SourceTable.ACTUAL, id=actuals[0].id)
        billed.append(BilledSource(source=source, invoice_id=ident("former invoice")))
    return ContractSnapshot(
        organization_id=ident("organization"),
        contract=draw(_contracts(currency)),
        customers=customers,
        lines=lines,
        line_customers=line_customers,
        schedule=schedule,
        milestones=milestones,
        actuals=actuals,
        retainers=draw(_retainers(payers, amounts)),
        invoices=() if clean else draw(_invoices()),
        billed=tuple(billed),
        currencies=draw(
            st.sampled_from(((), (Currency(id=ident("other money"), code="XXB", precision=2),)))
        ),
    )


@st.composite
def _contracts(draw: st.DrawFn, currency: Currency) -> Contract:
    contract = Contract(
        id=ident("contract"),
        name="Contract",
        order_type=OrderType.WORK_BASED,
        state=ContractState.ACTIVE,
        reason=ContractReason.CONFIRMED,
        currency=currency,
        customer=_account(9),
        etag="contract",
    )
    if draw(st.integers(0, 9)) != 1:
        return contract
    return replace(
        contract,
        order_type=draw(st.sampled_from(OrderType)),
        state=draw(st.sampled_from(ContractState)),
        reason=draw(st.sampled_from(ContractReason)),
    )


@st.composite
def _customers(draw: st.DrawFn) -> tuple[ContractCustomer, ...]:
    primary = draw(st.integers(0, 2))
    return tuple(
        spoiled(
            draw,
            ContractCustomer(
                id=ident(f"customer {n}"),
                customer=_account(n),
                split_percent=Decimal(50),
                is_primary=n == primary,
                bill_to=BillTo(name=f"Customer {n}"),
            ),
            {"customer": None},
            {"customer": _account(0)},
            {"is_primary": True},
            {"is_active": False},
            {"unknown_payment_terms": 7},
        )
        for n in range(draw(st.integers(0, 3)))
    )


def _account(number: int) -> Customer:
    return Customer(id=ident(f"account {number}"), kind=CustomerKind.ACCOUNT)


@st.composite
def _lines(draw: st.DrawFn, amounts: st.SearchStrategy[Decimal]) -> tuple[ContractLine, ...]:
    methods = [BillingMethod.TIME_AND_MATERIAL, BillingMethod.FIXED_PRICE]
    return tuple(
        spoiled(
            draw,
            ContractLine(
                id=ident(f"line {number}"),
                name=f"Line {number}",
                kind=LineKind.PRODUCT if number == 2 else LineKind.PROJECT,
                billing_method=methods[number % 2],
                billing_status=BillingStatus.READY_TO_INVOICE,
                amount=draw(amounts),
                etag=f"line {number}",
            ),
            {"name": ""},
            {"service": LineService.FIELD_SERVICE},
            {"billing_method": None},
            {"billing_status": None},
            {"billing_method": BillingMethod.TIME_AND_MATERIAL},
            {"manual_discount": draw(amounts)},
            {"quantity": Decimal(3), "price": draw(amounts), "volume_discount": draw(amounts)},
            {"extended_amount": draw(amounts), "manual_discount": Decimal(1)},
            {"manual_discount": Decimal("NaN")},
        )
        for number in range(draw(st.integers(1, 4)))
    )


@st.composite
def _line_customers(
    draw: st.DrawFn, lines: Sequence[ContractLine], customers: Sequence[ContractCustomer]
) -> tuple[ContractLineCustomer, ...]:
    return tuple(
        spoiled(
            draw,
            ContractLineCustomer(
                id=ident(f"{line.id} for {customer.id}"),
                contract_line_id=line.id,
                contract_customer_id=customer.id,
            ),
            {"is_active": False},
        )
        for line in lines[: draw(st.integers(0, 2))]
        for customer in customers
    )


@st.composite
def _schedule(
    draw: st.DrawFn, lines: Sequence[ContractLine], milestones: Sequence[Any]
) -> tuple[ScheduleRow, ...]:
    rows = []
    for number in range(draw(st.integers(0, 6))):
        run_date = draw(DAYS)
        row = ScheduleRow(
            id=ident(f"row {number}"),
            contract_line_id=lines[0].id,
            run_date=run_date,
            cutoff_date=run_date - timedelta(days=1),
            status=RunStatus.NOT_RUN,
            etag=f"row {number}",
        )
        rows.append(
            spoiled(
                draw,
                row,
                {"run_date": None},
                {"cutoff_date": None},
                {"cutoff_date": run_date + timedelta(days=3)},
                {"cutoff_date": run_date - timedelta(days=5)},
                {"status": RunStatus.SUCCESSFUL},
                {"status": RunStatus.FAILED},
                {"is_active": False},
                *({"contract_line_id": line.id} for line in lines[1:]),
                *({"milestone_id": key} for key in milestones),
            )
        )
    return tuple(rows)


@st.composite
def _milestones(
    draw: st.DrawFn,
    lines: Sequence[ContractLine],
    payers: Sequence[Any],
    amounts: st.SearchStrategy[Decimal],
) -> tuple[Milestone, ...]:
    return tuple(
        spoiled(
            draw,
            Milestone(
                id=ident(f"milestone {number}"),
                name=f"Milestone {number}",
                contract_line_id=lines[min(1, len(lines) - 1)].id,
                date=draw(DAYS),
                status=MilestoneStatus.READY,
                amount=draw(amounts),
                contract_customer_id=draw(st.sampled_from(payers)),
                etag=f"milestone {number}",
            ),
            {"date": None},
            {"amount": None},
            {"status": MilestoneStatus.NOT_READY},
            {"status": MilestoneStatus.INVOICE_CREATED},
            {"not_to_exceed_status": NotToExceedStatus.FAILED},
            {"contract_customer_id": None},
            {"contract_line_id": lines[0].id},
            {"is_active": False},
            {"currency_id": ident("other money")},
        )
        for number in range(draw(st.integers(0, 4)))
    )


@st.composite
def _actuals(
    draw: st.DrawFn,
    lines: Sequence[ContractLine],
    payers: Sequence[Any],
    amounts: st.SearchStrategy[Decimal],
    line_customers: Sequence[ContractLineCustomer],
) -> tuple[Actual, ...]:
    billing_types = [BillingType.CHARGEABLE, *BillingType]
    return tuple(
        spoiled(
            draw,
            Actual(
                id=ident(f"actual {number}"),
                contract_line_id=lines[0].id,
                transaction_type=TransactionType.UNBILLED_SALES,
                transaction_class=TransactionClass.TIME,
                billing_status=BillingStatus.READY_TO_INVOICE,
                billing_type=draw(st.sampled_from(billing_types)),
                transaction_date=draw(DAYS),
                created_date=draw(DAYS),
                amount=draw(amounts),
                tax=draw(amounts),
                currency_id=ident("money"),
                contract_customer_id=draw(st.sampled_from(payers)),
                etag=f"actual {number}",
            ),
            *({name: None} for name in _NULLABLE),
            *({"contract_line_id": line.id} for line in lines[1:]),
            *({"contract_line_customer_id": row.id} for row in line_customers),
            *({"billing_status": status} for status in BillingStatus),
            *({"transaction_class": work} for work in TransactionClass),
            *({"adjustment_status": status} for status in AdjustmentStatus),
            *({"not_to_exceed_status": status} for status in NotToExceedStatus),
            {"transaction_type": TransactionType.COST},
            {"contract_line_id": ident("another contract's line")},
            {"currency_id": ident("other money")},
            {"amount": Decimal("NaN")},
            {"amount": Decimal("0.00001")},
            {"amount": Decimal("1E+400")},
            {"discount": draw(amounts)},
            {"discount": draw(amounts), "fee": draw(amounts)},
            {"fee": Decimal("0.00001")},
            {"is_active": False},
        )
        for number in range(draw(st.integers(0, 10)))
    )


@st.composite
def _retainers(
    draw: st.DrawFn, payers: Sequence[Any], amounts: st.SearchStrategy[Decimal]
) -> tuple[Retainer, ...]:
    return tuple(
        spoiled(
            draw,
            Retainer(
                id=ident(f"retainer {number}"),
                name=f"Retainer {number}",
                contract_customer_id=draw(st.sampled_from(payers)),
                date=draw(DAYS),
                status=draw(st.sampled_from([RetainerStatus.READY, RetainerStatus.INVOICE_POSTED])),
                amount=draw(amounts),
                etag=f"retainer {number}",
            ),
            {"date": None},
            {"status": None},
            {"amount": None},
            {"used_amount": Decimal(1)},
            {"is_active": False},
            *({"refund_status": status} for status in RefundStatus),
        )
        for number in range(draw(st.integers(0, 2)))
    )


@st.composite
def _invoices(draw: st.DrawFn) -> tuple[ExistingInvoice, ...]:
    """Now and then an invoice of a run date exists already."""
    if draw(st.integers(0, 4)) != 1:
        return ()
    key = keys.invoice_id(ident("organization"), ident("contract"), ident("account 0"), draw(DAYS))
    return (
        ExistingInvoice(id=key, customer_id=ident("account 0"), status=ProformaStatus.DRAFT),
        ExistingInvoice(id=ident("former invoice"), customer_id=None, status=None),
    )
