"""A run in one sentence: what a log line says of it."""

from __future__ import annotations

from connector.errors import ExitCode
from connector.report.sentence import run_sentence, worst_exit
from tests.report.sample import ADATUM, report, with_failed_contract


def test_a_run_is_its_date_its_invoices_by_status_and_their_sum() -> None:
    assert run_sentence([report(ADATUM)]) == "2020-10-05: 1 invoice written 6,500.00 USD"
    assert worst_exit([report(ADATUM)]) is ExitCode.DONE


def test_a_contract_that_could_not_be_planned_is_counted() -> None:
    found = with_failed_contract(report(ADATUM))

    assert run_sentence([found]).endswith("6,500.00 USD, 1 contract not planned")
    assert worst_exit([report(ADATUM), found]) is ExitCode.SOME_CONTRACTS_FAILED


def test_several_dates_come_in_their_order_and_none_is_said() -> None:
    both = run_sentence([report(ADATUM), report(ADATUM)])

    assert both.count("2020-10-05: 1 invoice written") == 2
    assert run_sentence([]) == "no run"
