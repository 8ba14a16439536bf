"""Why a record is billed or not, and what is coming: questions that write nothing."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.explain import Verdict
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.read_contracts import ContractUnreadable
from connector.usecases.explain import explain_record, forecast_runs
from tests.projectops.one_contract import CONTRACT, contract_row, tenant_with
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2020, 10, 5)


@pytest.mark.parametrize("record", [7, 21, 31, 32, 61])
def test_every_kind_of_record_can_be_explained(tmp_path: Path, record: int) -> None:
    far = tenant_with()

    found = explain_record(opened(far, tmp_path), UUID(int=record), DAY)

    assert found.subject == UUID(int=record)
    assert found.verdict is Verdict.INVOICED
    assert far.change_sets == []


def test_a_record_that_nobody_knows_and_a_contract_with_faults_are_told(tmp_path: Path) -> None:
    with pytest.raises(RecordUnknown):
        explain_record(opened(tenant_with(), tmp_path), UUID(int=99), DAY)
    faulty = tenant_with(salesorders=[contract_row(msdyn_psastate=77)])
    with pytest.raises(ContractUnreadable):
        explain_record(opened(faulty, tmp_path), UUID(int=31), DAY)


def test_the_coming_runs_are_those_between_the_two_days_inclusive(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    every = forecast_runs(environment, DAY, DAY, ())
    named = forecast_runs(environment, DAY, DAY, (CONTRACT,))
    later = forecast_runs(environment, date(2020, 10, 6), date(2020, 10, 31), ())

    assert {entry.run_date for entry in every} == {DAY}
    assert named == every
    assert later == ()
