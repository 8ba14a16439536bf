"""Refusals that are everybody's halt the run and leave its schedule rows as they were."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from connector import ExitCode
from connector.emulator.service.scripted_faults import FaultKind, ScriptedFault
from tests.emulator.project_tenant import (
    actual,
    contract,
    line,
    schedule_row,
    tenant_rows,
    uid,
)
from tests.end_to_end.tenant import TestTenant, broken_invariants, serving
from tests.projectops.test_refusals import PRIVILEGE, UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector import RunReport

OCTOBER_5 = date(2020, 10, 5)
BATCH = r"/\$batch$"
NOT_RUN = 192350000
NO_PRIVILEGE: dict[str, Any] = {"code": "0x80040220", "message": PRIVILEGE, "status": 403}
NO_PROPERTY: dict[str, Any] = {"code": "0x80048d19", "message": UNDECLARED, "status": 400}


SIX = range(1, 7)


@pytest.fixture
def six(tmp_path: Path) -> Iterator[TestTenant]:
    """Six contracts with one actual of 800 each, due on 5 October."""
    with serving(tmp_path, six_contracts()) as tenant:
        yield tenant


def six_contracts() -> dict[str, list[dict[str, Any]]]:
    def work(number: int) -> str:
        return uid("b", number)

    return tenant_rows(
        salesorders=[contract(number) for number in SIX],
        salesorderdetails=[line(work(n), _salesorderid_value=uid("c", n)) for n in SIX],
        msdyn_contractlineinvoiceschedules=[
            schedule_row(n, "2020-10-05", "2020-10-04", _msdyn_contractlineid_value=work(n))
            for n in SIX
        ],
        msdyn_actuals=[
            actual(
                n,
                _msdyn_salescontract_value=uid("c", n),
                _msdyn_salescontractlineid_value=work(n),
            )
            for n in SIX
        ],
    )


def reads(folder: Path) -> int:
    """Batches of a run that come before its first write."""
    with serving(folder, six_contracts()) as twin:
        return twin.run(OCTOBER_5, dry_run=True).requests.batch


def refuse(tenant: TestTenant, tmp_path: Path, times: int, **answer: Any) -> None:
    (tmp_path / "twin").mkdir()
    skip = reads(tmp_path / "twin")
    fault = ScriptedFault(
        kind=FaultKind.STATUS, method="POST", path=BATCH, skip=skip, times=times, **answer
    )
    tenant.emulator.plan(fault)


def statuses(tenant: TestTenant) -> Counter[int]:
    rows = tenant.rows("msdyn_contractlineinvoiceschedules")
    return Counter(row["msdyn_invoicerunstatus"] for row in rows)


def halts(report: RunReport) -> list[str]:
    return [warning.text for warning in report.warnings if warning.code == "run-halted"]


def test_a_privilege_that_every_contract_lacks_halts_the_run_and_is_named(
    six: TestTenant, tmp_path: Path
) -> None:
    before = statuses(six)
    refuse(six, tmp_path, 999, **NO_PRIVILEGE)

    report = six.run(OCTOBER_5)

    assert report.exit_code is ExitCode.CANNOT_READ
    assert statuses(six) == before
    assert six.rows("invoices") == ()
    (told,) = halts(report)
    assert "Give the signed-in user prvCreateInvoice for invoice" in told
    assert [outcome.status.value for outcome in report.outcomes] == ["failed"] * 6


def test_the_run_after_the_privilege_was_given_writes_what_was_planned(
    six: TestTenant, tmp_path: Path
) -> None:
    refuse(six, tmp_path, 999, **NO_PRIVILEGE)
    planned = len(six.run(OCTOBER_5).outcomes)
    six.emulator.faults.clear()

    with six.connector() as connector:
        report = connector.run(date(2020, 10, 6), run_id="later")

    assert report.exit_code is ExitCode.DONE
    assert len(six.rows("invoices")) == planned
    assert broken_invariants(six) == []


def test_one_refusal_amid_successes_concerns_its_contract_and_no_row_fails(
    six: TestTenant, tmp_path: Path
) -> None:
    refuse(six, tmp_path, 1, **NO_PRIVILEGE)

    report = six.run(OCTOBER_5)

    found = Counter(outcome.status.value for outcome in report.outcomes)
    assert found["failed"] == 1
    assert found["written"] == len(report.outcomes) - 1 > 0
    assert halts(report) == []
    assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
    assert statuses(six)[192350002] == 0


def test_an_undeclared_property_halts_at_once_and_is_named(six: TestTenant, tmp_path: Path) -> None:
    before = statuses(six)
    refuse(six, tmp_path, 999, **NO_PROPERTY)

    report = six.run(OCTOBER_5)

    assert report.exit_code is ExitCode.CANNOT_READ
    assert statuses(six) == before
    assert before[NOT_RUN] > 0
    (told,) = halts(report)
    name = "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction"
    assert f"The tenant has no property '{name}'" in told


def test_a_run_of_one_contract_names_the_privilege_too(tenant: TestTenant, tmp_path: Path) -> None:
    refuse(tenant, tmp_path, 999, **NO_PRIVILEGE)

    report = tenant.run(OCTOBER_5)

    assert report.exit_code is ExitCode.CANNOT_READ
    (told,) = halts(report)
    assert "prvCreateInvoice for invoice" in told
    assert statuses(tenant)[192350002] == 0
