"""`proforma demo` bills the documented example over real HTTP, and a second pass writes nothing."""

from __future__ import annotations

import contextlib
import io
import json
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import jsonschema
import pytest

from connector.cli import main
from connector.report.document import schema

pytestmark = pytest.mark.xdist_group("demo")  # all of them look at one demo

ADATUM = "Adatum shop floor portal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What one demo left."""

    code: int
    text: str
    threads: set[str]


@pytest.fixture(scope="module")
def shown() -> Shown:
    out, before = io.StringIO(), set(threading.enumerate())
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = main(["demo", "--json"])
    new = {thread.name for thread in set(threading.enumerate()) - before}
    return Shown(code=code, text=out.getvalue(), threads=new)


@pytest.fixture(scope="module")
def runs(shown: Shown) -> list[Any]:
    return list(json.loads(shown.text)["runs"])


def of(runs: list[Any], contract: str) -> list[Any]:
    return [i for run in runs for i in run["invoices"] if i["contract_name"] == contract]


def test_the_demo_succeeds_and_leaves_no_thread_behind(shown: Shown) -> None:
    assert shown.code == 0
    assert shown.threads == set()


def test_every_day_has_a_document_that_satisfies_the_schema(runs: list[Any]) -> None:
    validator = jsonschema.Draft202012Validator(schema())

    assert len(runs) == 61
    assert [run["run_date"] for run in runs if not validator.is_valid(run)] == []


def test_adatum_gets_five_invoices_with_eight_lines_on_the_documented_days(
    runs: list[Any],
) -> None:
    billed = [
        (i["run_date"], sorted(line["name"] for line in i["lines"])) for i in of(runs, ADATUM)
    ]

    assert billed == [
        ("2020-10-05", ["Expenses incurred", "Implementation work", "Prototype work"]),
        ("2020-10-19", ["Implementation work"]),
        ("2020-11-02", ["Expenses incurred", "Implementation work"]),
        ("2020-11-03", ["Prototype work"]),
        ("2020-11-16", ["Implementation work"]),
    ]


def test_adatum_is_billed_17000_of_milestones(runs: list[Any]) -> None:
    milestones = [
        detail["amount"]
        for invoice in of(runs, ADATUM)
        for line in invoice["lines"]
        for detail in line["details"]
        if detail["transaction_class"] == "milestone"
    ]

    assert milestones == ["5000.00", "12000.00"]


def test_each_customer_of_a_split_gets_an_invoice_and_products_go_to_the_primary(
    runs: list[Any],
) -> None:
    october_7 = [i for i in of(runs, "Joint plant rollout") if i["run_date"] == "2020-10-07"]

    assert sorted((i["amount"], len(i["lines"])) for i in october_7) == [
        ("5745.00", 2),
        ("831.20", 1),
    ]


def test_yen_have_no_decimals_and_euro_have_two(runs: list[Any]) -> None:
    assert [i["amount"] for i in of(runs, "Tanaka tea house")] == ["109375", "1200000", "50000"]
    assert [i["amount"] for i in of(runs, "Litware Umstellung Wien")] == [
        "119.33",
        "1172.72",
        "926.58",
    ]


def test_a_contract_in_draft_is_never_billed_and_says_why(runs: list[Any]) -> None:
    reasons = Counter(left["reason"] for run in runs for left in run["not_invoiced"])

    assert of(runs, "Wingtip toy configurator") == []
    assert reasons["contract-not-active"] > 0


def test_every_day_balances_in_rows_and_money(runs: list[Any]) -> None:
    uneven = [
        run["run_date"]
        for run in runs
        if run["conservation"]["candidates"]
        != run["conservation"]["invoiced"] + run["conservation"]["not_invoiced"]
    ]

    assert uneven == []


def test_the_demo_prints_calendar_drafts_and_the_second_pass(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["demo"])

    text = capsys.readouterr().out
    assert code == 0
    assert "2020-10-05  Adatum shop floor portal, Adatum Corporation  written" in text
    assert "2020-11-30" in text
    assert "61 runs wrote 18 drafts with 22 lines." in text
    assert "A second pass over the same days wrote nothing" in text
