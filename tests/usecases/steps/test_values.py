"""Everything that passes between steps is text that gives back the same value."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from connector.invoicing.ids import ContractId, CurrencyId
from connector.invoicing.model import Currency
from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceStatus, RequestCounts
from connector.runs.plan_text import decoded, encoded
from connector.scope import Scope
from connector.summary import OutcomeSummary, OutcomeTotals, PartSummary, PlanTotals
from connector.usecases.steps.values import (
    BegunRun,
    DatedRun,
    EndedRun,
    FailureKind,
    Hold,
    OpenedOrder,
    PartsToWrite,
    PlannedPart,
    RunOrder,
    StepFailure,
    WrittenPart,
    WrittenParts,
)

CONTRACT = ContractId(UUID(int=7))
COUNTS = RequestCounts(get=1, batch=2, other=3, throttled=4)
RUN = DatedRun(run_id="R1", scope=Scope(run_date=date(2020, 10, 5), contracts=(CONTRACT,)))
EURO = Currency(id=CurrencyId(UUID(int=3)), code="EUR", precision=2)
WARNING = PlanWarning(code="claims-refused", text="said", subject=UUID(int=9))
OUTCOME = OutcomeSummary(
    number=1,
    outcomes=(
        OutcomeTotals(
            status=InvoiceStatus.WRITTEN,
            currency=EURO,
            invoices=1,
            amount=Decimal("1800.00"),
            tax=Decimal("0.1900"),
        ),
    ),
    drifted=(CONTRACT,),
)


@pytest.mark.parametrize(
    "value",
    [
        StepFailure(kind=FailureKind.AGAIN, text="429", exit_code=4, retry_after=7.5, halts=True),
        RunOrder(run_id="R1", run_date=date(2020, 10, 5), days=31),
        OpenedOrder(hold=Hold(run_id="R1", epoch=3), runs=(RUN,)),
        BegunRun(run=RUN, unfinished=("A",)),
        PlannedPart(
            number=1,
            summary=PartSummary(number=1, sha256="x", totals=PlanTotals(contracts=1)),
            requests=COUNTS,
        ),
        PartsToWrite(parts=(1, 2), invoices=7, resumed=True, requests=COUNTS),
        WrittenParts(
            parts=(WrittenPart(number=1, summary=OUTCOME, warnings=(WARNING,), requests=COUNTS),),
            halted="403",
            earlier=("A",),
            warnings=(WARNING,),
            requests=COUNTS,
        ),
        EndedRun(
            run_id="R1",
            run_date=date(2020, 10, 5),
            exit_code=1,
            invoices=2,
            drifted=(CONTRACT,),
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_is_the_same_after_its_way_as_text(value: object) -> None:
    assert decoded(encoded(value), type(value), "the value") == value
