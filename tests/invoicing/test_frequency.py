from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.invoicing.amounts import divided, fits_precision, rounded, total
from connector.invoicing.frequency import (
    DaysOfRun,
    InvalidFrequencyError,
    InvoiceFrequency,
    Occurrence,
    Period,
    RunDay,
    faults_of,
    run_dates,
)
from connector.invoicing.schedule_rows import Generation, generate_schedule
from tests.invoicing.ledger import ident, snapshot_of

MONDAY, SUNDAY = 0, 6


def by_weekday(period: Period, *days: RunDay) -> InvoiceFrequency:
    return InvoiceFrequency(
        name="Sample",
        period=period,
        days_of_run=DaysOfRun.WEEKDAY_OF_PERIOD,
        runs=len(days),
        days=days,
    )


def by_day(period: Period, *days: int) -> InvoiceFrequency:
    return InvoiceFrequency(
        name="Sample",
        period=period,
        days_of_run=DaysOfRun.DAY_OF_PERIOD,
        runs=len(days),
        days=tuple(RunDay(day=day) for day in days),
    )


BIWEEKLY_MONDAYS = by_weekday(Period.BIWEEKLY, RunDay(weekday=MONDAY))
FIRST_MONDAYS = by_weekday(Period.MONTHLY, RunDay(weekday=MONDAY, occurrence=Occurrence.FIRST))


def dates(frequency: InvoiceFrequency, start: str, end: str) -> list[str]:
    found = run_dates(frequency, date.fromisoformat(start), date.fromisoformat(end))
    return [day.isoformat() for day in found]


@pytest.mark.parametrize(
    ("frequency", "start", "end", "expected"),
    [
        (
            BIWEEKLY_MONDAYS,
            "2020-10-01",
            "2020-11-30",
            ["2020-10-05", "2020-10-19", "2020-11-02", "2020-11-16", "2020-11-30"],
        ),
        (FIRST_MONDAYS, "2020-10-01", "2020-12-31", ["2020-10-05", "2020-11-02", "2020-12-07"]),
        (
            by_weekday(Period.WEEKLY, RunDay(weekday=MONDAY)),
            "2020-10-05",
            "2020-10-19",
            ["2020-10-05", "2020-10-12", "2020-10-19"],
        ),
        (
            by_day(Period.MONTHLY, 31),
            "2021-01-01",
            "2021-05-31",
            ["2021-01-31", "2021-02-28", "2021-03-31", "2021-04-30", "2021-05-31"],
        ),
        (by_day(Period.MONTHLY, 30, 31), "2024-02-01", "2024-02-29", ["2024-02-29"]),
        (
            by_day(Period.MONTHLY, 7, 21),
            "2020-10-08",
            "2020-12-07",
            ["2020-10-21", "2020-11-07", "2020-11-21", "2020-12-07"],
        ),
        (
            by_weekday(
                Period.MONTHLY,
                RunDay(weekday=SUNDAY, occurrence=Occurrence.LAST),
                RunDay(weekday=SUNDAY, occurrence=Occurrence.FOURTH),
            ),
            "2020-11-01",
            "2020-12-31",
            ["2020-11-22", "2020-11-29", "2020-12-27"],
        ),
        (
            by_day(Period.WEEKLY, 3),
            "2020-10-01",
            "2020-10-17",
            ["2020-10-03", "2020-10-10", "2020-10-17"],
        ),
        (by_day(Period.BIWEEKLY, 14), "2020-10-01", "2020-10-28", ["2020-10-14", "2020-10-28"]),
        (BIWEEKLY_MONDAYS, "2020-10-06", "2020-10-11", []),
        (FIRST_MONDAYS, "2020-10-05", "2020-10-05", ["2020-10-05"]),
    ],
)
def test_a_frequency_stands_for_these_run_dates(
    frequency: InvoiceFrequency, start: str, end: str, expected: list[str]
) -> None:
    assert dates(frequency, start, end) == expected


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(0, 6))
def test_biweekly_runs_are_fourteen_days_apart_from_the_anchor_on(
    start: date, weekday: int
) -> None:
    frequency = by_weekday(Period.BIWEEKLY, RunDay(weekday=weekday))

    found = run_dates(frequency, start, date(2051, 1, 1))

    assert 0 <= (found[0] - start).days < 7
    assert all((day - found[0]).days == 14 * number for number, day in enumerate(found))
    assert {day.weekday() for day in found} == {weekday}


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 31))
def test_monthly_runs_never_drift_off_their_day(start: date, day: int) -> None:
    found = run_dates(by_day(Period.MONTHLY, day), start, date(2052, 1, 31))

    assert all(run.day == day or (run.day < day and _is_month_end(run)) for run in found)
    months = [run.year * 12 + run.month for run in found]
    assert months == list(range(months[0], months[0] + len(months)))


