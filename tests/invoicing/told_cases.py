"""The contracts whose plans and explanations are kept word by word: every reason and warning."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing.choices import (
    BillingType,
    ContractReason,
    ContractState,
    LineKind,
    ProformaStatus,
)
from connector.invoicing.model import (
    BilledSource,
    Carried,
    ExistingInvoice,
    UnknownChoice,
)
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import (
    Cutoff,
    EmptyLines,
    MissedDates,
    Policy,
    Retainers,
    RetainerTiming,
    TaxInTotals,
)
from connector.invoicing.projection import after
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import Actual, ContractSnapshot, Milestone, Retainer

OCT_5 = date(2020, 10, 5)


@dataclass(frozen=True, slots=True)
class Case:
    """A contract on a day."""

    snapshot: ContractSnapshot
    day: date = OCT_5
    policy: Policy = field(default_factory=Policy)


_EVERYTHING = snapshot_of("""
contract  | Everything | USD 2
customer  | Payer | payment_terms = 30
line      | Fixed  | fixed-price | contract_amount = 900 | project_id = Project
line      | Work   | time-and-material
line      | Travel | time-and-material
run       | Work   | 2020-10-05 | 2020-10-04
run       | Work   | 2020-10-19 | 2020-10-18
run       | Travel | 2020-10-12 | 2020-10-11
milestone | Fixed  | 2020-10-05 | 500.00 | ready | tax = 50.00 | description = Phase one
milestone | Fixed  | 2020-11-05 | 400.00 | ready
actual    | Work   | 2020-10-02 | time | 8 | 100.00 | ready | tax = 80 | description = Build
actual    | Work   | 2020-10-01 | time | 2 | 90.00 | ready | tax = 3 | billing_type = non-chargeable
actual    | Work   | 2020-10-01 | time | 1 | 100.00 | ready | billing_type = complimentary
actual | Work | 2020-10-03 | fee | 3 | 10.00 | ready | price = none | external_description = Yours
actual    | Work   | 2020-10-05 | time | 8 | 100.00 | ready
actual    | Work   | 2020-10-19 | time | 8 | 100.00 | ready
actual    | Travel | 2020-10-02 | expense | 1 | 90.00 | ready
actual    | Travel | 2020-10-02 | expense | 1 | 90.00 | open
actual    | Work   | 2020-10-02 | time | 8 | 100.00 | open
product   | Router | 2 | 450.00 | ready-to-invoice | tax = 9
product   | Switch | 1 | 20.00 | ready-to-invoice | quantity = none
retainer  | Advance | 2020-10-01 | 1,000.00 | ready | description = In advance
retainer  | Paid    | 2020-09-01 | 300.00 | posted | used_amount = 100
""")

_REFUSED = snapshot_of(
    """
contract  | Refused | USD 2
customer  | Payer
line      | Work    | time-and-material
line      | Fixed   | fixed-price
line      | Idle    | time-and-material
line      | Unclear | time-and-material | billing_method = none
line      | Field   | time-and-material | service = field-service
product   | Router  | 1 | 900.00 | created
product   | Cable   | 1 | 9.00 | customer-invoice-posted | billing_status = none
product   | Rack    | 1 | 9.00 | unbilled-sales-created
run       | Work    | 2020-10-05 | 2020-10-04
run       | Work    | 2020-10-19 | 2020-10-18
run       | Fixed   | 2020-10-07 | 2020-10-06
"""
    + "".join(
        f"actual | Work | 2020-10-01 | time | 1 | 50.00 | ready | {cell}\n"
        for cell in (
            "billing_status = none",
            "billing_status = none | transaction_date = 2020-10-06",
            "billing_status = none | transaction_date = none",
            "billing_status = unbilled-sales-created | transaction_date = 2020-10-19",
            "billing_status = canceled",
            "adjustment_status = adjusted",
            "adjustment_status = in-process",
            "not_to_exceed_status = failed",
            "not_to_exceed_status = not-evaluated",
            "transaction_class = tax",
            "transaction_class = retainer",
            "billing_type = none",
            "is_active = false",
            "amount = none",
            "tax = NaN",
            "amount = 0.005",
            "currency_id = EUR",
            "transaction_date = none",
            "transaction_date = 2020-10-06",
            "transaction_date = 2020-10-30",
            "contract_line_id = Elsewhere",
            "contract_line_id = Fixed",
            "contract_line_id = Idle",
            "contract_line_id = Unclear",
            "contract_line_id = Field",
            "contract_customer_id = Stranger",
            "contract_line_customer_id = Other stranger",
            "billing_status = created",
        )
    )
    + "".join(
        f"milestone | Fixed | 2020-10-05 | 500.00 | ready | id = M{n} | {cell}\n"
        for n, cell in enumerate(
            (
                "status = not-ready",
                "date = 2020-10-06",
                "date = 2020-10-04",
                "date = none",
                "not_to_exceed_status = failed",
                "contract_line_id = Work",
                "contract_line_id = Nowhere",
            )
        )
    )
    + """
