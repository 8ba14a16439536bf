"""How a draft stood, and what has changed since: over rows as values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from connector.invoicing.ids import InvoiceId
from connector.projectops.change_sets import PlannedRow
from connector.projectops.fingerprint import draft_print, print_edits, stray_columns
from tests.projectops.test_platform_columns import TENANT

ID, OTHER = UUID(int=5), UUID(int=6)
INVOICE = InvoiceId(UUID(int=1))
DETAILS = "msdyn_invoicelinetransactions"
PLANNED = PlannedRow(set=DETAILS, key="x", id=ID, row={"msdyn_description": "Build"}, money=2)
WRITTEN: dict[str, Any] = {
    "@odata.etag": 'W/"1"',
    "msdyn_description": "Build",
    "msdyn_externaldescription": None,
    "msdyn_quantity": Decimal("7.333"),
    "msdyn_billingtype": 192350001,
    "_msdyn_project_value": str(OTHER),
    "msdyn_extendedamount": Decimal(800),
    "modifiedon": "2020-10-05T00:00:00Z",
}


def edits(*planned: PlannedRow, **changes: Any) -> list[str]:
    planned = planned or (PLANNED,)
    kept = draft_print(TENANT, INVOICE, (PLANNED,), {(DETAILS, ID): WRITTEN})
    now = {**WRITTEN, "@odata.etag": 'W/"2"', **changes}
    return list(print_edits(TENANT, kept, planned, {(DETAILS, ID): now}))


def test_a_row_that_only_the_platform_has_touched_is_not_edited() -> None:
    changed = {"msdyn_extendedamount": Decimal(1), "modifiedon": "2021-01-01T00:00:00Z"}

    assert edits() == []
    assert edits(**changed) == []
    assert edits(msdyn_quantity=Decimal("7.33")) == []


@pytest.mark.parametrize(
    ("column", "value", "named"),
    [
        ("msdyn_description", "Built", "msdyn_description"),
        ("msdyn_description", None, "msdyn_description"),
        ("msdyn_externaldescription", "x", "msdyn_externaldescription"),
        ("msdyn_quantity", Decimal("7.4"), "msdyn_quantity"),
        ("msdyn_quantity", None, "msdyn_quantity"),
        ("msdyn_billingtype", 192350000, "msdyn_billingtype"),
        ("_msdyn_project_value", str(ID), "msdyn_project"),
        ("contoso_approved", True, "contoso_approved"),
        ("contoso_hours", Decimal(0), "contoso_hours"),
    ],
)
def test_any_other_change_is_named_by_its_column(column: str, value: object, named: str) -> None:
    assert edits(**{column: value}) == [f"{DETAILS} {ID} column {named}"]


def test_a_row_that_is_not_in_the_print_is_for_others_to_judge() -> None:
    assert edits(replace(PLANNED, id=OTHER)) == []


def test_a_print_is_small_and_holds_no_text_of_the_draft() -> None:
    kept = draft_print(TENANT, INVOICE, (PLANNED,), {(DETAILS, ID): WRITTEN})

    (table,) = kept.tables
    (row,) = table.rows
    marks = dict(zip(table.columns, row.marks, strict=True))
    assert marks["msdyn_quantity"] == "=7.333"
    assert len(marks["msdyn_description"]) == 4
    assert "Build" not in repr(kept)
    assert "modifiedon" not in marks


def test_without_a_print_a_text_or_date_that_we_have_not_written_is_an_edit() -> None:
    row = {**WRITTEN, "msdyn_externaldescription": "x", "createdon": "2020-10-05T00:00:00Z"}

    assert list(stray_columns(TENANT, (PLANNED,), {(DETAILS, ID): row})) == [
        f"{DETAILS} {ID} column msdyn_externaldescription"
    ]
