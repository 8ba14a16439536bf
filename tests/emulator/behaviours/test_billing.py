"""A source that stands on a detail already is billed by nobody, however that is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from connector.emulator import Emulator
from tests.emulator.project_tenant import (
    LOGICAL_NAME,
    READY,
    actual,
    schedule_row,
    tenant_rows,
    uid,
)

OCTOBER_5 = date(2020, 10, 5)
DETAIL = uid("9", 1)
TAKEN = uid("e", 1)


def connection(**columns: Any) -> dict[str, Any]:
    return {
        "msdyn_transactionconnectionid": uid("7", 1),
        "msdyn_transaction1": DETAIL,
        "msdyn_transaction1type": "msdyn_invoicelinetransaction",
        "msdyn_transaction2type": "msdyn_actual",
        **columns,
    }


def billed(*connections: dict[str, Any]) -> set[str]:
    """The actuals that the job of the day puts on invoices, of two that are ready."""
    emulator = Emulator(
        seed=tenant_rows(
            msdyn_actuals=[actual(1), actual(2)],
            msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
            msdyn_transactionconnections=list(connections),
        )
    )
    emulator.run_invoice_job(OCTOBER_5)
    rows = emulator.rows("msdyn_actuals")
    emulator.close()
    return {str(row["msdyn_actualid"]) for row in rows if row["msdyn_billingstatus"] != READY}


def test_what_is_ready_is_billed_where_nothing_stands_against_it() -> None:
    assert billed() == {TAKEN, uid("e", 2)}


@pytest.mark.parametrize(
    "columns",
    [
        {"msdyn_transaction2": TAKEN},
        {"msdyn_transaction2": TAKEN.upper()},
        {"msdyn_transaction2": f"{{{TAKEN.upper()}}}"},
        {
            "_msdyn_transaction2lookup_value": TAKEN,
            f"_msdyn_transaction2lookup_value{LOGICAL_NAME}": "msdyn_actual",
        },
    ],
    ids=["text", "capitals", "braces", "lookup"],
)
def test_a_connected_source_is_left_out_in_every_spelling(columns: dict[str, Any]) -> None:
    assert billed(connection(**columns)) == {uid("e", 2)}


def test_a_connection_of_something_else_takes_nothing() -> None:
    other = connection(msdyn_transaction2=TAKEN, msdyn_transaction1type="msdyn_estimateline")

    assert billed(other) == {TAKEN, uid("e", 2)}
