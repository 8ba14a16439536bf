"""One part: read, planned and sealed, so that it can be done by anybody who has its task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from connector.dataverse.errors import ServerFault
from connector.runs.folder_store import FolderRunStore
from connector.runs.stored_plan import StoredPlanSource
from connector.scope import Scope
from connector.summary import PartSummary
from connector.usecases.parts.due import find_all_due
from connector.usecases.parts.plan_part import fail_part, plan_part
from connector.usecases.parts.tasks import PartTask, part_tasks
from tests.usecases.conftest import DAY
from tests.usecases.in_parts import in_parts

if TYPE_CHECKING:
    from connector.usecases.environment import Environment
    from tests.end_to_end.tenant import TestTenant


def tasks_of(environment: Environment) -> tuple[PartTask, ...]:
    scope = Scope(run_date=DAY)
    return part_tasks(environment, "R1", scope, find_all_due(environment, scope).contracts)


def test_a_part_holds_its_contracts_in_their_order_and_its_summary_is_small(
    many: TestTenant,
) -> None:
    store = FolderRunStore(many.folder / "store")
    with in_parts(many, 3) as connector:
        tasks = tasks_of(connector._environment)
        summary = plan_part(connector._environment, store, tasks[0])

    plan = StoredPlanSource(store, "R1").plan(summary)
    assert tuple(contract.contract_id for contract in plan.contracts) == tasks[0].contracts
    assert summary.totals.contracts == 3
    assert len(msgspec.json.encode(summary)) < 4_000


def test_another_process_plans_the_same_part_from_the_text_of_its_task(many: TestTenant) -> None:
    store = FolderRunStore(many.folder / "store")
    with in_parts(many, 3) as connector:
        tasks = tasks_of(connector._environment)
        here = plan_part(connector._environment, FolderRunStore(many.folder / "here"), tasks[1])
    text = msgspec.json.encode(tasks[1])

    with many.connector() as elsewhere:
        task = msgspec.json.decode(text, type=PartTask)
        there = plan_part(elsewhere._environment, store, task)

    assert there == here
    back = msgspec.json.decode(msgspec.json.encode(there), type=PartSummary)
    assert back == there


def test_a_part_that_is_planned_again_after_the_tenant_changed_stays_as_it_was_sealed(
    many: TestTenant,
) -> None:
    store = FolderRunStore(many.folder / "store")
    with in_parts(many, 20) as connector:
        (task,) = tasks_of(connector._environment)
        first = plan_part(connector._environment, store, task)
        for row in many.rows("msdyn_contractlineinvoiceschedules"):
            key = row["msdyn_contractlineinvoicescheduleid"]
            many.set("msdyn_contractlineinvoiceschedules", key, msdyn_invoicerunstatus=192350002)
        again = plan_part(connector._environment, store, task)

    assert again == first


def test_a_faulty_row_fails_its_contract_alone(many: TestTenant) -> None:
    store = FolderRunStore(many.folder / "store")
    with in_parts(many, 20) as connector:
        (task,) = tasks_of(connector._environment)
        faulty = task.contracts[2]
        many.set("salesorders", str(faulty), name=None)
        summary = plan_part(connector._environment, store, task)

    assert [failed.contract_id for failed in summary.failed] == [faulty]
    assert summary.totals.contracts == len(task.contracts) - 1
    assert [warning.code for warning in summary.warnings].count("contract-failed") == 1


def test_a_part_that_could_not_be_read_is_sealed_as_failed_contracts(many: TestTenant) -> None:
    store = FolderRunStore(many.folder / "store")
    with in_parts(many, 3) as connector:
        task = tasks_of(connector._environment)[0]
        error = ServerFault("timed out", request=None, status=500)
        summary = fail_part(store, task, error)

    assert tuple(failed.contract_id for failed in summary.failed) == task.contracts
    assert all("could not be read: 500 timed out" in f.faults[0] for f in summary.failed)
    assert not summary.totals.is_to_be_written
    assert StoredPlanSource(store, "R1").plan(summary).failed == summary.failed
