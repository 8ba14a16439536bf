"""What has no run of its own: product lines, retainers, credited and late milestones."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing import keys
from connector.invoicing.catch_up import catch_up, missed_dates
from connector.invoicing.choices import MilestoneStatus, ProformaStatus, SourceTable
from connector.invoicing.invariants import check_contract
from connector.invoicing.model import BilledSource, ExistingInvoice, Source
from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import (
    CreditedMilestones,
    MissedDates,
    Policy,
    Retainers,
    RetainerTiming,
    TaxInTotals,
)
from connector.invoicing.projection import after
from connector.invoicing.reasons import Reason
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from connector.invoicing.model import ContractSnapshot
    from connector.invoicing.plan import ContractPlan

DAY, LATER = date(2020, 10, 5), date(2020, 10, 10)
BASE = """
contract | Project | USD 2
customer | Payer
line     | Work  | time-and-material
line     | Fixed | fixed-price
run      | Work  | 2020-10-05 | 2020-10-04
"""
TIME = "actual | Work | 2020-10-01 | time | 7 | 1,000.00 | ready\n"
PRODUCT = "product | Router | 2 | 450.00 | ready-to-invoice\n"
RETAINER = "retainer | Advance | 2020-10-05 | 10,000.00 | ready\n"
PAID = "retainer | Advance | 2020-09-01 | 10,000.00 | posted | used_amount = 0\n"
MILESTONE = "milestone | Fixed | 2020-10-05 | 500.00 | ready\n"
CATCH_UP = Policy(missed_dates=MissedDates.CATCH_UP)


def plan(rows: str, policy: Policy | None = None, day: date = DAY) -> ContractPlan:
    snapshot = snapshot_of(BASE + rows)
    decided = plan_contract(snapshot, day, policy or Policy())
    assert check_contract(snapshot, decided) == ()
    return decided


def reasons(decided: ContractPlan) -> list[Reason]:
    return [entry.reason for entry in decided.not_invoiced]


def names(decided: ContractPlan) -> list[list[str]]:
    return [[line.name for line in invoice.lines] for invoice in decided.invoices]


def test_a_product_line_is_billed_whole_by_a_line_of_its_own_id() -> None:
    [invoice] = plan(TIME + PRODUCT).invoices

    line = invoice.lines[1]
    [detail] = line.details

    assert (line.name, line.billing, line.amount) == ("Router", "product", Decimal(900))
    assert (detail.id, detail.connection_id, detail.quantity) == (line.id, None, 2)
    assert invoice.amount == Decimal(7900)


def test_a_product_line_is_billed_with_a_due_line_even_if_that_is_empty() -> None:
    assert names(plan(PRODUCT)) == [["Router"]]
    assert reasons(plan(PRODUCT, day=LATER)) == [Reason.PRODUCT_WAITS_FOR_DUE_LINE]


def test_a_billed_milestone_is_a_due_line_for_products() -> None:
    rows = "milestone | Fixed | 2020-10-10 | 500.00 | {}\n" + PRODUCT

    assert names(plan(rows.format("ready"), day=LATER)) == [["Fixed", "Router"]]
    assert plan(rows.format("not-ready"), day=LATER).invoices == ()


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("billing_status = none", Reason.PRODUCT_NOT_READY),
        ("billing_status = unbilled-sales-created", Reason.PRODUCT_NOT_READY),
        ("service = field-service", Reason.FIELD_SERVICE_LINE),
        ("amount = none", Reason.AMOUNT_MISSING),
        ("currency_id = EUR", Reason.CURRENCY_DIFFERS),
    ],
)
def test_a_product_line_is_refused_by_the_rule_about(cell: str, reason: Reason) -> None:
    assert reasons(plan(f"{PRODUCT.strip()} | {cell}\n")) == [reason]


@pytest.mark.parametrize("primaries", [0, 2])
def test_a_product_line_needs_exactly_one_primary_customer(primaries: int) -> None:
    text = BASE.replace("customer | Payer", "customer | Payer\ncustomer | Second") + PRODUCT
    snapshot = snapshot_of(text)
    customers = tuple(
        replace(row, is_primary=number < primaries) for number, row in enumerate(snapshot.customers)
    )

    decided = plan_contract(replace(snapshot, customers=customers), DAY, Policy())

    assert reasons(decided) == [Reason.PRIMARY_CUSTOMER_UNCLEAR]
    assert "primary-customer-unclear" in {warning.code for warning in decided.warnings}


def test_product_lines_go_to_the_primary_customer_only() -> None:
    text = BASE.replace(
        "customer | Payer", "customer | Second\ncustomer | Payer | is_primary = true"
    )
    time = TIME.strip() + " | contract_customer_id = Second\n"

    decided = plan_contract(snapshot_of(text + time + PRODUCT), DAY, Policy())

    assert {i.bill_to.name: [x.name for x in i.lines] for i in decided.invoices} == {
        "Second": ["Work"],
        "Payer": ["Router"],
    }


def test_retainers_are_only_reported_by_default() -> None:
    decided = plan(TIME + RETAINER)

    assert names(decided) == [["Work"]]
    assert reasons(decided) == [Reason.RETAINER_REPORT_ONLY]


@pytest.mark.parametrize(
    ("rows", "day", "timing", "expected"),
    [
        (TIME + RETAINER, DAY, RetainerTiming.WITH_DUE_LINE, [["Work", "Advance"]]),
        (RETAINER, DAY, RetainerTiming.WITH_DUE_LINE, [["Advance"]]),
        (RETAINER.replace("10-05", "09-15"), DAY, RetainerTiming.WITH_DUE_LINE, [["Advance"]]),
        (RETAINER.replace("10-05", "10-10"), LATER, RetainerTiming.WITH_DUE_LINE, []),
        (RETAINER.replace("10-05", "10-10"), LATER, RetainerTiming.ALONE, [["Advance"]]),
        (RETAINER.replace("10-05", "10-09"), LATER, RetainerTiming.ALONE, []),
        (RETAINER.replace("10-05", "10-06"), DAY, RetainerTiming.ALONE, []),
        (RETAINER.replace("ready", "not-ready"), DAY, RetainerTiming.ALONE, []),
    ],
)
def test_a_retainer_is_billed_with_a_due_line_or_on_its_date_alone(
    rows: str, day: date, timing: RetainerTiming, expected: list[list[str]]
) -> None:
    policy = Policy(retainers=Retainers.BILL, retainer_timing=timing)

    assert names(plan(rows, policy, day)) == expected


def test_a_paid_retainer_is_applied_up_to_what_is_chargeable_and_serves_the_next_invoice() -> None:
    policy = Policy(retainers=Retainers.BILL_AND_APPLY)

    [october] = plan(PAID + TIME, policy).invoices
    [november] = plan(PAID.replace("= 0", "= 7,000") + TIME, policy).invoices

    assert [(p.amount, p.balance) for p in october.applied_retainers] == [(7000, 3000)]
    assert [(p.amount, p.balance) for p in november.applied_retainers] == [(3000, 0)]
    assert october.amount == Decimal(7000)


def test_the_oldest_retainer_is_applied_first_and_new_ones_do_not_count() -> None:
    rows = (
        PAID.replace("Advance", "Younger")
        + PAID.replace("09-01", "08-01")
        + RETAINER.replace("Advance", "New")
    )
    policy = Policy(retainers=Retainers.BILL_AND_APPLY)

    [invoice] = plan(rows + TIME, policy).invoices

    assert [part.retainer_id for part in invoice.applied_retainers] == [ident("Advance")]
    assert sum(part.amount for part in invoice.applied_retainers) == Decimal(7000)
    assert [line.name for line in invoice.lines] == ["Work", "New"]


def test_a_negative_invoice_takes_no_retainer() -> None:
    policy = Policy(retainers=Retainers.BILL_AND_APPLY)

    [invoice] = plan(PAID + TIME.replace("| 7 |", "| -7 |"), policy).invoices

    assert invoice.applied_retainers == ()


def test_a_retainer_of_another_customer_is_not_applied() -> None:
    text = BASE.replace("customer | Payer", "customer | Payer\ncustomer | Second")
    rows = f"{PAID.strip()} | contract_customer_id = Second\n"
    rows += f"{TIME.strip()} | contract_customer_id = Payer\n"
    policy = Policy(retainers=Retainers.BILL_AND_APPLY)

    [invoice] = plan_contract(snapshot_of(text + rows), DAY, policy).invoices

    assert invoice.applied_retainers == ()


@pytest.mark.parametrize(
    ("cells", "left"),
    [
        ("used_amount = 9,999", [1]),
        ("available_amount = 5 | used_amount = 1", [5]),
        ("used_amount = 10,000", []),
        ("amount = none", []),
    ],
)
def test_what_is_left_of_a_retainer_is_read_or_computed(cells: str, left: list[int]) -> None:
    rows = PAID.replace("used_amount = 0", cells) + TIME
    policy = Policy(retainers=Retainers.BILL_AND_APPLY)

    [invoice] = plan(rows, policy).invoices

    assert [part.amount for part in invoice.applied_retainers] == left


def test_a_retainer_that_is_not_applied_is_a_warning() -> None:
    assert "retainer-not-applied" in {w.code for w in plan(PAID + TIME).warnings}


def credited(status: ProformaStatus) -> ContractSnapshot:
    """A Ready milestone that stands on a former invoice of *status*."""
    snapshot = snapshot_of(BASE + MILESTONE)
    former = ExistingInvoice(id=ident("former"), customer_id=ident("account Payer"), status=status)
    source = Source(table=SourceTable.MILESTONE, id=snapshot.milestones[0].id)
    claim = BilledSource(source=source, invoice_id=former.id)
    return replace(snapshot, invoices=(former,), billed=(claim,))


@pytest.mark.parametrize("status", ProformaStatus)
def test_a_credited_milestone_is_reported_by_default(status: ProformaStatus) -> None:
    assert reasons(plan_contract(credited(status), DAY, Policy())) == [Reason.ALREADY_INVOICED]


def test_a_credited_milestone_is_billed_again_by_option_with_a_key_of_its_own() -> None:
    snapshot = credited(ProformaStatus.CONFIRMED)
    policy = Policy(credited_milestones=CreditedMilestones.BILL_AGAIN)

    [invoice] = plan_contract(snapshot, DAY, policy).invoices
    [detail] = invoice.lines[0].details

    assert detail.id == keys.detail_id(snapshot.organization_id, detail.source, 1)
    assert reasons(plan_contract(credited(ProformaStatus.DRAFT), DAY, policy)) == [
        Reason.ALREADY_INVOICED
    ]


def test_a_late_milestone_is_caught_up_within_the_window_only() -> None:
    narrow = replace(CATCH_UP, catch_up_days=4)

    assert names(plan(MILESTONE, CATCH_UP, LATER)) == [["Fixed"]]
    assert reasons(plan(MILESTONE, narrow, LATER)) == [Reason.MILESTONE_LATE]
    assert reasons(plan(MILESTONE, Policy(), LATER)) == [Reason.MILESTONE_LATE]


def test_missed_dates_are_those_of_rows_and_milestones_without_an_invoice_of_their_day() -> None:
    snapshot = snapshot_of(BASE + MILESTONE.replace("10-05", "10-07"))

    assert missed_dates(snapshot, LATER, CATCH_UP) == (DAY, date(2020, 10, 7))
    assert missed_dates(snapshot, LATER, replace(CATCH_UP, catch_up_days=3)) == (date(2020, 10, 7),)
    assert missed_dates(snapshot, LATER, Policy()) == ()
    assert (
        missed_dates(after(snapshot, plan_contract(snapshot, DAY, CATCH_UP)), DAY, CATCH_UP) == ()
    )


def test_each_missed_date_gets_an_invoice_of_its_own() -> None:
    rows = TIME + "run | Work | 2020-10-08 | 2020-10-07\n"
    rows += "actual | Work | 2020-10-06 | time | 1 | 100.00 | ready\n"

    plans = catch_up(snapshot_of(BASE + rows), LATER, CATCH_UP)

    assert [(str(p.run_date), [i.amount for i in p.invoices]) for p in plans] == [
        ("2020-10-05", [Decimal(7000)]),
        ("2020-10-08", [Decimal(100)]),
        ("2020-10-10", []),
    ]


def test_additional_rules_hold_for_the_dates_that_are_caught_up() -> None:
    plans = catch_up(snapshot_of(BASE + TIME), LATER, CATCH_UP, (lambda _, __: "not now",))

    assert [entry.hint for plan in plans for entry in plan.not_invoiced] == ["not now"] * 2
    assert [plan.invoices for plan in plans] == [(), ()]


@pytest.mark.parametrize("cell", ["status = not-ready", "date = none", "status = created"])
def test_a_milestone_that_no_run_would_have_billed_was_not_missed(cell: str) -> None:
    row = f"line | Only | fixed-price\nmilestone | Only | 2020-10-07 | 1.00 | ready | {cell}\n"
    rows = BASE.replace("run ", "# run ") + row.replace("created", "customer-invoice-created")

    assert missed_dates(snapshot_of(rows), LATER, CATCH_UP) == ()


def test_an_invoice_of_the_run_date_is_never_written_to_again() -> None:
    snapshot = snapshot_of(BASE + TIME + MILESTONE.replace("ready", "not-ready"))
    written = after(snapshot, plan_contract(snapshot, DAY, Policy()))
    ready = replace(
        written,
        milestones=tuple(replace(m, status=MilestoneStatus.READY) for m in written.milestones),
    )

    again = plan_contract(ready, DAY, Policy())

    assert again.invoices == ()
    assert reasons(again) == [Reason.INVOICE_EXISTS]
    assert names(plan_contract(ready, LATER, CATCH_UP)) == [["Fixed"]]


def test_tax_of_non_chargeable_details_counts_by_option_only() -> None:
    rows = (
        "actual | Work | 2020-10-01 | time | 6 | 200 | ready | tax = 120\n"
        "actual | Work | 2020-10-01 | time | 2 | 200 | ready | tax = 40"
        " | billing_type = non-chargeable\n"
        "actual | Work | 2020-10-01 | expense | 1 | 90 | ready | billing_type = complimentary\n"
    )

    [invoice] = plan(rows).invoices
    [counted] = plan(rows, Policy(tax_in_totals=TaxInTotals.ALL)).invoices

    line = invoice.lines[0]
    assert (line.amount, line.non_chargeable, line.complimentary) == (1200, 400, 90)
    assert (invoice.tax, counted.tax) == (120, 160)


@pytest.mark.parametrize(
    ("contract", "rows", "code"),
    [
        ("price_list_id = none", TIME, "contract-without-price-list"),
        ("name = ", TIME, "contract-without-name"),
        ("not_to_exceed_limit = 6,999.99", TIME, "not-to-exceed-limit"),
        ("", TIME * 1001, "many-details"),
        ("", "milestone | Fixed | 2020-10-05 | 0 | not-ready | tax = 1\n", "tax-without-amount"),
        ("", TIME.replace("Work", "Nameless"), "line-without-name"),
    ],
)
def test_what_a_person_should_look_at_is_a_warning(contract: str, rows: str, code: str) -> None:
    text = BASE.replace("USD 2", f"USD 2 | {contract}" if contract else "USD 2")
    text += "line | Nameless | time-and-material | name = \nrun | Nameless | 2020-10-05 |\n"

    found = {
        warning.code for warning in plan_contract(snapshot_of(text + rows), DAY, Policy()).warnings
    }
    sound = {warning.code for warning in plan(TIME).warnings}

    assert code in found
    assert code not in sound


def test_a_line_without_a_name_is_named_by_its_id() -> None:
    text = BASE.replace(
        "line     | Work  | time-and-material", "line | Work | time-and-material | name = "
    )

    [invoice] = plan_contract(snapshot_of(text + TIME), DAY, Policy()).invoices

    assert invoice.lines[0].name == str(ident("Work"))


def test_an_open_draft_of_the_same_customer_is_reported_and_left_alone() -> None:
    snapshot = snapshot_of(BASE + TIME)
    draft = ExistingInvoice(
        id=ident("open"), customer_id=ident("account Payer"), status=ProformaStatus.IN_REVIEW
    )

    decided = plan_contract(replace(snapshot, invoices=(draft,)), DAY, Policy())

    assert len(decided.invoices) == 1
    assert [w.subject for w in decided.warnings if w.code == "open-draft"] == [draft.id]


def test_project_lines_come_first_then_products_then_retainers() -> None:
    rows = TIME + MILESTONE + PRODUCT.replace("Router", "Zulu") + RETAINER

    [invoice] = plan(rows, Policy(retainers=Retainers.BILL)).invoices

    assert [line.name for line in invoice.lines] == ["Fixed", "Work", "Zulu", "Advance"]


def test_a_retainer_is_one_at_its_amount_on_a_line_of_its_own() -> None:
    [invoice] = plan(RETAINER, Policy(retainers=Retainers.BILL)).invoices

    [line] = invoice.lines
    [detail] = line.details

    assert (line.billing, line.contract_line_id, line.amount) == ("retainer", None, 10_000)
    assert (detail.quantity, detail.price, detail.id) == (1, 10_000, line.id)


def test_a_thousand_details_are_no_warning_yet() -> None:
    assert "many-details" not in {warning.code for warning in plan(TIME * 1000).warnings}
