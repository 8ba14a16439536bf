"""
The documented Adatum contract: three lines, their schedule rows and two milestones.

Run dates, cut-offs and milestones are those of the documentation; the work and the expenses are
made up around every cut-off, so that each rule about picking transactions has a case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.sample_tenant.contracts import (
    FIXED_PRICE,
    TIME_AND_MATERIAL,
    Contract,
    Line,
    Party,
    add_contract,
    add_line,
    add_milestone,
    add_schedule,
)
from connector.sample_tenant.transactions import (
    Transaction,
    add_transactions,
    approved_on,
    cancelled,
    complimentary,
    cost_of,
    expense,
    non_chargeable,
    not_ready,
    over_the_limit,
    taxed,
    time,
)

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows

RATE: Final = "200"
COST: Final = "95"


def add_adatum(rows: Rows) -> None:
    """Add the contract with everything that hangs on it."""
    contract = Contract(
        rows=rows,
        name="Adatum shop floor portal",
        currency="USD",
        parties=(Party(name="Adatum Corporation"),),
    )
    add_contract(contract, "PC-1001")
    prototype = add_line(contract, "Prototype work", FIXED_PRICE, amount="17000")
    add_milestone(prototype, "Prototype shown", "2020-10-05", "5000")
    add_milestone(prototype, "Prototype accepted", "2020-11-03", "12000")
    _add_implementation(contract)
    _add_expenses(contract)


def _hours(day: str, hours: str, text: str) -> Transaction:
    return time(day, hours, RATE, text)


def _add_implementation(contract: Contract) -> None:
    line = add_line(
        contract,
        "Implementation work",
        TIME_AND_MATERIAL,
        amount="60000",
        frequency="Biweekly on Monday",
        classes="time",
    )
    add_schedule(line, "2020-10-05", "2020-10-19", "2020-11-02", "2020-11-16")
    _add_work_until_october_19(line)
    _add_work_until_november_16(line)


def _add_work_until_october_19(line: Line) -> None:
    workshop = _hours("2020-09-21", "8", "Requirements workshop")
    add_transactions(
        line,
        workshop,
        cost_of(workshop, COST),
        _hours("2020-09-28", "8", "Data model"),
        # Eight hours were submitted and six of them approved as billable.
        _hours("2020-10-02", "6", "Sign-in pages"),
        non_chargeable(_hours("2020-10-02", "2", "Sign-in pages, rework")),
        _hours("2020-10-04", "4", "Weekend deployment, on the cut-off day"),
        _hours("2020-10-05", "8", "Order list, on the run date"),
        # A cancelled approval and what was approved in its place.
        *cancelled(_hours("2020-10-08", "8", "Order entry")),
        _hours("2020-10-08", "7", "Order entry, corrected"),
        approved_on("2020-10-20", _hours("2020-10-09", "5", "Reports, approved late")),
        complimentary(_hours("2020-10-14", "2", "Introduction for the new plant manager")),
        not_ready(_hours("2020-10-15", "3", "Spike, under discussion")),
        _hours("2020-10-18", "2", "Weekend deployment, on the cut-off day"),
    )


def _add_work_until_november_16(line: Line) -> None:
    add_transactions(
        line,
        _hours("2020-10-21", "8", "Interface to the warehouse"),
        over_the_limit(_hours("2020-10-29", "6", "Interface to the carrier")),
        _hours("2020-11-01", "5", "Data migration, on the cut-off day"),
        _hours("2020-11-02", "8", "Acceptance test, on the run date"),
        _hours("2020-11-09", "8", "Acceptance test"),
        _hours("2020-11-15", "3", "Go-live, on the cut-off day"),
        _hours("2020-11-16", "8", "Care after go-live, past the last cut-off"),
    )


def _add_expenses(contract: Contract) -> None:
    line = add_line(
        contract,
        "Expenses incurred",
        TIME_AND_MATERIAL,
        amount="6000",
        frequency="First Monday of the month",
        classes="expense",
    )
    add_schedule(line, "2020-10-05", "2020-11-02")
    add_transactions(
        line,
        expense("2020-09-30", "640.50", "Airfare", "Flight to the plant"),
        taxed("8", expense("2020-10-02", "389.90", "Hotel", "Two nights at the plant")),
        expense("2020-10-04", "58.20", "Meals", "Weekend meals, on the cut-off day"),
        expense("2020-10-05", "31.75", "Taxi", "Taxi, on the run date"),
        taxed("8", expense("2020-10-10", "194.95", "Hotel", "One night at the plant")),
        complimentary(expense("2020-10-28", "90.00", "Hotel", "Room upgrade")),
        not_ready(expense("2020-10-30", "412.00", "Airfare", "Flight, receipt missing")),
        expense("2020-11-01", "44.10", "Meals", "Weekend meals, on the cut-off day"),
        expense("2020-11-02", "27.30", "Taxi", "Taxi, past the last cut-off"),
    )
