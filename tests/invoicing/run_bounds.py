"""What a run breaks whose plans all fit into memory: its own bounds, and each contract's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.invoicing.amounts import total
from connector.invoicing.bounds import contract_violations, run_violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from connector.invoicing.model import ContractSnapshot, Currency
    from connector.invoicing.plan import ContractPlan
    from connector.invoicing.policy import Bounds
    from connector.invoicing.violations import Violation


def check_bounds(
    plans: Sequence[ContractPlan],
    bounds: Bounds,
    *,
    today: date | None = None,
    snapshots: Iterable[ContractSnapshot] = (),
) -> tuple[Violation, ...]:
    """Every bound that the run of *plans* breaks; *snapshots* hold their former invoices."""
    former = {snapshot.contract.id: snapshot for snapshot in snapshots}
    amounts: dict[Currency, list[Decimal]] = {}
    for plan in plans:
        amounts.setdefault(plan.currency, []).extend(i.amount for i in plan.invoices)
    sums = {currency: total(listed) for currency, listed in amounts.items()}
    violations = [*run_violations(sum(len(plan.invoices) for plan in plans), sums, bounds)]
    for plan in plans:
        snapshot = former.get(plan.contract_id)
        violations += contract_violations(plan, bounds, today=today, snapshot=snapshot)
    return tuple(violations)
