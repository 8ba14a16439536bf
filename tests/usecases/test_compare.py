"""Our plan of a day is held against the drafts that stand, as if they had not been made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.errors import ExitCode
from connector.outcome import DifferenceKind
from connector.usecases.compare import compare
from connector.usecases.watch import RunInterrupted
from tests.projectops.one_contract import CONTRACT, contract_row, tenant_with
from tests.usecases.opened import opened
from tests.usecases.test_run import run

if TYPE_CHECKING:
    from pathlib import Path

    from tests.projectops.stored_rows import StoredRows

DAY = date(2020, 10, 5)
DETAILS = "msdyn_invoicelinetransactions"


def billed(folder: Path) -> StoredRows:
    """The tenant after the day's run, with what the platform adds by itself."""
    far = tenant_with()
    run(opened(far, folder))
    [invoice] = far.tables["invoices"]
    far.change("invoices", UUID(invoice), createdon="2020-10-05T06:00:00Z", totalamount=1800)
    far.change("msdyn_actuals", UUID(int=31), msdyn_billingstatus=192350001)
    far.change("msdyn_contractlinescheduleofvalues", UUID(int=32), msdyn_invoicestatus=192350002)
    far.change_sets.clear()
    return far


def test_drafts_as_planned_do_not_differ(tmp_path: Path) -> None:
    far = billed(tmp_path)

    found = compare(opened(far, tmp_path), DAY)

    assert found.differences == ()
    assert (found.contracts, found.planned, found.drafts) == (1, 1, 1)
    assert found.exit_code is ExitCode.DONE
    assert far.change_sets == []


def test_an_amount_that_somebody_changed_is_told(tmp_path: Path) -> None:
    far = billed(tmp_path)
    [key] = [key for key, row in far.tables[DETAILS].items() if row["msdyn_amount"] == 800]
    far.change(DETAILS, UUID(key), msdyn_amount=Decimal(700))

    found = compare(opened(far, tmp_path), DAY)

    [difference] = found.differences
    assert (difference.kind, difference.planned, difference.there) == (
        DifferenceKind.AMOUNT_DIFFERS,
        "800",
        "700",
    )
    assert found.exit_code is ExitCode.SOME_CONTRACTS_FAILED


def test_a_day_without_drafts_lacks_the_planned_invoice(tmp_path: Path) -> None:
    found = compare(opened(tenant_with(), tmp_path), DAY, (CONTRACT,))

    assert [item.kind for item in found.differences] == [DifferenceKind.INVOICE_MISSING]


def test_a_contract_that_cannot_be_read_is_told_as_failed(tmp_path: Path) -> None:
    far = tenant_with(salesorders=[contract_row(msdyn_psastate=77)])

    found = compare(opened(far, tmp_path), DAY)

    assert [item.contract_id for item in found.failed] == [CONTRACT]
    assert found.exit_code is ExitCode.SOME_CONTRACTS_FAILED


def test_a_day_that_calls_nothing_out_has_nothing_to_compare(tmp_path: Path) -> None:
    found = compare(opened(tenant_with(), tmp_path), date(2020, 10, 6))

    assert (found.contracts, found.differences) == (0, ())


def test_a_comparison_that_is_stopped_says_so(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    with environment.watching(None) as watch:
        watch.stop.set()
        with pytest.raises(RunInterrupted):
            compare(environment, DAY)