retainer  | Open     | 2020-10-05 | 10.00 | ready | status = none
retainer  | Future   | 2020-10-06 | 10.00 | ready
retainer  | Reported | 2020-10-05 | 10.00 | ready
retainer  | Undated  | 2020-10-05 | 10.00 | ready | date = none
currency  | EUR 2
"""
)

_MONEY = snapshot_of("""
contract  | Money | USD 2
currency  | EUR 2
currency  | JPY 0
customer  | Payer | unknown_payment_terms = 192350001
line      | Work   | time-and-material
line      | Fixed  | fixed-price
run       | Work   | 2020-10-05 | 2020-10-04
actual    | Work   | 2020-10-01 | time | 10 | 100.00 | ready | discount = 100.00 | tax = 90.00
actual    | Work   | 2020-10-01 | time | 10 | 100.00 | ready | discount = 100.00 | fee = 50.00
actual    | Work   | 2020-10-01 | time | -2 | 100.00 | ready | discount = -20.00
actual | Work | 2020-10-01 | time | 1 | 80 | ready | discount = 8 | billing_type = non-chargeable
actual    | Work   | 2020-10-01 | time | 1 | 80.00 | ready | fee = 0.005
actual    | Work   | 2020-10-01 | time | 1 | 1000 | ready | currency_id = EUR | discount = 100
actual    | Work   | 2020-10-01 | time | 1 | 1000 | ready | currency_id = JPY
actual    | Work   | 2020-10-01 | time | 1 | 1000 | ready | amount = 1E+400
milestone | Fixed  | 2020-10-05 | 7.00 | ready | currency_id = EUR
product | Tablet | 10 | 449.90 | ready | manual_discount = 499 | tax = 100 | extended_amount = 4100
product | Cable | 10 | 5.00 | ready | volume_discount = 0.50 | amount = 45 | extended_amount = 45
product   | Odd    | 2 | 10.00 | ready | extended_amount = 19.00
retainer | Refund | 2020-09-01 | 300 | posted | used_amount = 100 | refund_status = ready-to-refund
retainer  | Gone   | 2020-09-01 | 300.00 | posted | refund_status = refunded
""")

_NOTHING = snapshot_of("""
contract  | Nothing | USD 2
customer  | One | is_primary = true
customer  | Two
line      | Work   | time-and-material
run       | Work   | 2020-10-05 | 2020-10-04
actual    | Work   | 2020-10-01 | time | 1 | 80.00 | ready | contract_customer_id = One
actual    | Work   | 2020-10-01 | time | -1 | 80.00 | ready | contract_customer_id = One
actual    | Work   | 2020-10-01 | time | -5 | 100.00 | ready | contract_customer_id = Two
""")

_INACTIVE = snapshot_of("""
contract  | Inactive | USD 2
customer  | One  | is_primary = true
customer  | Away | is_active = false
line      | Work   | time-and-material
line      | Early  | time-and-material
line      | Fixed  | fixed-price
split     | Fixed  | One  | 100
split     | Work   | Away | 100 | is_active = false
run       | Work   | 2020-10-05 | 2020-10-04
run       | Work   | 2020-10-05 | 2020-10-05 | is_active = false
run       | Work   | 2020-10-19 | 2020-10-18
run       | Work   | 2020-11-02 | 2020-11-01 | is_active = false
run       | Early  | 2020-09-05 | 2020-09-04 | is_active = false
actual    | Work   | 2020-10-01 | time | 1 | 80.00 | ready | contract_customer_id = One
actual    | Work   | 2020-10-01 | time | 1 | 80.00 | ready | contract_customer_id = Away
actual | Work | 2020-10-01 | time | 1 | 80 | ready | contract_line_customer_id = Work for Away
actual    | Work   | 2020-10-05 | time | 1 | 80.00 | ready | contract_customer_id = One
actual    | Work   | 2020-10-20 | time | 1 | 80.00 | ready | contract_customer_id = One
actual    | Work   | 2020-11-02 | time | 1 | 80.00 | ready | contract_customer_id = One
actual    | Early  | 2020-09-01 | time | 1 | 80.00 | ready | contract_customer_id = One
milestone | Fixed  | 2020-10-05 | 500.00 | ready
milestone | Fixed  | 2020-10-05 | 600.00 | ready | is_active = false
product   | Router | 1 | 900.00 | ready
retainer  | Idle   | 2020-10-05 | 10.00 | ready | is_active = false
""")

_DOUBTFUL = snapshot_of("""
contract  | Doubtful | USD 2 | price_list_id = none | not_to_exceed_limit = 10.00
customer  | One   | is_primary = true | split_percent = 60
customer  | Two   | is_primary = true | split_percent = 30
customer  | Again | customer = account One
customer  | Nobody | customer = none
line      | Work   | time-and-material
line      | Other  | time-and-material
line      | Blank  | time-and-material | name =
line      | Fixed  | fixed-price
line      | Strange | time-and-material | billing_method = none
product   | Router | 1 | 900.00 | ready-to-invoice
split     | Work | One | 50
split     | Work | Two | 30
split     | Other | One | 100
run       | Work    | 2020-10-05 |
run       | Other   | 2020-10-05 | 2020-10-09
run       | Other   | 2020-09-05 | 2020-09-04
run       | Blank   | 2020-10-05 | 2020-10-04
run       | Work    |            | 2020-10-04
run       | Lost    | 2020-10-05 | 2020-10-04
run       | Router  | 2020-10-05 | 2020-10-04
run       | Strange | 2020-10-05 | 2020-10-04
run       | Fixed   | 2020-10-05 |            | milestone_id = Unheard
milestone | Fixed | 2020-10-05 | 0.00 | ready | tax = 1.00 | contract_customer_id = One
milestone | Fixed | 2020-10-06 | 5.00 | ready | tax = 1.00 | contract_customer_id = One
actual    | Work  | 2020-10-01 | time | 1 | 50.00 | ready | contract_customer_id = One
actual    | Work  | 2020-10-01 | time | 1 | 50.00 | ready | contract_customer_id = Two
actual    | Work  | 2020-10-01 | time | 1 | 50.00 | ready | contract_customer_id = Again
actual    | Work  | 2020-10-01 | time | 1 | 50.00 | ready | contract_customer_id = Nobody
actual    | Work  | 2020-10-01 | time | 1 | 50.00 | ready
actual    | Blank | 2020-10-01 | time | 1 | 50.00 | ready | contract_customer_id = One
actual    | Other | 2020-10-07 | time | 1 | 50.00 | ready | contract_customer_id = One
retainer  | Paid  | 2020-09-01 | 0.50 | posted
""")


def _carrying(snapshot: ContractSnapshot) -> ContractSnapshot:
    """Every source and line carries a column of its own."""

    def with_column(records: tuple, word: str) -> tuple:  # type: ignore[type-arg]
        return tuple(
            replace(r, carried=(Carried(property=f"new_{word}", value=str(number)),))
            for number, r in enumerate(records)
        )

    contract = replace(snapshot.contract, carried=(Carried(property="new_region", value="North"),))
    return replace(
        snapshot,
        contract=contract,
        lines=with_column(snapshot.lines, "line"),
        milestones=with_column(snapshot.milestones, "milestone"),
        actuals=with_column(snapshot.actuals, "actual"),
    )


def _with_former_invoices(snapshot: ContractSnapshot) -> ContractSnapshot:
    """One former draft is open, one is confirmed, and one is another customer's."""
    one, two = ident("account One"), ident("account Two")
    former = (
        ExistingInvoice(
            id=ident("open"), customer_id=one, status=ProformaStatus.DRAFT, total=Decimal(7)
        ),
        ExistingInvoice(id=ident("final"), customer_id=one, status=ProformaStatus.CONFIRMED),
        ExistingInvoice(id=ident("second"), customer_id=two, status=ProformaStatus.IN_REVIEW),
        ExistingInvoice(id=ident("no sum"), customer_id=None, status=None, total=Decimal("NaN")),
    )
    return replace(snapshot, invoices=former)


