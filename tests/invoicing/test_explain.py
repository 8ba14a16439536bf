from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.invoicing.explain import Explanation, Verdict, explain
from connector.invoicing.forecast import Confidence, forecast
from connector.invoicing.policy import MissedDates, Policy, Retainers
from tests.invoicing.golden import FOLDER
from tests.invoicing.ledger import ident, snapshot_of

if TYPE_CHECKING:
    from uuid import UUID

LEDGER = (
    (FOLDER / "adatum.ledger").read_text(encoding="utf-8")
    + """
product   | Router  | 2 | 450.00 | ready-to-invoice
retainer  | Advance | 2020-10-19 | 100.00 | ready
"""
)
SNAPSHOT = snapshot_of(LEDGER)
OCT_5, OCT_6 = date(2020, 10, 5), date(2020, 10, 6)
CONTRACT, WORK = ident("Adatum project"), ident("Implementation work")
BILLED = ("act", "mil", "pro", "ret")
IDS = [
    record.id
    for records in (
        SNAPSHOT.actuals,
        SNAPSHOT.milestones,
        SNAPSHOT.lines,
        SNAPSHOT.schedule,
        SNAPSHOT.retainers,
        (SNAPSHOT.contract,),
    )
    for record in records
]


def ask(subject: UUID, day: date = OCT_5, policy: Policy | None = None) -> Explanation:
    return explain(SNAPSHOT, subject, day, policy or Policy())


@pytest.mark.parametrize("subject", IDS, ids=str)
@pytest.mark.parametrize("day", [OCT_5, OCT_6, date(2021, 1, 1)], ids=str)
def test_every_record_has_a_verdict_with_rules_and_a_text(subject: UUID, day: date) -> None:
    answer = ask(subject, day)

    assert answer.verdict is not Verdict.UNKNOWN
    assert answer.rules
    assert answer.text.endswith(".")
    assert answer.next_date is None or answer.next_date > day


def test_a_record_that_an_additional_rule_refuses_has_no_coming_date() -> None:
    subject = SNAPSHOT.actuals[0].id

    answer = explain(SNAPSHOT, subject, OCT_5, Policy(), (lambda _, __: "no purchase order",))

    assert (answer.rules, answer.what_would_change_it) == (("X1",), "no purchase order")
    assert answer.next_date is None


def test_a_billed_transaction_names_its_invoice_and_line() -> None:
    answer = ask(SNAPSHOT.actuals[0].id)

    assert (answer.kind, answer.verdict) == ("actual", Verdict.INVOICED)
    assert "1,600.00 USD" in answer.text
    assert "Implementation work" in answer.text


def test_a_transaction_that_is_not_ready_names_the_rule_the_remedy_and_the_next_date() -> None:
    answer = ask(SNAPSHOT.actuals[1].id, OCT_6)

    assert (answer.verdict, answer.rules) == (Verdict.NOT_INVOICED, ("A3",))
    assert answer.what_would_change_it is not None
    assert "mark it Ready to Invoice" in answer.what_would_change_it
    assert answer.next_date == date(2020, 10, 19)


def test_a_milestone_names_its_own_date_and_a_late_one_has_none_when_strict() -> None:
    milestone = next(m.id for m in SNAPSHOT.milestones if m.date == OCT_5)
    catch_up = Policy(missed_dates=MissedDates.CATCH_UP)

    assert ask(milestone, date(2020, 10, 1)).next_date == OCT_5
    assert ask(milestone, OCT_6).next_date is None
    assert ask(milestone, OCT_6, catch_up).verdict is Verdict.INVOICED


def test_a_product_line_names_the_next_due_day() -> None:
    answer = ask(ident("Router"), OCT_6)

    assert (answer.kind, answer.rules) == ("product line", ("D3",))
    assert answer.next_date == date(2020, 10, 19)


def test_a_contract_line_counts_what_stays_behind_by_reason() -> None:
    answer = ask(WORK)

    assert answer.verdict is Verdict.INVOICED
    assert answer.what_would_change_it == "after-cut-off (3), not-ready (1)"
    assert answer.next_date == date(2020, 10, 19)


@pytest.mark.parametrize(
    ("day", "verdict", "rule", "next_date"),
    [
        (date(2020, 10, 1), Verdict.NOT_INVOICED, "R2", OCT_5),
        (OCT_5, Verdict.INVOICED, "R4", None),
        (OCT_6, Verdict.NOT_INVOICED, "R3", None),
    ],
)
def test_a_schedule_row_is_coming_due_or_missed(
    day: date, verdict: Verdict, rule: str, next_date: date | None
) -> None:
    answer = ask(SNAPSHOT.schedule[0].id, day)

    assert (answer.verdict, answer.rules[0], answer.next_date) == (verdict, rule, next_date)


def test_a_contract_that_is_not_in_force_says_what_to_do() -> None:
    draft = snapshot_of(LEDGER.replace("USD 2", "USD 2 | state = draft"))

    answer = explain(draft, CONTRACT, OCT_5, Policy())

    assert (answer.verdict, answer.rules) == (Verdict.NOT_INVOICED, ("E5",))
    assert answer.what_would_change_it is not None
    assert "confirm it" in answer.what_would_change_it


