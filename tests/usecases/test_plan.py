"""What would be written is read and frozen, and nothing is sent or kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.dataverse.errors import Forbidden
from connector.scope import Scope
from connector.usecases.plan import plan_run, preview
from connector.usecases.watch import RunInterrupted
from tests.dataverse.far_side import error
from tests.projectops.one_contract import CONTRACT, contract_row, tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

SCOPE = Scope(run_date=date(2020, 10, 5))


def test_a_preview_and_a_plan_say_the_same_and_send_reads_alone(tmp_path: Path) -> None:
    far = tenant_with()
    environment = opened(far, tmp_path)

    report = preview(environment, SCOPE, "R1")

    # 800 of the actual and 1000 of the milestone.
    [totals] = report.totals.currencies
    assert (report.dry_run, report.totals.invoices, totals.amount) == (True, 1, Decimal(1800))
    assert plan_run(environment, SCOPE).totals == report.totals
    assert far.change_sets == []
    assert not (tmp_path / "runs" / "runs").exists()


def test_the_same_tenant_gives_the_same_plan_twice(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    assert plan_run(environment, SCOPE).sha256 == plan_run(environment, SCOPE).sha256


def test_a_contract_with_faults_is_in_the_plan_as_failed(tmp_path: Path) -> None:
    far = tenant_with(salesorders=[contract_row(msdyn_psastate=77)])

    plan = plan_run(opened(far, tmp_path), SCOPE)

    [part] = plan.summaries
    assert [item.contract_id for item in plan.source.plan(part).failed] == [CONTRACT]
    assert plan.totals.invoices == 0


def test_a_read_that_fails_gives_no_plan(tmp_path: Path) -> None:
    far = tenant_with()
    far.read_faults = [error(403, "0x80040220", "prvRead is missing")] * 9

    with pytest.raises(Forbidden):
        plan_run(opened(far, tmp_path), SCOPE)


def test_a_plan_that_is_stopped_says_that_nothing_was_written(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with environment.watching(None) as watch:
        watch.stop.set()
        with pytest.raises(RunInterrupted, match="interrupted: nothing was written"):
            plan_run(environment, replace(SCOPE))
