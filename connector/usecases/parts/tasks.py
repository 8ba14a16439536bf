"""What has to be known to plan or to write one part: small values that can travel as text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from connector.invoicing.ids import ContractId
from connector.invoicing.plan import PlanWarning
from connector.scope import Scope
from connector.summary import PartSummary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.usecases.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class PartTask:
    """
    One part that is to be planned.

    *today* is the business date on which the run takes place, by which safety bounds are judged.
    """

    run_id: str
    number: int
    contracts: tuple[ContractId, ...]
    scope: Scope
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundParts:
    """What the first look of a run has found: its parts, and what is to be said of the whole."""

    tasks: tuple[PartTask, ...]
    warnings: tuple[PlanWarning, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteTask:
    """
    One part that is to be written.

    With *resumed* the part was planned a while ago: its records may have changed since, and some
    of it may stand already. *invoices* is how many the whole run has, to say how far it came.
    """

    run_id: str
    part: PartSummary
    resumed: bool = False
    invoices: int = 0


def part_tasks(
    environment: Environment, run_id: str, scope: Scope, contracts: Sequence[ContractId]
) -> tuple[PartTask, ...]:
    """
    *contracts*, each once and in their order, as parts that are counted from 1.

    One order makes equal runs equal, part by part.
    """
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
