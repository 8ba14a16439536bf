"""A part that was planned earlier is looked at as a whole, in a few reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.outcome import InvoiceStatus
from connector.usecases.parts.take_up import take_up
from tests.usecases.conftest import DAY
from tests.usecases.in_parts import in_parts

if TYPE_CHECKING:
    from connector import Connector
    from connector.invoicing.plan import ContractPlan
    from connector.usecases.parts.take_up import TakenUp
    from tests.end_to_end.tenant import TestTenant

#: Rows of the contracts, their connections, the schedule rows, the planned rows.
FEW_READS = 4


def looked_at(
    tenant: TestTenant, connector: Connector, contracts: tuple[ContractPlan, ...]
) -> tuple[TakenUp, int]:
    """What was seen, and how many requests it took."""
    environment = connector._environment
    _ = environment.reading
    tenant.emulator.app.parts.trace.clear()
    found = take_up(environment, contracts)
    return found, len(tenant.emulator.trace)


def test_what_nobody_has_touched_is_written_as_new_after_two_reads(many: TestTenant) -> None:
    with in_parts(many, 20) as connector:
        contracts = connector.plan(DAY).contracts
        found, requests = looked_at(many, connector, contracts)

    assert found.steady == contracts
    assert found.begun.ids == frozenset()
    assert found.ended == ()
    assert requests == 2


def test_what_the_plan_itself_has_changed_is_no_drift(many: TestTenant) -> None:
    with in_parts(many, 20) as connector:
        contracts = connector.plan(DAY).contracts
        connector.run(DAY, run_id="all-of-it")
        found, requests = looked_at(many, connector, contracts)

    assert found.steady == contracts
    assert found.begun.ids == {i.id for contract in contracts for i in contract.invoices}
    assert requests <= FEW_READS


def test_a_part_that_stands_half_is_told_apart_without_a_read_for_each_contract(
    many: TestTenant,
) -> None:
    with in_parts(many, 20) as connector:
        contracts = connector.plan(DAY).contracts
        first = [contract.contract_id for contract in contracts[:4]]
        connector.run(DAY, run_id="half", contracts=first)
        found, requests = looked_at(many, connector, contracts)

    assert found.steady == contracts
    assert found.begun.ids == {i.id for contract in contracts[:4] for i in contract.invoices}
    assert requests <= FEW_READS


@pytest.mark.parametrize("is_written", [False, True], ids=["not written", "written"])
def test_a_contract_whose_source_changed_is_drifted_unless_its_draft_stands(
    many: TestTenant, *, is_written: bool
) -> None:
    with in_parts(many, 20) as connector:
        contracts = connector.plan(DAY).contracts
        changed = contracts[0]
        if is_written:
            connector.run(DAY, run_id="before")
        many.set("salesorders", str(changed.contract_id), description="looked at again")
        found, _ = looked_at(many, connector, contracts)

    assert found.steady == contracts[1:]
    status = InvoiceStatus.ALREADY_WRITTEN if is_written else InvoiceStatus.DRIFTED
    assert {outcome.status for outcome in found.ended} == {status}
    assert [outcome.invoice for outcome in found.ended] == list(changed.invoices)
    if not is_written:
        assert f"contract {changed.contract_id}" in str(found.ended[0].error)


def test_a_contract_that_cannot_be_read_any_more_is_drifted_with_its_faults(
    many: TestTenant,
) -> None:
    with in_parts(many, 20) as connector:
        contracts = connector.plan(DAY).contracts
        many.set("salesorders", str(contracts[1].contract_id), name=None)
        found, _ = looked_at(many, connector, contracts)

    assert {outcome.status for outcome in found.ended} == {InvoiceStatus.DRIFTED}
    assert "column name: expected a name" in str(found.ended[0].error)


def test_nothing_to_look_at_takes_no_request(many: TestTenant) -> None:
    with in_parts(many, 20) as connector:
        found, requests = looked_at(many, connector, ())

    assert (found.steady, found.ended, requests) == ((), (), 0)
