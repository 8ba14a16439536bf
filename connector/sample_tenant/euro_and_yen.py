"""A contract in euro, with cents and tax, and one in yen, which has no decimals ($2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.sample_tenant.contracts import (
    FIXED_PRICE,
    TIME_AND_MATERIAL,
    Contract,
    Party,
    add_contract,
    add_line,
    add_milestone,
    add_schedule,
)
from connector.sample_tenant.surroundings import BUYER
from connector.sample_tenant.transactions import (
    add_transactions,
    complimentary,
    expense,
    fee,
    limit_not_evaluated,
    material,
    non_chargeable,
    not_ready,
    taxed,
    time,
)

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows

EURO_RATE: Final = "142.55"
YEN_RATE: Final = "12500"
VAT: Final = "20"
CONSUMPTION_TAX: Final = "10"


def add_euro_contract(rows: Rows) -> None:
    """Add a contract with time, material and a fee, taxed, at the end of each month."""
    contract = Contract(
        rows=rows,
        name="Litware Umstellung Wien",
        currency="EUR",
        parties=(Party(name="Litware GmbH"),),
    )
    add_contract(contract, "PC-1003")
    _add_support(contract)
    travel = add_line(contract, "Travel", TIME_AND_MATERIAL, amount="2500", classes="expense")
    add_schedule(travel, "2020-10-09", "2020-11-06")
    add_transactions(
        travel,
        taxed(VAT, expense("2020-10-08", "119.33", "Hotel", "One night in Wien")),
        complimentary(expense("2020-11-04", "18.50", "Meals", "Coffee for everybody")),
    )


def _add_support(contract: Contract) -> None:
    line = add_line(
        contract,
        "Support and parts",
        TIME_AND_MATERIAL,
        amount="20000",
        frequency="Last day of the month",
        classes="time material fee",
    )
    add_schedule(line, "2020-10-31", "2020-11-30")
    add_transactions(
        line,
        taxed(VAT, time("2020-10-13", "7.75", EURO_RATE, "Umstellung Lager", "Eva Corets")),
        taxed(VAT, material("2020-10-14", "3", "24.99", "Network cable")),
        taxed(VAT, fee("2020-10-30", "99.90", "License for October")),
        taxed(VAT, time("2020-11-10", "6.5", EURO_RATE, "Umstellung Versand", "Eva Corets")),
        # A correction of October's hours: negative, Ready and to be billed.
        taxed(VAT, time("2020-10-13", "-0.75", EURO_RATE, "Correction", "Eva Corets")),
        not_ready(taxed(VAT, fee("2020-11-27", "99.90", "License for November"))),
    )


def add_yen_contract(rows: Rows) -> None:
    """Add a contract with a person as customer, billed twice a month."""
    contract = Contract(
        rows=rows,
        name="Tanaka tea house",
        currency="JPY",
        parties=(Party(name=BUYER, table="contact"),),
    )
    add_contract(contract, "PC-1004")
    line = add_line(
        contract,
        "Interior design",
        TIME_AND_MATERIAL,
        amount="2000000",
        frequency="Fifteenth and thirtieth",
        classes="time",
    )
    add_schedule(line, "2020-10-15", "2020-10-30", "2020-11-15", "2020-11-30")
    add_transactions(
        line,
        taxed(CONSUMPTION_TAX, time("2020-10-12", "7.5", YEN_RATE, "Drawings", "Eva Corets")),
        # 15,625 yen: the tax of 1,562.5 is rounded half up.
        taxed(CONSUMPTION_TAX, time("2020-10-14", "1.25", YEN_RATE, "Light", "Eva Corets")),
        non_chargeable(time("2020-10-26", "2", YEN_RATE, "Apology visit", "Eva Corets")),
        limit_not_evaluated(time("2020-11-11", "3", YEN_RATE, "Tatami", "Eva Corets")),
        taxed(CONSUMPTION_TAX, time("2020-11-24", "4", YEN_RATE, "Hand-over", "Eva Corets")),
    )
    opening = add_line(contract, "Opening", FIXED_PRICE, amount="1200000")
    add_milestone(opening, "Opening day", "2020-11-20", "1200000")
