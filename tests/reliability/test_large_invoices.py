"""An invoice of more than 1,000 operations is built in order, and finished wherever it stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import pytest

from connector.outcome import InvoiceStatus
from tests.reliability.dying import Killed, dies_at
from tests.reliability.undisturbed import content, violations

if TYPE_CHECKING:
    from tests.end_to_end.tenant import TestTenant

DAY = date(2020, 10, 5)
DETAILS = 620
_SEED = UUID("5b1f0c7e-0000-4000-8000-00000000beef")


@pytest.fixture
def large(tenant: TestTenant) -> TestTenant:
    """The sample tenant, with a contract line of many actuals on that day."""
    contract = tenant.contract("Adatum shop floor portal")["salesorderid"]
    pattern = next(
        row
        for row in tenant.rows("msdyn_actuals")
        if row["_msdyn_salescontract_value"] == contract
        and row["msdyn_billingstatus"] == 192350004
        and row["msdyn_transactiondate"] <= "2020-10-04"
        and row["msdyn_adjustmentstatus"] is None
    )
    copies = [
        {**pattern, "msdyn_actualid": str(uuid5(_SEED, str(number)))} for number in range(DETAILS)
    ]
    tenant.emulator.seed({"msdyn_actuals": copies})
    return tenant


def test_an_invoice_above_the_limit_is_written_in_several_change_sets(large: TestTenant) -> None:
    report = large.run(DAY)

    assert [o.status for o in report.outcomes] == [InvoiceStatus.WRITTEN]
    assert len(large.rows("msdyn_invoicelinetransactions")) > DETAILS
    assert max(entry.operations for entry in large.emulator.trace) <= 1000
    # The largest batch of reads asks for the metadata, in 118 operations.
    writes = [entry for entry in large.emulator.trace if entry.operations > 200]
    assert len(writes) == 2
    assert violations(large) == []
    assert "total-differs" not in {warning.code for warning in report.warnings}


@pytest.mark.long
@pytest.mark.parametrize("store", ["kept", "lost"])
def test_an_interrupted_large_invoice_is_completed(large: TestTenant, store: str) -> None:
    before = large.emulator.snapshot()
    large.run(DAY)
    expected = content(large)
    large.emulator.restore(before)
    folder = replace(large, folder=large.folder / store)
    folder.folder.mkdir()

    with folder.connector() as connector:
        transport = dies_at(connector, 7, answered=True)
        with pytest.raises(Killed):
            connector.run(DAY, run_id="dying")

    assert transport.died
    assert 0 < len(large.rows("msdyn_invoicelinetransactions")) < DETAILS
    assert violations_of_a_part(folder) == []
    if store == "lost":
        folder = replace(folder, folder=large.folder / "fresh")
        folder.folder.mkdir()
    folder.run(DAY)
    assert content(large) == expected


def violations_of_a_part(tenant: TestTenant) -> list[str]:
    """Without a platform that adds up, a line says from the start what it will hold."""
    return [text for text in violations(tenant) if "its details" not in text]
