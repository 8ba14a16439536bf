"""
The golden files of the rules: what a ledger bills, day by day, in the ledger's own notation.

`python -m tests.invoicing.golden generate [--force]` writes them; without `--force` none is
overwritten.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from connector.invoicing.planning import plan_contract
from connector.invoicing.policy import Policy
from connector.invoicing.projection import after
from tests.invoicing.ledger import invoices_text, snapshot_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.invoicing.plan import ContractPlan

FOLDER = Path(__file__).parent
FIRST_DAY, LAST_DAY = date(2020, 10, 1), date(2020, 11, 30)


def daily_plans(
    ledger: str, first: date = FIRST_DAY, last: date = LAST_DAY, policy: Policy | None = None
) -> Iterator[ContractPlan]:
    """The plans of a job that runs once on every day and writes each plan."""
    snapshot = snapshot_of(ledger)
    for number in range((last - first).days + 1):
        plan = plan_contract(snapshot, first + timedelta(days=number), policy or Policy())
        snapshot = after(snapshot, plan)
        yield plan


def calendar_text(ledger: str) -> str:
    """Every day with its invoices; `-` where there is none."""
    plans = daily_plans(ledger)
    return "".join(invoices_text(plan) or f"{plan.run_date} | -\n" for plan in plans)


def generate(*, force: bool) -> int:
    """Write every golden file that is missing, or all of them."""
    refused = 0
    for ledger in sorted(FOLDER.glob("*.ledger")):
        golden = ledger.with_suffix(".invoices")
        if golden.exists() and not force:
            print(f"{golden.name} exists; --force overwrites it", file=sys.stderr)  # noqa: T201
            refused = 1
        else:
            golden.write_text(calendar_text(ledger.read_text(encoding="utf-8")), encoding="utf-8")
    return refused


if __name__ == "__main__":
    if sys.argv[1:2] != ["generate"]:
        sys.exit(__doc__)
    sys.exit(generate(force="--force" in sys.argv))
