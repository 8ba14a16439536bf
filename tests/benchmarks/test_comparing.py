"""What a comparison costs when the contract has been billed before: linear in that, not more."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from time import process_time
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import pytest

from connector.emulator import LimitSettings
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.long

DAY = date(2020, 10, 7)
FEW, MANY = 500, 2_000
_SEED = UUID("5b1f0c7e-0000-4000-8000-0000000f0002")


def history(contract: str, invoices: int) -> dict[str, list[dict[str, Any]]]:
    """Earlier invoices of one line and one detail each."""
    found: dict[str, list[dict[str, Any]]] = {
        "invoices": [],
        "invoicedetails": [],
        "msdyn_invoicelinetransactions": [],
        "msdyn_transactionconnections": [],
    }
    for number in range(invoices):
        key, line, detail, link = (str(uuid5(_SEED, f"{number}/{word}")) for word in "abcd")
        made = date(2014, 1, 1) + timedelta(days=number)
        found["invoices"].append(
            {
                "invoiceid": key,
                "name": f"Earlier {number}",
                "_salesorderid_value": contract,
                "createdon": f"{made}T06:00:00Z",
                "msdyn_projectinvoicestatus": 192350002,
                "totalamount": 100,
            }
        )
        found["invoicedetails"].append(
            {"invoicedetailid": line, "_invoiceid_value": key, "producttypecode": 5}
        )
        found["msdyn_invoicelinetransactions"].append(
            {
                "msdyn_invoicelinetransactionid": detail,
                "_msdyn_invoice_value": key,
                "_msdyn_invoicelineid_value": line,
                "_msdyn_salescontract_value": contract,
                "msdyn_amount": 100,
            }
        )
        found["msdyn_transactionconnections"].append(
            {
                "msdyn_transactionconnectionid": link,
                "msdyn_transaction1": detail,
                "msdyn_transaction1type": "msdyn_invoicelinetransaction",
                "msdyn_transaction2": str(uuid5(_SEED, f"{number}/source")),
                "msdyn_transaction2type": "msdyn_actual",
            }
        )
    return found


def seconds(folder: Path, invoices: int) -> float:
    """Processor time of a comparison, emulator included, after so many earlier invoices."""
    folder.mkdir()
    with serving(folder) as tenant:
        tenant.emulator.limits.configure(LimitSettings())
        contract = tenant.contract("Joint plant rollout")["salesorderid"]
        tenant.emulator.seed(history(contract, invoices))
        tenant.emulator.clock.set(datetime(DAY.year, DAY.month, DAY.day, 6, tzinfo=UTC))
        tenant.emulator.run_invoice_job(DAY)
        return min(compared(tenant) for _ in range(2))


def compared(tenant: TestTenant) -> float:
    with tenant.connector() as connector:
        assert connector._environment.tenant is not None  # what every command reads first
        start = process_time()
        found = connector.compare(DAY)
        spent = process_time() - start
    assert (found.planned, found.drafts, found.differences) == (2, 2, ())
    return spent


def test_four_times_the_invoices_before_cost_no_more_than_in_proportion(tmp_path: Path) -> None:
    few, many = seconds(tmp_path / "few", FEW), seconds(tmp_path / "many", MANY)

    print(  # noqa: T201 - the figure is the point
        f"\na contract with {FEW} earlier invoices: {few:.2f} s; with {MANY}: {many:.2f} s,"
        f" {many / few:.1f} x for {MANY / FEW:.0f} x"
    )
    assert many / few < 1.5 * MANY / FEW