def test_a_claimed_record_is_no_candidate_and_a_stranger_is_unknown() -> None:
    posted = snapshot_of(LEDGER.replace("5,000.00 | ready", "5,000.00 | posted"))

    assert explain(posted, posted.milestones[0].id, OCT_5, Policy()).verdict is Verdict.NO_CANDIDATE
    assert ask(ident("stranger")).verdict is Verdict.UNKNOWN


def test_the_forecast_separates_what_is_ready_from_what_is_not() -> None:
    text = LEDGER.replace("12,000.00 | ready", "12,000.00 | not-ready")

    entries = forecast(snapshot_of(text), date(2020, 10, 1), date(2020, 11, 30), Policy())

    assert [(str(e.run_date), e.confidence, e.amount) for e in entries] == [
        ("2020-10-05", Confidence.NOT_READY, Decimal("800.00")),
        ("2020-10-05", Confidence.READY, Decimal("7840.50")),
        ("2020-10-19", Confidence.READY, Decimal("1200.00")),
        ("2020-11-02", Confidence.READY, Decimal("1489.90")),
        ("2020-11-03", Confidence.MILESTONE_NOT_READY, Decimal("12000.00")),
        ("2020-11-16", Confidence.READY, Decimal("1000.00")),
    ]


def test_a_forecast_of_days_without_runs_is_empty() -> None:
    assert forecast(SNAPSHOT, OCT_6, date(2020, 10, 18), Policy()) == ()


def test_a_line_that_is_not_due_says_so_beside_one_that_is_billed() -> None:
    only_time = snapshot_of(LEDGER.replace("89.90 | ready", "89.90 | open"))
    due = date(2020, 10, 19)

    billed = explain(only_time, WORK, due, Policy())
    idle = explain(only_time, ident("Expenses incurred"), due, Policy())

    assert billed.text == (
        "Billed on 2020-10-19: 2,800.00 USD (2 details). 3 candidate(s) of it stay behind."
    )
    assert (idle.verdict, idle.rules) == (Verdict.NOT_INVOICED, ("R1", "R2"))


def test_a_due_row_names_its_invoice_or_that_there_is_nothing_to_bill() -> None:
    idle = snapshot_of("\n".join(row for row in LEDGER.splitlines() if row[:3] not in BILLED))
    rows = [row for row in idle.schedule if row.run_date == OCT_5]

    assert "its invoice is" in ask(SNAPSHOT.schedule[0].id).text
    assert "nothing to bill" in explain(idle, rows[0].id, OCT_5, Policy()).text


@pytest.mark.parametrize(
    ("row", "way_out"),
    [
        ("run | Expenses incurred | | 2020-10-04", "Fill its run date."),
        ("run | Expenses incurred | 2020-10-01 | | status = run-successful", "had its run"),
        ("run | Expenses incurred | 2020-10-01 | | status = run-failed", "catch-up"),
        ("run | Expenses incurred | 2020-10-01 |", "catch-up"),
        ("run | Expenses incurred | 2020-12-01 |", None),
    ],
)
def test_a_row_that_is_not_due_says_the_way_out(row: str, way_out: str | None) -> None:
    snapshot = snapshot_of(f"{LEDGER}\n{row}")

    answer = explain(snapshot, snapshot.schedule[-1].id, OCT_5, Policy())

    if way_out is None:
        assert answer.what_would_change_it is None
    else:
        assert way_out in (answer.what_would_change_it or "")


def test_a_contract_counts_its_invoices_or_says_that_there_is_none() -> None:
    billed, idle = ask(CONTRACT), ask(CONTRACT, OCT_6)

    assert (billed.verdict, billed.rules) == (Verdict.INVOICED, ("P1",))
    assert billed.text.startswith("1 invoice(s) on 2020-10-05: 7,840.50 USD;")
    assert (idle.verdict, idle.rules) == (Verdict.NOT_INVOICED, ("R2", "P6"))
    assert idle.text.startswith("No invoice;")
    assert (billed.next_date, idle.next_date) == (date(2020, 10, 19), date(2020, 10, 19))


def test_products_and_retainers_that_are_not_ready_are_hoped_for() -> None:
    text = LEDGER.replace("450.00 | ready-to-invoice", "450.00 | unbilled-sales-created")
    text = text.replace("100.00 | ready", "100.00 | not-ready")
    policy = Policy(retainers=Retainers.BILL)

    entries = forecast(snapshot_of(text), OCT_5, date(2020, 10, 19), policy)

    assert [(str(e.run_date), e.amount) for e in entries if e.confidence == "not-ready"] == [
        ("2020-10-05", Decimal("1700.00")),
        ("2020-10-19", Decimal("100.00")),
    ]


def test_nothing_is_hoped_for_that_failed_the_not_to_exceed_check() -> None:
    text = LEDGER.replace(
        "| 4 | 200.00 | open", "| 4 | 200.00 | open | not_to_exceed_status = failed"
    )

    entries = forecast(snapshot_of(text), OCT_5, OCT_5, Policy())

    assert [entry.confidence for entry in entries] == [Confidence.READY]
