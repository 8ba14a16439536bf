"""A contract that is still in draft: its rows are due, and yet nothing is billed (E5, DR-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from connector.sample_tenant.transactions import add_transactions, time

if TYPE_CHECKING:
    from connector.sample_tenant.rows import Rows


def add_draft(rows: Rows) -> None:
    """Add the contract with everything that hangs on it."""
    contract = Contract(
        rows=rows,
        name="Wingtip toy configurator",
        currency="USD",
        parties=(Party(name="Wingtip Toys"),),
        is_draft=True,
    )
    add_contract(contract, "PC-1005")
    line = add_line(
        contract,
        "Configurator",
        TIME_AND_MATERIAL,
        amount="15000",
        frequency="Biweekly on Monday",
        classes="time",
    )
    add_schedule(line, "2020-10-05", "2020-10-19")
    add_transactions(
        line,
        time("2020-10-01", "8", "180", "Work before the contract is won"),
        time("2020-10-16", "6", "180", "More work before the contract is won"),
    )
    concept = add_line(contract, "Concept", FIXED_PRICE, amount="3000")
    add_milestone(concept, "Concept delivered", "2020-10-12", "3000")