def _is_month_end(day: date) -> bool:
    return day.replace(day=28).month != date.fromordinal(day.toordinal() + 1).month


@pytest.mark.parametrize(
    ("frequency", "fault"),
    [
        (by_day(Period.MONTHLY, 1, 8, 15, 22, 29), "has 5 runs"),
        (by_day(Period.WEEKLY, 1, 2), "has 2 runs"),
        (by_day(Period.MONTHLY), "has 0 runs"),
        (by_day(Period.MONTHLY, 32), "needs days 1 to 31"),
        (by_day(Period.WEEKLY, 8), "needs days 1 to 7"),
        (by_day(Period.BIWEEKLY, 0), "needs days 1 to 14"),
        (by_weekday(Period.WEEKLY, RunDay(weekday=7)), "needs a weekday"),
        (by_weekday(Period.MONTHLY, RunDay(weekday=1)), "needs an occurrence"),
    ],
)
def test_a_frequency_that_stands_for_no_dates_is_refused(
    frequency: InvoiceFrequency, fault: str
) -> None:
    assert any(fault in text for text in faults_of(frequency))
    with pytest.raises(InvalidFrequencyError) as caught:
        run_dates(frequency, date(2020, 1, 1), date(2020, 12, 31))
    assert str(caught.value) == " ".join(faults_of(frequency))


LEDGER = """
contract | Project | {money} | end_date = 2020-12-31
customer | Payer
line     | Work   | time-and-material | billing_start = 2020-10-01
line     | Fixed  | fixed-price       | billing_start = 2020-10-01 | contract_amount = {amount}
line     | Adrift | time-and-material
product  | Router | 1 | 10.00 | ready
run      | Work   | 2020-10-19 | 2020-10-10
"""


EARLY = "line | Early | time-and-material | billing_start = 2021-01-01"
SHORT = "line | Short | fixed-price | billing_start = 2020-12-31 | contract_amount = 1"
VAGUE = "line | Vague | fixed-price | billing_method = none | billing_start = 2020-10-01"


def generated(
    line: str, money: str = "USD 2", amount: str = "10000", extra: str = ""
) -> Generation:
    snapshot = snapshot_of(LEDGER.format(money=money, amount=amount) + extra)
    return generate_schedule(snapshot, ident(line), FIRST_MONDAYS)


def test_schedule_rows_have_the_day_before_as_cut_off_and_existing_dates_are_kept() -> None:
    snapshot = snapshot_of(LEDGER.format(money="USD 2", amount="1"))

    made = generate_schedule(snapshot, ident("Work"), BIWEEKLY_MONDAYS, end=date(2020, 11, 2))

    assert [(str(row.run_date), str(row.cutoff_date)) for row in made.rows] == [
        ("2020-10-05", "2020-10-04"),
        ("2020-11-02", "2020-11-01"),
    ]
    assert made.existing == (date(2020, 10, 19),)
    assert made == generate_schedule(
        snapshot, ident("Work"), BIWEEKLY_MONDAYS, end=date(2020, 11, 2)
    )


@pytest.mark.parametrize(
    ("money", "amount", "expected"),
    [
        ("USD 2", "10000", ["3333.33", "3333.33", "3333.34"]),
        ("USD 2", "20000", ["6666.67", "6666.67", "6666.66"]),
        ("JPY 0", "100", ["33", "33", "34"]),
        ("BHD 3", "1", ["0.333", "0.333", "0.334"]),
        ("USD 2", "0.01", ["0.00", "0.00", "0.01"]),
        ("USD 2", "-10", ["-3.33", "-3.33", "-3.34"]),
    ],
)
def test_periodic_milestones_leave_the_rest_of_the_division_to_the_last(
    money: str, amount: str, expected: list[str]
) -> None:
    made = generated("Fixed", money, amount)

    assert [str(milestone.amount) for milestone in made.milestones] == expected
    assert [milestone.name for milestone in made.milestones] == [
        "2020-10-05",
        "2020-11-02",
        "2020-12-07",
    ]


def test_periodic_milestones_share_the_tax_of_the_line_and_keep_their_ids() -> None:
    made = generated("Fixed", amount="100 | tax = 10")

    assert [str(milestone.tax) for milestone in made.milestones] == ["3.33", "3.33", "3.34"]
    assert {milestone.contract_line_id for milestone in made.milestones} == {ident("Fixed")}
    assert [milestone.id for milestone in made.milestones] == [
        uuid5(ident("organization"), f"milestone/{ident('Fixed')}/{milestone.date}")
        for milestone in made.milestones
    ]
    assert [row.id for row in generated("Work").rows] == [
        uuid5(ident("organization"), f"schedule/{ident('Work')}/{row.run_date}")
        for row in generated("Work").rows
    ]


