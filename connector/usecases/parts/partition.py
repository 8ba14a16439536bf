"""The contracts of a run in parts, in one order: equal runs have equal parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from connector.invoicing.ids import ContractId
    from connector.scope import Scope
    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTask:
    """
    What has to be known to plan one part; small, so that it can travel.

    *today* is the business date on which the run takes place, by which safety bounds are judged.
    """

    run_id: str
    number: int
    contracts: tuple[ContractId, ...]
    scope: Scope
    today: date


def part_tasks(
    environment: Environment, run_id: str, scope: Scope, contracts: Sequence[ContractId]
) -> tuple[PartTask, ...]:
    """*contracts*, each once and in their order, as parts that are counted from 1."""
    ordered, size = tuple(dict.fromkeys(contracts)), environment.contracts_per_part
    today = environment.today
    return tuple(
        PartTask(
            run_id=run_id,
            number=number,
            contracts=ordered[start : start + size],
            scope=replace(scope, contracts=()),
            today=today,
        )
        for number, start in enumerate(range(0, len(ordered), size), start=1)
    )
