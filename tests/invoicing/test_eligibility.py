"""Which records can be billed at all: one row per rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import ContractStates, Cutoff, Policy
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import Actual, Contract, Milestone

DAY = date(2020, 10, 5)
LEDGER = """
contract  | Project | USD 2 {contract}
customer  | Payer
line      | Work     | time-and-material
line      | Fixed    | fixed-price
line      | Idle     | time-and-material
line      | Unclear  | time-and-material | billing_method = none
line      | Field    | time-and-material | service = field-service
run       | Work  | 2020-10-05 | 2020-10-04
run       | Field | 2020-10-05 | 2020-10-04
product   | Router | 1 | 900.00 | created
actual    | Work  | 2020-10-01 | time | 1 | 100.00 | ready
{row}
"""


def reasons(row: str, contract: str = "", policy: Policy | None = None) -> list[Reason]:
    snapshot = snapshot_of(LEDGER.format(row=row, contract=contract))
    return [entry.reason for entry in plan_contract(snapshot, DAY, policy or Policy()).not_invoiced]


READY = "actual | Work | 2020-10-01 | time | 1 | 50.00 | ready"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("billing_status = none", Reason.NOT_READY),
        ("billing_status = unbilled-sales-created", Reason.NOT_READY),
        ("billing_status = canceled", Reason.CANCELED),
        ("adjustment_status = adjusted", Reason.ADJUSTED),
        ("adjustment_status = unadjustable", Reason.ADJUSTED),
        ("adjustment_status = in-process", Reason.ADJUSTMENT_IN_PROCESS),
        ("not_to_exceed_status = failed", Reason.NOT_TO_EXCEED_FAILED),
        ("not_to_exceed_status = not-evaluated", Reason.NOT_TO_EXCEED_NOT_EVALUATED),
        ("transaction_class = tax", Reason.CLASS_NOT_BILLED),
        ("transaction_class = milestone", Reason.CLASS_NOT_BILLED),
        ("transaction_class = retainer", Reason.SETTLED_BY_RETAINER),
        ("billing_type = not-available", Reason.BILLING_TYPE_NOT_AVAILABLE),
        ("billing_type = none", Reason.BILLING_TYPE_NOT_AVAILABLE),
        ("is_active = false", Reason.RECORD_INACTIVE),
        ("amount = none", Reason.AMOUNT_MISSING),
        ("amount = NaN", Reason.AMOUNT_MISSING),
        ("amount = Infinity", Reason.AMOUNT_MISSING),
        ("tax = NaN", Reason.AMOUNT_MISSING),
        ("amount = 0.005", Reason.AMOUNT_TOO_PRECISE),
        ("tax = 0.001", Reason.AMOUNT_TOO_PRECISE),
        ("currency_id = EUR", Reason.CURRENCY_DIFFERS),
        ("transaction_date = none", Reason.DATE_MISSING),
        ("transaction_date = 2020-10-05", Reason.PAST_LAST_CUT_OFF),
        ("contract_line_id = none", Reason.LINE_MISSING),
        ("contract_line_id = Elsewhere", Reason.LINE_MISSING),
        ("contract_line_id = Fixed", Reason.LINE_NOT_TIME_AND_MATERIAL),
        ("contract_line_id = Router", Reason.LINE_NOT_TIME_AND_MATERIAL),
        ("contract_line_id = Idle", Reason.LINE_WITHOUT_SCHEDULE),
        ("contract_line_id = Unclear", Reason.BILLING_METHOD_UNKNOWN),
        ("contract_line_id = Field", Reason.FIELD_SERVICE_LINE),
        ("contract_customer_id = Stranger", Reason.CUSTOMER_UNKNOWN),
        ("contract_line_customer_id = Stranger", Reason.CUSTOMER_UNKNOWN),
    ],
)
def test_a_transaction_is_refused_by_the_rule_about(cell: str, reason: Reason) -> None:
    assert reasons(f"{READY} | {cell}") == [reason]


@pytest.mark.parametrize(
    "cell",
    [
        "not_to_exceed_status = committed",
        "not_to_exceed_status = not-applicable",
        "transaction_class = expense",
        "transaction_class = material",
        "transaction_class = fee",
        "billing_type = non-chargeable",
        "billing_type = complimentary",
        "currency_id = USD",
        "currency_id = none",
        "amount = 50.0000",
        "amount = -50",
        "amount = 0",
        "quantity = -1",
        "quantity = none",
        "transaction_date = 2020-10-04",
        "transaction_date = 2010-01-01",
    ],
)
def test_a_transaction_is_billed_although(cell: str) -> None:
    assert reasons(f"{READY} | {cell}") == []


@pytest.mark.parametrize(
    "cell",
    [
        "billing_status = created",
        "billing_status = posted",
        "transaction_type = cost",
        "transaction_type = billed-sales",
    ],
)
def test_a_claimed_row_or_another_side_of_the_books_is_no_candidate(cell: str) -> None:
    snapshot = snapshot_of(LEDGER.format(row=f"{READY} | {cell}", contract=""))

    plan = plan_contract(snapshot, DAY, Policy())

    assert plan.not_invoiced == ()
    assert sum(len(line.details) for line in plan.invoices[0].lines) == 1


@pytest.mark.parametrize(
    ("cell", "allowed_by"),
    [
        ("state = draft", {ContractStates.ALL_BUT_CLOSED}),
        ("state = on-hold", {ContractStates.ALL_BUT_CLOSED}),
        ("state = closed", set()),
        ("state = none", set()),
        ("reason = in-review", {ContractStates.ACTIVE, ContractStates.ALL_BUT_CLOSED}),
        ("reason = confirmed", set(ContractStates)),
    ],
)
def test_the_contract_state_decides_by_policy(cell: str, allowed_by: set[ContractStates]) -> None:
    for states in ContractStates:
        found = reasons(READY, f"| {cell}", Policy(contract_states=states))

        assert found == ([] if states in allowed_by else [Reason.CONTRACT_NOT_ACTIVE] * 2)


@pytest.mark.parametrize("kind", ["item-based", "service-maintenance", "none"])
def test_an_order_that_is_not_work_based_is_no_project_contract(kind: str) -> None:
    found = reasons(READY, f"| order_type = {kind}")

    assert found == [Reason.NOT_A_PROJECT_CONTRACT] * 2


def test_a_contract_that_is_not_in_force_keeps_its_schedule_rows_and_says_so() -> None:
    snapshot = snapshot_of(LEDGER.format(row=READY, contract="| state = draft"))

    plan = plan_contract(snapshot, DAY, Policy())

    assert plan.schedule_updates == plan.invoices == plan.source_etags == ()
    assert [warning.code for warning in plan.warnings] == ["contract-not-active"]


MILESTONE = "milestone | Fixed | 2020-10-05 | 500.00 | ready"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("status = not-ready", Reason.MILESTONE_NOT_READY),
        ("date = 2020-10-06", Reason.MILESTONE_NOT_DUE),
        ("date = 2020-10-04", Reason.MILESTONE_LATE),
        ("date = none", Reason.DATE_MISSING),
        ("amount = none", Reason.AMOUNT_MISSING),
        ("amount = 0.001", Reason.AMOUNT_TOO_PRECISE),
        ("currency_id = EUR", Reason.CURRENCY_DIFFERS),
        ("not_to_exceed_status = failed", Reason.NOT_TO_EXCEED_FAILED),
        ("contract_line_id = Work", Reason.MILESTONE_ON_WRONG_LINE),
        ("contract_line_id = Router", Reason.MILESTONE_ON_WRONG_LINE),
        ("contract_line_id = Unclear", Reason.BILLING_METHOD_UNKNOWN),
        ("contract_line_id = Elsewhere", Reason.LINE_MISSING),
        ("contract_customer_id = Stranger", Reason.CUSTOMER_UNKNOWN),
    ],
)
def test_a_milestone_is_refused_by_the_rule_about(cell: str, reason: Reason) -> None:
    assert reasons(f"{MILESTONE} | {cell}") == [reason]


def test_a_milestone_is_one_chargeable_detail_at_its_amount_and_date() -> None:
    row = f"{MILESTONE} | tax = 50.00 | external_description = Phase one | description = One"
    snapshot = snapshot_of(LEDGER.format(row=row, contract=""))

    [invoice] = plan_contract(snapshot, DAY, Policy()).invoices
    [detail] = next(line for line in invoice.lines if line.name == "Fixed").details

    assert (detail.quantity, detail.price, detail.amount) == (1, Decimal(500), Decimal(500))
    assert (detail.tax, detail.billing_type, detail.transaction_date) == (50, "chargeable", DAY)
    assert detail.transaction_class == "milestone"
    assert (detail.description, detail.external_description) == ("One", "Phase one")


def test_a_milestone_without_description_is_described_by_its_name() -> None:
    snapshot = snapshot_of(LEDGER.format(row=MILESTONE, contract=""))

    [invoice] = plan_contract(snapshot, DAY, Policy()).invoices
    [detail] = next(line for line in invoice.lines if line.name == "Fixed").details

    assert detail.description == "Milestone 2020-10-05"


def test_the_reading_by_creation_needs_a_creation_date() -> None:
    literal = Policy(cutoff=Cutoff.CREATED_BEFORE)

    assert reasons(f"{READY} | created_date = none", policy=literal) == [Reason.DATE_MISSING]
    assert reasons(f"{READY} | created_date = none") == []


def test_an_additional_rule_refuses_with_its_own_text() -> None:
    def needs_purchase_order(record: Actual | Milestone, contract: Contract) -> str | None:
        is_large = record.amount is not None and record.amount > 80
        return f"{contract.name}: no purchase order" if is_large else None

    snapshot = snapshot_of(LEDGER.format(row=f"{READY}\n{MILESTONE}", contract=""))

    plan = plan_contract(snapshot, DAY, Policy(), (needs_purchase_order,))

    assert {entry.reason for entry in plan.not_invoiced} == {Reason.REFUSED_BY_EXTENSION}
    assert {entry.hint for entry in plan.not_invoiced} == {"Project: no purchase order"}
    assert plan.invoices[0].amount == Decimal(50)


def test_a_transaction_without_price_becomes_one_at_its_amount() -> None:
    snapshot = snapshot_of(LEDGER.format(row=f"{READY} | quantity = 3 | price = none", contract=""))

    details = plan_contract(snapshot, DAY, Policy()).invoices[0].lines[0].details

    assert (details[1].quantity, details[1].price) in {(1, Decimal(50)), (1, Decimal(100))}
    assert all(detail.quantity * detail.price == detail.amount for detail in details)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("amount = none", "amount is missing"),
        ("amount = NaN", "amount is NaN"),
        ("amount = 0.005", "(0.005) has more decimals than the 2"),
        ("adjustment_status = adjusted", "status is adjusted"),
        ("contract_line_id = Fixed", "is a fixed-price line"),
        ("contract_line_id = Router", "is a product line"),
        ("billing_status = none", "status is empty"),
        ("transaction_date = none", "(transaction date)"),
    ],
)
def test_a_hint_names_the_value_that_stands_in_the_way(cell: str, words: str) -> None:
    snapshot = snapshot_of(LEDGER.format(row=f"{READY} | {cell}", contract=""))

    [entry] = plan_contract(snapshot, DAY, Policy()).not_invoiced

    assert words in entry.hint
