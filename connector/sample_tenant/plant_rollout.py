"""A contract of two customers that share everything 60 to 40, with product lines (B1, D2, D5)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.sample_tenant.contracts import (
    FIXED_PRICE,
    TIME_AND_MATERIAL,
    Contract,
    Party,
    add_contract,
    add_line,
    add_milestone,
    add_product_line,
    add_schedule,
)
from connector.sample_tenant.transactions import add_split, expense, time

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows

RATE: Final = "160"
FABRIKAM: Final = Party(name="Fabrikam, Inc.", percent=Decimal(60))
NORTHWIND: Final = Party(name="Northwind Traders", percent=Decimal(40))


def add_plant_rollout(rows: Rows) -> None:
    """Add the contract with everything that hangs on it."""
    contract = Contract(
        rows=rows, name="Joint plant rollout", currency="USD", parties=(FABRIKAM, NORTHWIND)
    )
    add_contract(contract, "PC-1002")
    _add_consulting(contract)
    acceptance = add_line(contract, "Site acceptance", FIXED_PRICE, amount="30000")
    add_milestone(acceptance, "First site", "2020-10-23", "20000", ready=FABRIKAM.name)
    add_milestone(acceptance, "Second site", "2020-11-20", "10000")
    add_product_line(contract, "Rugged tablet", 10, "449.90", is_ready=True)
    add_product_line(contract, "Docking station", 10, "129", is_ready=False)


def _add_consulting(contract: Contract) -> None:
    line = add_line(
        contract,
        "Rollout consulting",
        TIME_AND_MATERIAL,
        amount="40000",
        frequency="Seventh of the month",
        classes="time expense",
    )
    add_schedule(line, "2020-10-07", "2020-11-07")
    add_split(
        line,
        time("2020-10-01", "10", RATE, "Site survey", "Dana Yu"),
        # 1.42 h: 0.57 h for the second customer, the rest for the one that takes the rounding.
        time("2020-10-06", "1.42", RATE, "Call with both plants", "Dana Yu"),
        expense("2020-10-06", "250.00", "Airfare", "Flight to the first site"),
        time("2020-10-07", "8", RATE, "Training, on the run date", "Dana Yu"),
        time("2020-11-06", "4", RATE, "Hand-over, on the cut-off day", "Eva Corets"),
    )
    add_split(
        line,
        time("2020-10-27", "6", RATE, "Rework at the first site", "Dana Yu"),
        ready=FABRIKAM.name,
    )
