"""The runs of a store as a document that other programs read."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from connector.invoicing.ids import CurrencyId, OrganizationId
from connector.invoicing.model import Currency
from connector.outcome import InvoiceStatus
from connector.report.history import records_text
from connector.runs.history import RunRecord, RunState, Stop
from connector.runs.run_begin import RunKind
from connector.summary import CurrencyTotals, OutcomeTotals, PlanTotals

EURO = Currency(id=CurrencyId(UUID(int=3)), code="EUR", precision=2)
AMOUNT = Decimal("1800.0000")


def test_a_run_is_told_with_its_numbers_and_states() -> None:
    totals = CurrencyTotals(
        currency=EURO,
        invoices=2,
        amount=AMOUNT,
        tax=Decimal(0),
        candidates=AMOUNT,
        invoiced=AMOUNT,
        not_invoiced=Decimal(0),
    )
    written = OutcomeTotals(
        status=InvoiceStatus.WRITTEN, currency=EURO, invoices=2, amount=AMOUNT, tax=Decimal(0)
    )
    record = RunRecord(
        run_id="R1",
        state=RunState.FINISHED,
        kind=RunKind.RUN,
        run_date=date(2020, 10, 5),
        organization_id=OrganizationId(UUID(int=1)),
        began=datetime(2020, 10, 5, 6, tzinfo=UTC),
        totals=PlanTotals(invoices=2, left_behind=3, currencies=(totals,)),
        outcomes=(written,),
        failed_contracts=1,
        exit_code=1,
    )

    document = json.loads(records_text((record,)))

    assert document["format"] == "proforma-history/1"
    assert document["runs"] == [
        {
            "run_id": "R1",
            "kind": "run",
            "began": "2020-10-05T06:00:00+00:00",
            "run_date": "2020-10-05",
            "organization_id": str(UUID(int=1)),
            "state": "finished",
            "invoices": 2,
            "invoices_by_status": {"written": 2},
            "left_behind": 3,
            "failed_contracts": 1,
            "amount_by_currency": {"EUR": "1800.00"},
            "stopped_at": None,
            "error": None,
            "exit_code": 1,
        }
    ]


def test_what_is_not_known_of_a_run_is_null() -> None:
    stop = Stop(step="plan", error="403", exit_code=4)

    [run] = json.loads(records_text((RunRecord(run_id="R1", state=RunState.STOPPED, stop=stop),)))[
        "runs"
    ]

    assert (run["run_date"], run["invoices"], run["amount_by_currency"]) == (None, None, {})
    assert (run["stopped_at"], run["error"]) == ("plan", "403")


def test_no_run_is_an_empty_list() -> None:
    assert json.loads(records_text(())) == {"format": "proforma-history/1", "runs": []}
