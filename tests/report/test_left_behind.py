"""What stays behind by reason, contract and record, with amounts and age."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.reasons import Reason
from connector.report.left_behind import left_behind
from tests.invoicing.ledger import snapshot_of
from tests.report.sample import ADATUM, DISCOUNTED, report, report_of

#: Open work of 1 September, of 2 October and without a date, and a record that is still to come.
OPEN = """
contract  | Waiting | USD 2
customer  | Fabrikam
line      | Service | time-and-material
run       | Service | 2020-10-05 | 2020-10-04
run       | Service | 2020-10-30 | 2020-10-30
actual    | Service | 2020-10-02 | time | 1 | 80.00 | open | description = Second
actual    | Service | 2020-09-01 | time | 1 | 100.00 | open | description = First
actual    | Service | 2020-10-20 | time | 1 | 50.00 | open | description = Third
"""


def test_records_are_told_by_reason_and_contract_with_the_oldest_first() -> None:
    left = left_behind(report(OPEN, ADATUM), most=100)

    assert left.has_records
    [not_ready] = [reason for reason in left.reasons if reason.reason is Reason.NOT_READY]
    assert [(c.name, c.sums.count) for c in not_ready.contracts] == [("Waiting", 3), ("Adatum", 1)]
    waiting = not_ready.contracts[0]
    assert [(r.entry.description, r.age) for r in waiting.records] == [
        ("First", 34),
        ("Second", 3),
        ("Third", None),
    ]
    assert (not_ready.sums.old, not_ready.sums.oldest) == (1, 34)
    assert [amount for _, amount in not_ready.sums.amounts] == [Decimal("1030.00")]


def test_amounts_stay_apart_by_currency() -> None:
    left = left_behind(report(DISCOUNTED, ADATUM), most=100)

    sums = {code: found.amounts[0][1] for code, found in left.by_currency.items()}
    assert sums == {"EUR": Decimal(1000), "USD": Decimal("2400.00")}
    assert [(c.code, a) for c, a in left.sums.amounts] == [
        ("EUR", Decimal(1000)),
        ("USD", Decimal("2400.00")),
    ]


def test_of_many_records_only_sums_are_held_and_of_many_contracts_the_first_fifty() -> None:
    plan = plan_contract(snapshot_of(OPEN), date(2020, 10, 5), Policy())
    names = [OPEN.replace("Waiting", f"Waiting {number:03}") for number in range(53)]

    few = left_behind(report_of([[plan]]), most=3)
    many = left_behind(report(*names), most=100)

    assert few.has_records
    assert not many.has_records
    [reason] = [reason for reason in many.reasons if reason.reason is Reason.NOT_READY]
    assert (len(reason.contracts), reason.more, reason.sums.count) == (50, 3, 159)
    assert {len(contract.records) for contract in reason.contracts} == {0}
