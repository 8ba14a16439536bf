"""Whether a contract, a line and a transaction can be billed at all, due or not (E, A, N)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import fits_precision, is_number
from connector.invoicing.candidates import currency_of
from connector.invoicing.choices import (
    AdjustmentStatus,
    BillingMethod,
    BillingStatus,
    BillingType,
    ContractReason,
    ContractState,
    LineKind,
    NotToExceedStatus,
    OrderType,
    TransactionClass,
)
from connector.invoicing.model import Actual, Contract, ContractLine, Milestone, Retainer
from connector.invoicing.net_amounts import product_amount
from connector.invoicing.policy import ContractStates
from connector.invoicing.reasons import Facts, Reason, Refusal, refuse
from connector.invoicing.schedule import is_field_service

if TYPE_CHECKING:
    from decimal import Decimal

    from connector.invoicing.model import ContractSnapshot, Currency
    from connector.invoicing.policy import Policy


_BILLED_CLASSES = (
    TransactionClass.TIME,
    TransactionClass.EXPENSE,
    TransactionClass.MATERIAL,
    TransactionClass.FEE,
)
_BILLED_TYPES = (BillingType.CHARGEABLE, BillingType.NON_CHARGEABLE, BillingType.COMPLIMENTARY)


def contract_refusal(contract: Contract, policy: Policy) -> Refusal | None:
    """Why nothing of *contract* is billed: it is no project contract, or not in force (E1, E5)."""
    if contract.order_type is not OrderType.WORK_BASED:
        return refuse(
            Reason.NOT_A_PROJECT_CONTRACT,
            Facts(record=contract.id, status=_word(contract.order_type)),
        )
    if not _is_in_force(contract, policy.contract_states):
        status = f"{_word(contract.state)} ({_word(contract.reason)})"
        return refuse(Reason.CONTRACT_NOT_ACTIVE, Facts(record=contract.id, status=status))
    return None


def line_refusal(line: ContractLine) -> Refusal | None:
    """Why nothing of *line* is billed (E4, E8)."""
    if is_field_service(line):
        facts = Facts(record=line.id, status=_word(line.service))
        return refuse(Reason.FIELD_SERVICE_LINE, facts)
    if line.kind is LineKind.PROJECT and line.billing_method is None:
        return refuse(Reason.BILLING_METHOD_UNKNOWN, Facts(record=line.id))
    return None


def time_and_material_refusal(line: ContractLine) -> Refusal | None:
    """Why *line* bills no actuals: only a time and material line does (A2)."""
    refusal = line_refusal(line)
    if refusal is None and not _is_time_and_material(line):
        facts = Facts(record=line.id, status=line_words(line))
        return refuse(Reason.LINE_NOT_TIME_AND_MATERIAL, facts)
    return refusal


def fixed_price_refusal(line: ContractLine) -> Refusal | None:
    """Why *line* bills no milestones: only a fixed price line does (E7)."""
    refusal = line_refusal(line)
    if refusal is None and not _is_fixed_price(line):
        facts = Facts(record=line.id, status=line_words(line))
        return refuse(Reason.MILESTONE_ON_WRONG_LINE, facts)
    return refusal


def actual_refusal(actual: Actual, snapshot: ContractSnapshot) -> Refusal | None:
    """
    The first rule against *actual* itself, due or not (A4, A7, A9, A12, A13, N6, N9, X2).

    What can never be billed comes first, what somebody can still change last.
    """
    return (
        _life(actual)
        or choice_refusal(actual)
        or _kind(actual)
        or money_refusal(actual, snapshot)
        or _not_to_exceed(actual)
    )


def choice_refusal(record: Actual | Milestone | Retainer) -> Refusal | None:
    """Why a status or class that nobody can read keeps *record* back, and nothing else (X2)."""
    found = record.unknown_choice
    if found is None:
        return None
    facts = Facts(text=found.place, status=str(found.number), expected=found.known)
    return refuse(Reason.CHOICE_UNKNOWN, facts)


def money_refusal(
    record: Actual | Milestone | ContractLine | Retainer, snapshot: ContractSnapshot
) -> Refusal | None:
    """Why the amount of *record* cannot stand on an invoice of its contract ($1-$3, $12, $15)."""
    currency = snapshot.contract.currency
    if record.currency_id is not None and record.currency_id != currency.id:
        facts = Facts(text=currency_of(record, snapshot).code, expected=currency.code)
        return refuse(Reason.CURRENCY_DIFFERS, facts)
    refusal = _amount_refusal("amount", record.amount, currency)
    if refusal is not None or isinstance(record, Retainer):
        return refusal
    if record.tax is not None:
        refusal = _amount_refusal("tax", record.tax, currency)
    if isinstance(record, Actual) and (record.discount or record.fee):
        refusal = refusal or _adjustment_refusal(record, currency)
    if isinstance(record, ContractLine):
        refusal = refusal or _discount_refusal(record, currency)
    return refusal


def line_words(line: ContractLine) -> str:
    """What kind of line *line* is, for a sentence."""
    return "a product line" if line.kind is LineKind.PRODUCT else f"a {line.billing_method} line"


def _is_in_force(contract: Contract, states: ContractStates) -> bool:
    if states is ContractStates.ALL_BUT_CLOSED:
        return contract.state not in (None, ContractState.CLOSED)
    is_active = contract.state is ContractState.ACTIVE
    return is_active and (
        states is ContractStates.ACTIVE or contract.reason is ContractReason.CONFIRMED
    )


def _is_time_and_material(line: ContractLine) -> bool:
    return line.kind is LineKind.PROJECT and line.billing_method is BillingMethod.TIME_AND_MATERIAL


def _is_fixed_price(line: ContractLine) -> bool:
    return line.kind is LineKind.PROJECT and line.billing_method is BillingMethod.FIXED_PRICE


def _life(actual: Actual) -> Refusal | None:
    """What can never be billed again: inactive, adjusted or canceled rows (A13, A4, A12)."""
    if not actual.is_active:
        return refuse(Reason.RECORD_INACTIVE)
    status = actual.adjustment_status
    if status is AdjustmentStatus.IN_PROCESS:
        return refuse(Reason.ADJUSTMENT_IN_PROCESS)
    if status is not None:
        return refuse(Reason.ADJUSTED, Facts(status=status))
    is_canceled = actual.billing_status is BillingStatus.CANCELED
    return refuse(Reason.CANCELED) if is_canceled else None


def _kind(actual: Actual) -> Refusal | None:
    """Classes and billing types that no run bills (A7, A9, V4)."""
    if actual.transaction_class not in _BILLED_CLASSES:
        if actual.transaction_class is TransactionClass.RETAINER:  # the negative side (V4)
            return refuse(Reason.SETTLED_BY_RETAINER)
        return refuse(Reason.CLASS_NOT_BILLED, Facts(status=_word(actual.transaction_class)))
    if actual.billing_type not in _BILLED_TYPES:
        facts = Facts(status=_word(actual.billing_type))
        return refuse(Reason.BILLING_TYPE_NOT_AVAILABLE, facts)
    return None


def _amount_refusal(word: str, amount: Decimal | None, currency: Currency) -> Refusal | None:
    if amount is not None and is_number(amount) and fits_precision(amount, currency.precision):
        return None
    if amount is None or not is_number(amount):
        facts = Facts(expected=word, text="missing" if amount is None else str(amount))
        return refuse(Reason.AMOUNT_MISSING, facts)
    facts = Facts(text=word, amount=amount, expected=str(currency.precision))
    return refuse(Reason.AMOUNT_TOO_PRECISE, facts)


def _not_to_exceed(actual: Actual) -> Refusal | None:
    """The platform's verdict is read, never computed again; no column, no verdict (N11, N12)."""
    if actual.not_to_exceed_status is NotToExceedStatus.FAILED:
        return refuse(Reason.NOT_TO_EXCEED_FAILED)
    if actual.not_to_exceed_status is NotToExceedStatus.NOT_EVALUATED:
        return refuse(Reason.NOT_TO_EXCEED_NOT_EVALUATED)
    return None


def _adjustment_refusal(actual: Actual, currency: Currency) -> Refusal | None:
    parts = (("discount", actual.discount), ("fee", actual.fee))
    found = (_amount_refusal(word, part, currency) for word, part in parts if part is not None)
    return next((refusal for refusal in found if refusal is not None), None)


def _discount_refusal(line: ContractLine, currency: Currency) -> Refusal | None:
    if line.manual_discount is not None:
        refusal = _amount_refusal("manual discount", line.manual_discount, currency)
        if refusal is not None:
            return refusal
    net = product_amount(line, currency.precision)
    return _amount_refusal("amount after discounts", net, currency)


def _word(choice: str | None) -> str:
    return choice or "empty"