def _after_its_run(snapshot: ContractSnapshot) -> ContractSnapshot:
    """The run of the day is through, one row names an invoice that is gone, new work came."""
    done = after(snapshot, plan_contract(snapshot, OCT_5, Policy()))
    first = done.schedule[0]
    gone = replace(first, id=ident("gone"), run_date=date(2020, 9, 1), invoice_id=ident("deleted"))
    late = replace(snapshot.actuals[0], id=ident("late"))
    return replace(done, schedule=(*done.schedule, gone), actuals=(*done.actuals, late))


def _interrupted(snapshot: ContractSnapshot) -> ContractSnapshot:
    """The first detail of the invoice stands; the rest and the schedule row do not."""
    (invoice,) = plan_contract(snapshot, OCT_5, Policy()).invoices
    line = next(line for line in invoice.lines if len(line.details) > 1)
    header = ExistingInvoice(
        id=invoice.id,
        customer_id=invoice.customer.id,
        status=ProformaStatus.DRAFT,
        contract_line_ids=tuple(x.contract_line_id for x in invoice.lines if x.contract_line_id),
    )
    billed = BilledSource(source=line.details[0].source, invoice_id=invoice.id)
    return replace(snapshot, invoices=(header,), billed=(billed,))


def _in_review(snapshot: ContractSnapshot) -> ContractSnapshot:
    """The same draft, but somebody reviews it: what it lacks stays behind."""
    begun = _interrupted(snapshot)
    (draft,) = begun.invoices
    return replace(begun, invoices=(replace(draft, status=ProformaStatus.IN_REVIEW),))


