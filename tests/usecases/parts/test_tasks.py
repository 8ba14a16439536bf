"""Parts: every contract once, in one order, and small enough to travel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from connector.invoicing.ids import ContractId
from connector.scope import Override, Scope
from connector.usecases.parts.tasks import PartTask, part_tasks

TODAY = date(2020, 10, 5)
SCOPE = Scope(
    run_date=TODAY,
    contracts=(ContractId(UUID(int=1)),),
    overrides=(Override(code="deviation", reason="month end"),),
)


@dataclass(frozen=True)
class Sized:
    """What of an environment decides how contracts are parted."""

    contracts_per_part: int
    today: date = TODAY


def tasks(count: int, size: int) -> tuple[PartTask, ...]:
    contracts = [ContractId(uuid5(UUID(int=7), str(number))) for number in range(count)]
    return part_tasks(Sized(size), "R1", SCOPE, contracts)  # type: ignore[arg-type]


@given(count=st.integers(0, 200), size=st.integers(1, 50))
def test_every_contract_is_in_one_part_and_parts_are_counted_from_1(count: int, size: int) -> None:
    found = tasks(count, size)

    every = [contract for task in found for contract in task.contracts]
    assert every == [ContractId(uuid5(UUID(int=7), str(number))) for number in range(count)]
    assert [task.number for task in found] == list(range(1, len(found) + 1))
    assert all(0 < len(task.contracts) <= size for task in found)
    assert len(found) == -(-count // size)


def test_a_contract_that_is_named_twice_is_planned_once() -> None:
    one = ContractId(UUID(int=1))

    (task,) = part_tasks(Sized(20), "R1", SCOPE, (one, one))  # type: ignore[arg-type]

    assert task.contracts == (one,)


def test_a_task_travels_as_text_and_comes_back_equal() -> None:
    (task,) = tasks(3, 20)

    text = msgspec.json.encode(task)

    assert msgspec.json.decode(text, type=PartTask) == task
    assert len(text) < 1_000
    assert task.scope.contracts == ()  # which contracts are meant is said once
