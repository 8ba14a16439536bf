"""Choice values in both directions: the tenant's number and the domain's word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from connector.invoicing import choices as words
from connector.invoicing import frequency
from connector.mapping import MappingError

if TYPE_CHECKING:
    from connector.mapping.model import ChoiceNumbers

WordT = TypeVar("WordT", bound=StrEnum)


class AmountMethod(StrEnum):
    """How an invoice line detail's amount comes about; only the writer uses it."""

    QUANTITY_TIMES_PRICE = "quantity-times-price"
    FIXED_PRICE = "fixed-price"


class ProductType(StrEnum):
    """The product type that marks a line as project work (E8)."""

    PROJECT_BASED_SERVICE = "project-based-service"


class Weekday(StrEnum):
    """The days of the week, in the calendar's own order: Monday is 0."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@dataclass(frozen=True, slots=True)
class Choice(Generic[WordT]):
    """One choice of the tenant."""

    word_of: Mapping[int, WordT]
    number_of: Mapping[WordT, int]

    def known(self) -> str:
        """The known numbers and words, for a message."""
        known = (f"{number} ({word})" for number, word in sorted(self.word_of.items()))
        return ", ".join(known) or "none, for no label of it was found in the tenant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """Every choice that is read or written."""

    order_type: Choice[words.OrderType]
    contract_state: Choice[words.ContractState]
    contract_reason: Choice[words.ContractReason]
    line_service: Choice[words.LineService]
    billing_method: Choice[words.BillingMethod]
    billing_status: Choice[words.BillingStatus]
    billing_type: Choice[words.BillingType]
    transaction_type: Choice[words.TransactionType]
    transaction_class: Choice[words.TransactionClass]
    adjustment_status: Choice[words.AdjustmentStatus]
    run_status: Choice[words.RunStatus]
    milestone_status: Choice[words.MilestoneStatus]
    proforma_status: Choice[words.ProformaStatus]
    frequency_period: Choice[frequency.Period]
    days_of_run: Choice[frequency.DaysOfRun]
    weekday: Choice[Weekday]
    occurrence: Choice[frequency.Occurrence]
    customer_type: Choice[words.CustomerKind]
    product_type: Choice[ProductType]
    amount_method: Choice[AmountMethod]
    not_to_exceed_status: Choice[words.NotToExceedStatus]
    retainer_status: Choice[words.RetainerStatus]
    refund_status: Choice[words.RefundStatus]


_WORDS: Mapping[str, type[StrEnum]] = {
    "order_type": words.OrderType,
    "contract_state": words.ContractState,
    "contract_reason": words.ContractReason,
    "line_service": words.LineService,
    "billing_method": words.BillingMethod,
    "billing_status": words.BillingStatus,
    "billing_type": words.BillingType,
    "transaction_type": words.TransactionType,
    "transaction_class": words.TransactionClass,
    "adjustment_status": words.AdjustmentStatus,
    "run_status": words.RunStatus,
    "milestone_status": words.MilestoneStatus,
    "proforma_status": words.ProformaStatus,
    "frequency_period": frequency.Period,
    "days_of_run": frequency.DaysOfRun,
    "weekday": Weekday,
    "occurrence": frequency.Occurrence,
    "customer_type": words.CustomerKind,
    "product_type": ProductType,
    "amount_method": AmountMethod,
    "not_to_exceed_status": words.NotToExceedStatus,
    "retainer_status": words.RetainerStatus,
    "refund_status": words.RefundStatus,
}

#: Words of the domain that stand for no choice value, or that a tenant may lack.
OPTIONAL_WORDS: Mapping[str, frozenset[str]] = {
    "transaction_class": frozenset(
        {"product", "retainer", "commission", "additional", "tax", "unclear"}
    ),
    "not_to_exceed_status": frozenset(words.NotToExceedStatus),
    "retainer_status": frozenset(words.RetainerStatus),
    "refund_status": frozenset(words.RefundStatus),
    "billing_status": frozenset({"work-order-closed-posted"}),
    "order_type": frozenset({"service-maintenance"}),
    "line_service": frozenset(words.LineService),
}

#: Numbers found in a tenant's metadata by their labels: choice → word → number.
FoundNumbers = Mapping[str, Mapping[str, int]]


def resolve_choices(numbers: ChoiceNumbers, found: FoundNumbers) -> Choices:
    """
    The choices by the mapping's numbers, completed by those *found* by label.

    Raises `MappingError` that lists every unknown word, missing word and double number.
    """
    faults: list[str] = []
    resolved = {
        name: _choice(name, {**found.get(name, {}), **getattr(numbers, name)}, faults)
        for name in _WORDS
    }
    if faults:
        origin = "choices"
        raise MappingError(origin, tuple(faults))
    return Choices(**resolved)  # type: ignore[arg-type]  # each is of the kind that _WORDS gives it


def _choice(name: str, numbers: Mapping[str, int], faults: list[str]) -> Choice[StrEnum]:
    kind = _WORDS[name]
    known = {word.value for word in kind}
    required = known - OPTIONAL_WORDS.get(name, frozenset())
    unknown, missing = sorted(numbers.keys() - known), sorted(required - numbers.keys())
    faults += [
        f"- choices.{name}: unknown word {word!r}; known are {sorted(known)}" for word in unknown
    ]
    faults += [f"- choices.{name}: no number for {word!r}" for word in missing]
    if len(set(numbers.values())) < len(numbers):
        faults.append(f"- choices.{name}: one number stands for two words")
    pairs = [(kind(word), number) for word, number in numbers.items() if word in known]
    return Choice({number: word for word, number in pairs}, dict(pairs))
