"""The flat rows of a run: each source once, with what people know it by."""

from __future__ import annotations

from decimal import Decimal

from connector.report.rows import rows
from tests.report.sample import report

WORK = """
contract  | Portal | USD 2 | number = PC-1001
customer  | Adatum Corporation
line      | Work | time-and-material
run       | Work | 2020-10-05 | 2020-10-04
actual    | Work | 2020-10-01 | time | 1 | 100.00 | ready | description = Design
actual    | Work | 2020-10-02 | time | 2 | 100.00 | ready | billing_type = non-chargeable
actual    | Work | 2020-10-03 | time | 3 | 100.00 | ready | billing_type = complimentary
actual    | Work | 2020-10-04 | time | 4 | 100.00 | open | description = Open work
"""


def test_each_amount_stands_in_the_column_of_what_became_of_it() -> None:
    found = list(rows(report(WORK)))

    assert [row.amount for row in found] == [100, 200, 300, 400]
    columns = ("chargeable", "non_chargeable", "complimentary", "not_invoiced")
    assert [[getattr(row, name) for row in found] for name in columns] == [
        [100, None, None, None],
        [None, 200, None, None],
        [None, None, 300, None],
        [None, None, None, Decimal("400.00")],
    ]


def test_contract_customer_and_description_stand_in_words() -> None:
    found = list(rows(report(WORK)))

    assert {row.contract_number for row in found} == {"PC-1001"}
    assert [row.customer_name for row in found] == ["Adatum Corporation"] * 3 + [""]
    assert [row.description for row in found] == ["Design", "", "", "Open work"]
    assert [str(row.transaction_date) for row in found][-1] == "2020-10-04"
