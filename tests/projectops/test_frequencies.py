"""An invoice frequency is read with its run days, counted as the rules count them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from connector.invoicing.frequency import (
    DaysOfRun,
    InvoiceFrequency,
    Occurrence,
    Period,
    RunDay,
)
from connector.projectops.find_contract import RecordUnknown
from connector.projectops.frequencies import read_frequency
from connector.projectops.rows import RowFault
from tests.projectops.one_contract import uid
from tests.projectops.one_invoice import TENANT
from tests.projectops.stored_rows import StoredRows

KEY = UUID(int=30)
HEADER = {
    "msdyn_invoicefrequencyid": uid(30),
    "msdyn_name": "Twice a month",
    "msdyn_period": 192350001,
    "msdyn_daysofrun": 192350000,
    "msdyn_runspermonth": 2,
}


def run_day(number: int, **columns: Any) -> dict[str, Any]:
    return {
        "msdyn_invoicefrequencydetailid": uid(number),
        "_msdyn_invoicefrequency_value": uid(30),
        **columns,
    }


def tenant_of(*days: dict[str, Any], **header: Any) -> StoredRows:
    return StoredRows(
        msdyn_invoicefrequencies=[{**HEADER, **header}], msdyn_invoicefrequencydetails=days
    )


def test_days_of_the_month_are_counted_from_one() -> None:
    far = tenant_of(run_day(1, msdyn_dayofmonth=192350001), run_day(2, msdyn_dayofmonth=192350015))

    assert read_frequency(far.client, TENANT, KEY) == InvoiceFrequency(
        name="Twice a month",
        period=Period.MONTHLY,
        days_of_run=DaysOfRun.DAY_OF_PERIOD,
        runs=2,
        days=(RunDay(day=1), RunDay(day=15)),
    )
    assert len(far.transport.requests) == 1


@pytest.mark.parametrize(("number", "weekday"), [(192350001, 0), (192350000, 6), (192350005, 4)])
def test_monday_is_the_first_day_of_the_week_whatever_the_platforms_number(
    number: int, weekday: int
) -> None:
    far = tenant_of(
        run_day(1, msdyn_weekday=number, msdyn_occurrenceofweekday=192350004),
        msdyn_daysofrun=192350001,
    )

    assert read_frequency(far.client, TENANT, KEY).days == (
        RunDay(weekday=weekday, occurrence=Occurrence.LAST),
    )


def test_days_of_another_frequency_are_not_taken() -> None:
    far = tenant_of(run_day(1, _msdyn_invoicefrequency_value=uid(99)))

    assert read_frequency(far.client, TENANT, KEY).days == ()


def test_without_a_name_it_goes_by_its_id_and_without_a_number_it_runs_once() -> None:
    far = tenant_of(msdyn_name=None, msdyn_runspermonth=None)

    found = read_frequency(far.client, TENANT, KEY)

    assert (found.name, found.runs) == (uid(30), 1)


def test_a_frequency_that_does_not_exist_is_unknown() -> None:
    with pytest.raises(RecordUnknown, match=f"the invoice frequency {uid(30)} does not exist"):
        read_frequency(StoredRows().client, TENANT, KEY)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("msdyn_period", None, "expected a period, found None"),
        ("msdyn_period", 9, "found 9"),
        ("msdyn_daysofrun", None, "expected days of run, found None"),
    ],
)
def test_a_value_that_does_not_fit_is_a_fault(column: str, value: object, fault: str) -> None:
    far = tenant_of(**{column: value})

    with pytest.raises(RowFault, match=f"{uid(30)} column {column}: .*{fault}"):
        read_frequency(far.client, TENANT, KEY)
