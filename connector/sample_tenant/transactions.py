"""Actuals of the sample tenant: what was worked and spent, and how far it is towards billing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

from connector.sample_tenant.rows import midnight, row_id
from connector.sample_tenant.surroundings import PEOPLE, currency, price_list

if TYPE_CHECKING:
    from connector.sample_tenant.contracts import Line, Party

TIME, EXPENSE, MATERIAL, FEE = 192350000, 192350001, 192350002, 192350004

_COST, _UNBILLED_SALES = 192350000, 192350005
_NON_CHARGEABLE, _CHARGEABLE, _COMPLIMENTARY = 192350000, 192350001, 192350002
_READY, _CANCELED = 192350004, 192350003
_ADJUSTED, _UNADJUSTABLE = 192350001, 192350002
_LIMIT_COMMITTED, _LIMIT_FAILED, _NO_LIMIT, _LIMIT_NOT_EVALUATED = range(192350000, 192350004)
_CUSTOMER_TYPE: Final = {"account": 192350001, "contact": 192350002}
_QUANTITY_PRICE: Final = 192350000
_HUNDREDTH: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """
    One thing that was worked or spent on *day*.

    *approved* is the day on which the actual came to be, by default its own.
    """

    day: str
    kind: int
    quantity: Decimal
    price: Decimal
    text: str
    category: str
    person: str | None = None
    tax_percent: Decimal = Decimal(0)
    side: int = _UNBILLED_SALES
    billing_type: int = _CHARGEABLE
    billing_status: int | None = _READY
    adjustment: int | None = None
    limit: int = _NO_LIMIT
    approved: str | None = None


def time(day: str, hours: str, rate: str, text: str, person: str = "Kim Akers") -> Transaction:
    """Hours of a person at an hourly *rate*."""
    return Transaction(
        day=day,
        kind=TIME,
        quantity=Decimal(hours),
        price=Decimal(rate),
        text=text,
        category="Hours",
        person=person,
    )


def expense(day: str, amount: str, category: str, text: str) -> Transaction:
    """Money that was laid out."""
    return Transaction(
        day=day,
        kind=EXPENSE,
        quantity=Decimal(1),
        price=Decimal(amount),
        text=text,
        category=category,
    )


def material(day: str, pieces: str, price: str, text: str) -> Transaction:
    """Things that were used up."""
    return Transaction(
        day=day,
        kind=MATERIAL,
        quantity=Decimal(pieces),
        price=Decimal(price),
        text=text,
        category="Material",
    )


def fee(day: str, amount: str, text: str) -> Transaction:
    """Revenue without work."""
    return replace(expense(day, amount, "License fee", text), kind=FEE)


def not_ready(transaction: Transaction) -> Transaction:
    """The same, not yet marked Ready to Invoice: that is an empty billing status (A3)."""
    return replace(transaction, billing_status=None)


def non_chargeable(transaction: Transaction) -> Transaction:
    """The same, shown on the invoice but not counted (A9)."""
    return replace(transaction, billing_type=_NON_CHARGEABLE)


def complimentary(transaction: Transaction) -> Transaction:
    """The same as a gift: shown on the invoice but not counted (A9)."""
    return replace(transaction, billing_type=_COMPLIMENTARY)


def approved_on(day: str, transaction: Transaction) -> Transaction:
    """The same, approved later than it was worked."""
    return replace(transaction, approved=day)


def over_the_limit(transaction: Transaction) -> Transaction:
    """The same, failed by the not-to-exceed check (N4)."""
    return replace(transaction, limit=_LIMIT_FAILED)


def limit_not_evaluated(transaction: Transaction) -> Transaction:
    """The same after a reset of the not-to-exceed check (N8)."""
    return replace(transaction, limit=_LIMIT_NOT_EVALUATED)


def taxed(percent: str, transaction: Transaction) -> Transaction:
    """The same with a tax of *percent* of its amount."""
    return replace(transaction, tax_percent=Decimal(percent))


def cost_of(transaction: Transaction, price: str) -> Transaction:
    """The cost side of the same work, which is never invoiced (A1)."""
    return replace(transaction, side=_COST, price=Decimal(price), billing_status=None)


def cancelled(transaction: Transaction) -> tuple[Transaction, Transaction]:
    """What a cancelled approval leaves: the adjusted row and its reversal (A12)."""
    original = replace(transaction, adjustment=_ADJUSTED, billing_status=_CANCELED)
    reversal = replace(original, quantity=-original.quantity, adjustment=_UNADJUSTABLE)
    return original, reversal


def add_transactions(line: Line, *transactions: Transaction) -> None:
    """Add an actual a transaction, all for the primary customer of the contract."""
    for transaction in transactions:
        _add_actual(line, line.contract.parties[0], transaction)


def add_split(line: Line, *transactions: Transaction, ready: str = "all") -> None:
    """
    Add an actual a transaction and customer, as an approval splits it (B1, B5).

    *ready* names the one party whose rows are Ready, or says `all`.
    """
    primary, *others = line.contract.parties
    for transaction in transactions:
        rest = transaction.quantity
        for party in others:
            share = (transaction.quantity * party.percent / 100).quantize(_HUNDREDTH)
            rest -= share
            _add_share(line, party, replace(transaction, quantity=share), ready)
        _add_share(line, primary, replace(transaction, quantity=rest), ready)


def _add_share(line: Line, party: Party, transaction: Transaction, ready: str) -> None:
    is_ready = ready in ("all", party.name)
    _add_actual(line, party, transaction if is_ready else not_ready(transaction))


def _add_actual(line: Line, party: Party, transaction: Transaction) -> None:
    contract = line.contract
    amount = _rounded(transaction.quantity * transaction.price, contract.precision)
    tax = _rounded(amount * transaction.tax_percent / 100, contract.precision)
    is_time = transaction.kind == TIME
    contract.rows.add(
        "msdyn_actuals",
        _key(line, party, transaction),
        msdyn_description=transaction.text,
        msdyn_transactiontypecode=transaction.side,
        msdyn_transactionclassification=transaction.kind,
        msdyn_billingtype=transaction.billing_type,
        msdyn_billingstatus=transaction.billing_status,
        msdyn_adjustmentstatus=transaction.adjustment,
        msdyn_nottoexceedstatus=transaction.limit,
        msdyn_amountmethod=_QUANTITY_PRICE,
        msdyn_quantity=transaction.quantity,
        msdyn_price=transaction.price,
        msdyn_amount=amount,
        msdyn_tax=tax,
        msdyn_extendedamount=amount + tax,
        msdyn_customertype=_CUSTOMER_TYPE[party.table],
        _msdyn_salescontract_value=contract.id,
        _msdyn_salescontractlineid_value=line.id,
        _msdyn_project_value=contract.project,
        _msdyn_projectcontractsplitbillingrule_value=contract.contract_customer(party),
        _msdyn_projectcontractlinesplitbillingrule_value=line.line_customer(party),
        _msdyn_transactioncategory_value=row_id(
            "msdyn_transactioncategories", transaction.category
        ),
        _msdyn_unit_value=row_id("uoms", "Hour" if is_time else "Each"),
        _msdyn_unitschedule_value=row_id("uomschedules", "Time" if is_time else "Default Unit"),
        _msdyn_pricelist_value=price_list(contract.currency),
        _transactioncurrencyid_value=currency(contract.currency),
        **{f"_msdyn_{party.table}customer_value": party.id},
        **_worked_by(transaction.person),
        **_dates(transaction),
    )


def _worked_by(person: str | None) -> dict[str, str]:
    if person is None:
        return {}
    return {
        "_msdyn_bookableresource_value": row_id("bookableresources", person),
        "_msdyn_resourcecategory_value": row_id("bookableresourcecategories", PEOPLE[person]),
    }


def _dates(transaction: Transaction) -> dict[str, str]:
    return {
        "msdyn_transactiondate": transaction.day,
        "msdyn_documentdate": midnight(transaction.day),
        "msdyn_startdatetime": f"{transaction.day}T08:00:00Z",
        "msdyn_enddatetime": f"{transaction.day}T17:00:00Z",
        "createdon": f"{transaction.approved or transaction.day}T18:00:00Z",
    }


def _key(line: Line, party: Party, transaction: Transaction) -> str:
    side = f"{transaction.side}/{transaction.billing_type}/{transaction.adjustment}"
    return f"{line.key}/{party.name}/{transaction.day}/{transaction.text}/{side}"


def _rounded(amount: Decimal, precision: int) -> Decimal:
    return amount.quantize(Decimal(1).scaleb(-precision), ROUND_HALF_UP)
