"""The history as a document: one object a run, numbers by status and currency."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from connector.invoicing.ids import CurrencyId, OrganizationId
from connector.invoicing.model import Currency
from connector.outcome import InvoiceStatus
from connector.report.history import records_text
from connector.run_record import RunKind, RunRecord, RunState, Stop
from connector.summary import CurrencyTotals, OutcomeTotals, PlanTotals

EURO = Currency(id=CurrencyId(UUID(int=3)), code="EUR", precision=2)
BEGAN = datetime(2020, 10, 5, 6, tzinfo=UTC)
ZERO = Decimal(0)
RECORD = RunRecord(
    run_id="R1",
    state=RunState.FINISHED,
    kind=RunKind.CATCH_UP,
    run_date=date(2020, 10, 5),
    organization_id=OrganizationId(UUID(int=1)),
    began=BEGAN,
    ended=BEGAN + timedelta(minutes=2, seconds=3),
    totals=PlanTotals(
        invoices=3,
        left_behind=4,
        currencies=(
            CurrencyTotals(
                currency=EURO,
                invoices=3,
                amount=Decimal(1900),
                tax=ZERO,
                candidates=ZERO,
                invoiced=ZERO,
                not_invoiced=ZERO,
            ),
        ),
    ),
    outcomes=(
        OutcomeTotals(
            status=InvoiceStatus.WRITTEN, currency=EURO, invoices=3, amount=Decimal(1900), tax=ZERO
        ),
    ),
    exit_code=0,
    resumed_by=("R1.again",),
)


def test_a_run_is_told_with_kind_duration_numbers_and_what_took_it_up() -> None:
    document = json.loads(records_text([RECORD]))

    assert document["format"] == "proforma-history/1"
    [run] = document["runs"]
    assert (run["kind"], run["state"], run["resumed_by"]) == ("catch-up", "finished", ["R1.again"])
    assert (run["began"], run["seconds"]) == ("2020-10-05T06:00:00+00:00", 123.0)
    assert (run["invoices_by_status"], run["amount_by_currency"]) == (
        {"written": 3},
        {"EUR": "1900.00"},
    )


def test_of_a_run_that_stopped_what_is_not_known_is_null() -> None:
    stopped = RunRecord(
        run_id="R2", state=RunState.STOPPED, stop=Stop(step="plan", error="down", exit_code=4)
    )

    [run] = json.loads(records_text([stopped]))["runs"]

    assert (run["stopped_at"], run["error"]) == ("plan", "down")
    assert (run["began"], run["seconds"], run["invoices"]) == (None, None, None)
