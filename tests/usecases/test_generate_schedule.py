"""The schedule of a contract line is made from its invoice frequency, and written once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.dataverse.errors import BadRequest
from connector.invoicing.ids import ContractLineId
from connector.usecases.generate_schedule import GenerationRefused, generate_for_line
from tests.projectops.one_contract import contract_row, line_row, tenant_with, uid
from tests.projectops.stored_rows import StoredRows, refused
from tests.usecases.opened import opened

if TYPE_CHECKING:
    from pathlib import Path

LINE = ContractLineId(UUID(int=21))
ROWS = "msdyn_contractlineinvoiceschedules"
FREQUENCY = {
    "msdyn_invoicefrequencyid": uid(30),
    "msdyn_name": "Monthly",
    "msdyn_period": 192350001,
    "msdyn_daysofrun": 192350000,
    "msdyn_runspermonth": 1,
}
FIFTH = {
    "msdyn_invoicefrequencydetailid": uid(33),
    "_msdyn_invoicefrequency_value": uid(30),
    "msdyn_dayofmonth": 192350005,
}


def tenant_of(**line: Any) -> StoredRows:
    """A line that is billed on the fifth of each month from October to December 2020."""
    usual = {
        "_msdyn_invoicefrequency_value": uid(30),
        "msdyn_billingstartdate": "2020-09-30T22:00:00Z",
    }
    return tenant_with(
        salesorders=[contract_row(requestdeliveryby="2020-12-30T23:00:00Z")],
        salesorderdetails=[line_row(21, **{**usual, **line})],
        msdyn_contractlinescheduleofvalues=[],
        msdyn_invoicefrequencies=[FREQUENCY],
        msdyn_invoicefrequencydetails=[FIFTH],
        **{ROWS: []},
    )


def test_the_rows_of_each_month_are_created_in_one_change_set(tmp_path: Path) -> None:
    far = tenant_of()

    made = generate_for_line(opened(far, tmp_path), LINE, write=True)

    days = [row.run_date.isoformat() for row in made.rows]
    assert days == ["2020-10-05", "2020-11-05", "2020-12-05"]
    [sent] = far.change_sets
    assert [item.headers for item in sent] == [{"If-None-Match": "*"}] * 3
    assert sorted(row["msdyn_name"] for row in far.tables[ROWS].values()) == days


def test_without_the_word_to_write_nothing_is_sent(tmp_path: Path) -> None:
    far = tenant_of()

    assert len(generate_for_line(opened(far, tmp_path), LINE, write=False).rows) == 3
    assert far.change_sets == []


def test_a_refused_row_refuses_all_of_them(tmp_path: Path) -> None:
    far = tenant_of()
    far.faults = [refused(400)]

    with pytest.raises(BadRequest, match="a plug-in says no"):
        generate_for_line(opened(far, tmp_path), LINE, write=True)
    assert ROWS not in far.tables


@pytest.mark.parametrize(
    ("line", "record", "why"),
    [
        ({"_msdyn_invoicefrequency_value": None}, 21, "has no invoice frequency"),
        ({}, 7, "is no contract line"),
        ({"msdyn_billingstartdate": None}, 21, "billing start"),
    ],
)
def test_what_has_no_schedule_is_refused_with_what_is_missing(
    tmp_path: Path, line: dict[str, Any], record: int, why: str
) -> None:
    far = tenant_of(**line)

    with pytest.raises(GenerationRefused, match=why):
        generate_for_line(opened(far, tmp_path), ContractLineId(UUID(int=record)), write=True)
    assert far.change_sets == []