@pytest.mark.parametrize(
    ("line", "money", "amount", "extra", "fault"),
    [
        ("Adrift", "USD 2", "1", "", "no billing start"),
        ("Router", "USD 2", "1", "", "no project line"),
        ("Nowhere", "USD 2", "1", "", "has no line"),
        ("Early", "USD 2", "1", EARLY, "lies before the start"),
        ("Short", "USD 2", "1", SHORT, "No run date falls"),
        ("Vague", "USD 2", "1", VAGUE, "no project line"),
        ("Fixed", "USD 2", "0.001", "", "no contracted amount"),
        ("Fixed", "JPY 0", "0.5", "", "no contracted amount"),
        ("Fixed", "USD 2", "1", "milestone | Fixed | 2020-10-05 | 1 | ready", "1 milestones"),
    ],
)
def test_nothing_is_generated_where_it_could_not_be_right(
    line: str, money: str, amount: str, extra: str, fault: str
) -> None:
    made = generated(line, money, amount, extra)

    assert made.rows == made.milestones == ()
    assert fault in made.faults[0]


@given(st.integers(-(10**9), 10**9), st.integers(1, 60), st.integers(0, 4))
def test_the_parts_of_a_division_add_up_in_the_currency_and_share_its_sign(
    groups: int, parts: int, precision: int
) -> None:
    amount = Decimal(groups).scaleb(-precision)

    found = divided(amount, parts, precision)

    assert total(found) == amount
    assert len(found) == parts
    assert all(fits_precision(part, precision) and part * amount >= 0 for part in found)
    assert len(set(found[:-1])) <= 1


@pytest.mark.parametrize(
    ("amount", "precision", "expected"),
    [("0.005", 2, "0.01"), ("0.015", 2, "0.02"), ("-0.005", 2, "-0.01"), ("2.5", 0, "3")],
)
def test_computed_values_are_rounded_half_up(amount: str, precision: int, expected: str) -> None:
    assert rounded(Decimal(amount), precision) == Decimal(expected)


@pytest.mark.parametrize(
    ("amount", "precision", "fits"),
    [
        ("1600.0000", 2, True),
        ("1600.001", 2, False),
        ("1E+3", 0, True),
        ("0E-9", 0, True),
        ("0.1", 0, False),
        ("NaN", 2, False),
        ("Infinity", 2, False),
        ("1234567890123456789012345678901.10", 2, True),
        ("1234567890123456789012345678901.101", 2, False),
    ],
)
def test_precision_is_exact_however_large_the_amount(
    *, amount: str, precision: int, fits: bool
) -> None:
    assert fits_precision(Decimal(amount), precision) is fits


def test_sums_stay_exact_beyond_the_usual_digits() -> None:
    assert total([Decimal("1E+30"), Decimal("0.0001")]) == Decimal(
        "1000000000000000000000000000000.0001"
    )


def test_a_schedule_needs_an_end_and_usable_run_days() -> None:
    endless = snapshot_of(
        LEDGER.format(money="USD 2 | end_date = none", amount="1").replace(
            " | end_date = 2020-12-31", ""
        )
    )
    broken = by_day(Period.MONTHLY, 32)

    no_end = generate_schedule(endless, ident("Work"), FIRST_MONDAYS)
    no_day = generate_schedule(endless, ident("Work"), broken, end=date(2020, 12, 31))

    assert no_end.faults == ("The contract has no requested delivery date to end the schedule.",)
    assert "needs days 1 to 31" in no_day.faults[0]


def test_a_frequency_names_as_many_days_as_it_has_runs() -> None:
    frequency = InvoiceFrequency(
        name="Twice",
        period=Period.MONTHLY,
        days_of_run=DaysOfRun.DAY_OF_PERIOD,
        runs=2,
        days=(RunDay(day=1),),
    )

    assert faults_of(frequency) == (
        "Invoice frequency 'Twice' states 2 runs per period, but names 1 days.",
    )


def test_a_schedule_over_the_turn_of_the_year_names_every_month_once() -> None:
    assert dates(by_day(Period.MONTHLY, 1), "2020-11-01", "2021-02-01") == [
        "2020-11-01",
        "2020-12-01",
        "2021-01-01",
        "2021-02-01",
    ]
