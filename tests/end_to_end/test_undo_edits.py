"""Undo after somebody, or the platform, has changed a draft."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator.emulator import EmulatorOptions
from connector.emulator.schema.file import shipped_schema
from connector.outcome import UndoStatus
from connector.runs.names import PartFile, part_file
from tests.emulator.project_tenant import WORK, actual, line, schedule_row, tenant_rows
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.outcome import DraftFate

OCTOBER_5 = date(2020, 10, 5)


def undo(tenant: TestTenant) -> DraftFate:
    with tenant.connector() as connector:
        (fate,) = connector.undo(f"run-{OCTOBER_5}", undo_id="undo").fates
    return fate


def first(tenant: TestTenant, entity_set: str) -> str:
    table = tenant.emulator.store.schema.by_entity_set(entity_set)
    return str(tenant.rows(entity_set)[0][table.primary_id])


def forget_prints(tenant: TestTenant) -> None:
    """A run of an older version has kept none."""
    name = part_file(f"run-{OCTOBER_5}", 1, PartFile.PRINTS)
    path = tenant.folder / "runs" / name
    assert path.exists()
    path.unlink()


EDITS: list[tuple[str, str, Any]] = [
    ("invoices", "description", "please call first"),
    ("invoices", "duedate", "2020-11-30"),
    ("msdyn_invoicelinetransactions", "msdyn_externaldescription", "as agreed"),
    ("invoicedetails", "description", "see annex"),
]


@pytest.mark.parametrize(("entity_set", "column", "value"), EDITS)
@pytest.mark.parametrize("remembers", [True, False])
def test_a_draft_that_somebody_has_changed_stays_with_the_column_named(
    tenant: TestTenant, entity_set: str, column: str, value: object, *, remembers: bool
) -> None:
    tenant.run(OCTOBER_5)
    key = first(tenant, entity_set)
    if not remembers:
        forget_prints(tenant)
    tenant.set(entity_set, key, **{column: value})

    fate = undo(tenant)

    assert fate.status is UndoStatus.REFUSED
    assert f"{entity_set} {key} column {column}" in (fate.reason or "")
    assert len(tenant.rows("invoices")) == 1


@pytest.mark.parametrize(
    ("entity_set", "column", "value"),
    [("invoices", "willcall", True), ("invoices", "freightamount", 25)],
)
def test_a_changed_choice_or_amount_is_an_edit_too(
    tenant: TestTenant, entity_set: str, column: str, value: object
) -> None:
    tenant.run(OCTOBER_5)
    key = first(tenant, entity_set)
    tenant.set(entity_set, key, **{column: value})

    fate = undo(tenant)

    assert fate.status is UndoStatus.REFUSED
    assert f"column {column}" in (fate.reason or "")


def test_what_the_platform_recalculates_is_no_edit(tenant: TestTenant) -> None:
    tenant.run(OCTOBER_5)
    for row in tenant.rows("invoicedetails"):
        tenant.set(
            "invoicedetails",
            row["invoicedetailid"],
            msdyn_chargeableamount=Decimal("0.01"),
            extendedamount=Decimal("0.01"),
        )
    tenant.set("invoices", first(tenant, "invoices"), totalamount=Decimal("0.01"))

    assert undo(tenant).status is UndoStatus.DELETED
    assert not any(tenant.written().values())


def test_a_child_row_that_somebody_added_keeps_the_draft(tenant: TestTenant) -> None:
    tenant.run(OCTOBER_5)
    invoice = first(tenant, "invoices")
    extra = "99999999-0000-0000-0000-000000000001"
    tenant.emulator.seed(
        {
            "invoicedetails": [
                {"invoicedetailid": extra, "_invoiceid_value": invoice, "productdescription": "x"}
            ]
        }
    )

    fate = undo(tenant)

    assert fate.status is UndoStatus.REFUSED
    assert extra in (fate.reason or "")


@contextmanager
def rounding(folder: Path) -> Iterator[TestTenant]:
    """A tenant whose quantities have two decimal places, and that rounds on every write."""
    schema = shipped_schema()
    table = schema.tables["msdyn_invoicelinetransaction"]
    columns = {
        name: replace(table.columns[name], precision=2)
        for name in ("msdyn_quantity", "msdyn_price")
    }
    smaller = replace(table, columns={**table.columns, **columns})
    schema = replace(schema, tables={**schema.tables, table.logical_name: smaller})
    # 7.333 h of 100.005 are 733.34 of the source: the amount is copied, never computed
    rows = tenant_rows(
        salesorderdetails=[line(WORK)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
        msdyn_actuals=[
            actual(
                1,
                msdyn_quantity=Decimal("7.333"),
                msdyn_price=Decimal("100.005"),
                msdyn_amount=Decimal("733.34"),
            )
        ],
    )
    with serving(folder, rows, schema=schema, options=EmulatorOptions(rounds=True)) as tenant:
        yield tenant


def test_a_platform_that_rounds_and_recalculates_keeps_undo_working(tmp_path: Path) -> None:
    with rounding(tmp_path) as tenant:
        report = tenant.run(OCTOBER_5)
        (detail,) = tenant.rows("msdyn_invoicelinetransactions")
        before = tenant.rows("invoices")[0]["@odata.etag"]
        tenant.emulator.recalculate()

        assert Decimal(str(detail["msdyn_quantity"])) == Decimal("7.33")
        assert Decimal(str(detail["msdyn_amount"])) == Decimal("733.34")
        assert [warning.code for warning in report.warnings] == []
        assert tenant.rows("invoices")[0]["@odata.etag"] != before
        assert undo(tenant).status is UndoStatus.DELETED


@pytest.mark.parametrize("recalculates", [True, False])
def test_a_platform_that_rounds_is_resumed_as_already_written(
    tmp_path: Path, *, recalculates: bool
) -> None:
    with rounding(tmp_path) as tenant:
        path = tmp_path / "plan.jsonl"
        with tenant.connector() as connector:
            connector.save_plan(connector.plan(OCTOBER_5), path)
            connector.apply(path, run_id="once")
            if recalculates:
                tenant.emulator.recalculate()
            report = connector.apply(path, run_id="twice")

        assert [outcome.status.value for outcome in report.outcomes] == ["already-written"]
        assert [outcome.error for outcome in report.outcomes] == [None]


def test_a_draft_that_rounds_without_a_record_is_no_edit_either(tmp_path: Path) -> None:
    with rounding(tmp_path) as tenant:
        tenant.run(OCTOBER_5)
        forget_prints(tenant)

        assert undo(tenant).status is UndoStatus.DELETED
