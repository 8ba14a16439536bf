"""The first look of a run: what is due, in the order of names, and what was left behind."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.projectops.platform_job import PlatformJobActive
from connector.scope import Scope
from connector.usecases.parts.due import find_all_due, left_behind, missed_dates
from tests.usecases.conftest import COPIES, DAY

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant


def test_due_contracts_come_in_the_order_of_their_names(many: TestTenant) -> None:
    names = {row["salesorderid"]: row["name"] for row in many.rows("salesorders")}
    with many.connector() as connector:
        due = find_all_due(connector._environment, Scope(run_date=DAY))

    found = [names[str(contract)] for contract in due.contracts]
    assert found == sorted(found)
    assert len(found) == 2 * COPIES
    assert len(set(due.contracts)) == len(due.contracts)


def test_what_was_due_before_is_told_of_contracts_that_get_no_plan(many: TestTenant) -> None:
    with many.connector() as connector:
        due = find_all_due(connector._environment, Scope(run_date=DAY))
    planned = {str(contract) for contract in due.contracts}

    warnings = tuple(left_behind(due.overdue, due.contracts))

    others = [item for item in due.overdue if str(item.contract_id) not in planned]
    assert 0 < len(warnings) == len(others) < len(due.overdue)
    assert {w.code for w in warnings} <= {"overdue-schedule-row", "overdue-milestone"}
    assert all(w.text.endswith("and is still open.") for w in warnings)


def test_missed_dates_are_those_that_left_something_within_the_days(many: TestTenant) -> None:
    scope = Scope(run_date=date(2020, 10, 8))
    with many.connector() as connector:
        missed = missed_dates(connector._environment, scope, 7)
        yesterday = missed_dates(connector._environment, scope, 1)

    assert missed == (date(2020, 10, 5), date(2020, 10, 7))
    assert yesterday == (date(2020, 10, 7),)


def test_the_tenants_own_job_stops_it_unless_it_may_go_on(many: TestTenant) -> None:
    job = {"msdyn_name": "create invoices nightly", "msdyn_isactive": True}
    key = {"msdyn_batchjobid": "00000000-0000-4000-8000-00000000000a"}
    many.emulator.seed({"msdyn_batchjobs": [{**key, **job}]})

    with many.connector() as connector:
        environment = connector._environment
        with pytest.raises(PlatformJobActive, match="nightly"):
            find_all_due(environment, Scope(run_date=DAY))
        assert find_all_due(environment, Scope(run_date=DAY, beside_platform_job=True)).contracts