def _free_of_charge(snapshot: ContractSnapshot) -> ContractSnapshot:
    """Nothing but the non-chargeable work is left."""
    free = tuple(a for a in snapshot.actuals if a.billing_type is BillingType.NON_CHARGEABLE)
    fixed_and_work = tuple(line for line in snapshot.lines if line.kind is LineKind.PROJECT)
    return replace(snapshot, actuals=free, milestones=(), lines=fixed_and_work)


def _nameless(snapshot: ContractSnapshot) -> ContractSnapshot:
    return replace(snapshot, contract=replace(snapshot.contract, name=""))


def _without_customers(snapshot: ContractSnapshot) -> ContractSnapshot:
    """A contract from before the platform knew contract customers, and without a customer."""
    contract = replace(snapshot.contract, customer=None)
    return replace(snapshot, contract=contract, customers=())


def _without_primary(snapshot: ContractSnapshot) -> ContractSnapshot:
    customers = tuple(replace(row, is_primary=False) for row in snapshot.customers)
    return replace(snapshot, customers=customers)


_BILLING = Policy(retainers=Retainers.BILL)
_DRAFT = replace(
    _EVERYTHING,
    contract=replace(
        _EVERYTHING.contract, state=ContractState.DRAFT, reason=ContractReason.IN_REVIEW
    ),
)


def _with_unknown_choices(snapshot: ContractSnapshot) -> ContractSnapshot:
    """The first actual, milestone and retainer carry a number that no label explains."""

    def unknown(record: Actual | Milestone | Retainer) -> UnknownChoice:
        return UnknownChoice(
            place=f"a_table {record.id} column a_status", number=7, known="1 (committed)"
        )

    actual, *actuals = snapshot.actuals
    milestone, *milestones = snapshot.milestones
    retainer, *retainers = snapshot.retainers
    return replace(
        snapshot,
        actuals=(replace(actual, unknown_choice=unknown(actual)), *actuals),
        milestones=(replace(milestone, unknown_choice=unknown(milestone)), *milestones),
        retainers=(replace(retainer, unknown_choice=unknown(retainer)), *retainers),
    )


_ITEMS = replace(_EVERYTHING, contract=replace(_EVERYTHING.contract, order_type=None))

CASES = {
    "everything": Case(_carrying(_EVERYTHING)),
    "everything-billed": Case(
        _carrying(_EVERYTHING),
        policy=Policy(retainers=Retainers.BILL_AND_APPLY, tax_in_totals=TaxInTotals.ALL),
    ),
    "nothing-due": Case(_EVERYTHING, date(2020, 10, 6), _BILLING),
    "retainer-alone": Case(
        _EVERYTHING,
        date(2020, 10, 2),
        Policy(
            retainers=Retainers.BILL,
            retainer_timing=RetainerTiming.ALONE,
            missed_dates=MissedDates.CATCH_UP,
        ),
    ),
    "last-milestone": Case(_EVERYTHING, date(2020, 10, 20), _BILLING),
    "over": Case(_EVERYTHING, date(2020, 11, 6), _BILLING),
    "created-before": Case(_EVERYTHING, policy=Policy(cutoff=Cutoff.CREATED_BEFORE)),
    "empty-lines": Case(_EVERYTHING, policy=Policy(empty_lines=EmptyLines.ALL_PROJECT_LINES)),
    "refused": Case(_REFUSED),
    "doubtful": Case(_with_former_invoices(_DOUBTFUL)),
    "without-primary": Case(_without_primary(_DOUBTFUL)),
    "after-its-run": Case(_after_its_run(_EVERYTHING)),
    "interrupted": Case(_interrupted(_EVERYTHING)),
    "in-review": Case(_in_review(_EVERYTHING)),
    "free-of-charge": Case(_free_of_charge(_EVERYTHING)),
    "not-in-force": Case(_DRAFT),
    "no-project-contract": Case(_ITEMS),
    "nameless": Case(_nameless(_EVERYTHING)),
    "money": Case(_MONEY, policy=Policy(retainers=Retainers.BILL_AND_APPLY)),
    "nothing": Case(_NOTHING),
    "inactive": Case(_INACTIVE, policy=_BILLING),
    "without-customers": Case(_without_customers(_EVERYTHING)),
    "unknown-choices": Case(_with_unknown_choices(_EVERYTHING), policy=_BILLING),
}
