"""Tenants that lack what newer versions have: billed all the same, with nothing written for it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector import ExitCode
from connector.emulator.schema.file import shipped_schema
from connector.mapping import load_mapping
from connector.mapping.tables import DateColumn
from connector.outcome import UndoStatus
from connector.projectops.findings import Severity
from connector.projectops.mapped_names import mapped_tables
from tests.emulator.project_tenant import (
    BASE,
    CONTRACT,
    FIXED,
    PRODUCT,
    READY,
    WORK,
    actual,
    line,
    milestone,
    schedule_row,
    tenant_rows,
    uid,
)
from tests.end_to_end.tenant import TestTenant, broken_invariants, serving
from tests.tenants.schemas import OLDER, tenant_schema, without, without_navigation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.emulator.schema.model import Schema

pytestmark = pytest.mark.long

OCTOBER_5 = date(2020, 10, 5)
MAPPING = load_mapping()
PROJECT = uid("9", 1)
#: 8 h of 100 and 2 h of 150, the milestone's 5,000 with tax 350, and ten pieces of 449.90.
HOURS, MILESTONE, TAX, PIECES = Decimal(1100), Decimal(5000), Decimal(350), Decimal(4499)


def rows() -> dict[str, Any]:
    """One contract with work, a milestone and a product, all due on 5 October."""
    return tenant_rows(
        salesorderdetails=[
            line(WORK),
            line(FIXED, msdyn_billingmethod=BASE + 1),
            line(
                PRODUCT,
                producttypecode=1,
                msdyn_billingmethod=None,
                msdyn_billingstatus=READY,
                quantity=10,
                priceperunit=Decimal("449.90"),
                baseamount=4499,
                productdescription="Tablet",
                isproductoverridden=True,
            ),
        ],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
        msdyn_projects=[{"msdyn_projectid": PROJECT, "msdyn_subject": "Project"}],
        msdyn_actuals=[
            actual(1, _msdyn_project_value=PROJECT),
            actual(2, msdyn_quantity=2, msdyn_price=150, msdyn_amount=300),
        ],
        msdyn_contractlinescheduleofvalues=[
            milestone(1, msdyn_amount=5000, msdyn_tax=350, msdyn_invoicedate="2020-10-05T00:00:00Z")
        ],
    )


def fitting(sets: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """*sets* as an export of a tenant with *schema* would have them."""
    tables = {table.entity_set: table for table in schema.tables.values()}
    return {
        name: [
            {key: value for key, value in row.items() if _is_known(tables[name], key)}
            for row in found
        ]
        for name, found in sets.items()
        if name in tables
    }


def _is_known(table: Any, key: str) -> bool:
    return key.partition("@")[0] in {column.property_name for column in table.columns.values()}


@contextmanager
def tenant_with(folder: Path, schema: Schema) -> Iterator[TestTenant]:
    with serving(folder, fitting(rows(), schema), schema=schema) as tenant:
        yield tenant


def billed(tenant: TestTenant) -> dict[str, tuple[Decimal, Decimal]]:
    """What each contract line was billed: net of tax, and tax."""
    found = {}
    for row in tenant.rows("invoicedetails"):
        tax = Decimal(str(row["tax"] or 0))
        found[row["_salesorderdetailid_value"]] = (Decimal(str(row["extendedamount"])) - tax, tax)
    return found


def refusals(tenant: TestTenant) -> list[Any]:
    return [entry for entry in tenant.emulator.trace if entry.status >= 400]


EVERYTHING = {WORK: (HOURS, 0), FIXED: (MILESTONE, TAX), PRODUCT: (PIECES, 0)}


def assert_bills_everything(tenant: TestTenant) -> None:
    report = tenant.run(OCTOBER_5)

    assert report.exit_code is ExitCode.DONE
    assert billed(tenant) == EVERYTHING
    (invoice,) = tenant.rows("invoices")
    assert Decimal(str(invoice["totalamount"])) == HOURS + MILESTONE + TAX + PIECES
    assert invoice["_salesorderid_value"] == CONTRACT
    (run,) = tenant.rows("msdyn_contractlineinvoiceschedules")
    assert run["msdyn_invoicerunstatus"] == BASE + 1
    assert refusals(tenant) == []
    assert broken_invariants(tenant) == []


@pytest.mark.parametrize("name", ["today", *OLDER])
def test_each_version_is_billed_what_it_should_be(name: str, tmp_path: Path) -> None:
    schema = shipped_schema() if name == "today" else tenant_schema(name)
    with tenant_with(tmp_path, schema) as tenant:
        assert_bills_everything(tenant)


def optional_names() -> Iterator[tuple[str, str]]:
    """Each optional name of the mapping, as table and column or navigation property."""
    found: set[tuple[str, str]] = set()
    required: set[tuple[str, str]] = set()
    for _, table in mapped_tables(MAPPING):
        for field, definition in type(table).model_fields.items():
            value = getattr(table, field)
            name = value.column if isinstance(value, DateColumn) else value
            if isinstance(name, str):
                (required if definition.is_required() else found).add((table.table, name))
    for rules, table in (
        (MAPPING.copy_rules.contract_to_invoice, MAPPING.invoice),
        (MAPPING.copy_rules.milestone_to_detail, MAPPING.invoice_detail),
        (MAPPING.copy_rules.actual_to_detail, MAPPING.invoice_detail),
    ):
        found |= {(table.table, rule.target) for rule in rules if rule.optional}
    yield from found - required


def lacking(table: str, name: str) -> Schema:
    schema = shipped_schema()
    columns = schema.tables[table].columns
    if any(name in column.navigations for column in columns.values()):
        return without_navigation(schema, table, name)
    return without(schema, columns={table: [name]})


@pytest.mark.parametrize(("table", "name"), sorted(optional_names()))
def test_any_optional_name_may_be_missing(table: str, name: str, tmp_path: Path) -> None:
    with tenant_with(tmp_path, lacking(table, name)) as tenant:
        assert_bills_everything(tenant)


@pytest.mark.parametrize("name", OLDER)
def test_a_run_in_an_older_tenant_is_taken_back_whole(name: str, tmp_path: Path) -> None:
    with tenant_with(tmp_path, tenant_schema(name)) as tenant:
        tenant.run(OCTOBER_5)
        with tenant.connector() as connector:
            undone = connector.undo(f"run-{OCTOBER_5}", undo_id="undo")

        assert [fate.status for fate in undone.fates] == [UndoStatus.DELETED]
        assert not any(tenant.written().values())
        assert {row["msdyn_billingstatus"] for row in tenant.rows("msdyn_actuals")} == {READY}


def test_check_tells_what_an_older_tenant_does_without(tmp_path: Path) -> None:
    with tenant_with(tmp_path, tenant_schema("psa_3")) as tenant, tenant.connector() as connector:
        report = connector.check()

    said = {item.text: item.hint for item in report.findings if item.severity is Severity.WARNING}
    assert report.exit_code is ExitCode.DONE
    assert said["[retainer] this tenant has no table 'msdyn_projectcontractretainer'"] == (
        "there are no retainers to bill, to apply or to report"
    )
    tax = "[invoice_detail] tax = 'msdyn_tax': msdyn_invoicelinetransaction has no such column"
    assert said[f"{tax} or property"].startswith("tax stands on the invoice line only")
    assert not [text for text in said if "does without" in text]


def test_check_refuses_a_tenant_without_what_every_invoice_needs(tmp_path: Path) -> None:
    schema = without(
        shipped_schema(), columns={"msdyn_transactionconnection": ["msdyn_transaction2"]}
    )
    with tenant_with(tmp_path, schema) as tenant, tenant.connector() as connector:
        report = connector.check()

    (wrong,) = [item for item in report.findings if item.severity is Severity.ERROR]
    assert report.exit_code is ExitCode.USAGE
    assert wrong.text == (
        "[connection] second = 'msdyn_transaction2': "
        "msdyn_transactionconnection has no such column or property"
    )
    assert wrong.hint.startswith("nothing can be billed without it")


def with_lengths(**lengths: int) -> Schema:
    """Today's schema with shorter names: `invoicedetail__invoicedetailname=100`."""
    schema = shipped_schema()
    tables = dict(schema.tables)
    for key, length in lengths.items():
        name, column = key.split("__")
        table = tables[name]
        shorter = replace(table.columns[column], max_length=length)
        tables[name] = replace(table, columns={**table.columns, column: shorter})
    return replace(schema, tables=tables)


def test_texts_are_shortened_to_what_the_tenant_holds_and_nothing_takes_it_for_an_edit(
    tmp_path: Path,
) -> None:
    schema = with_lengths(
        invoice__name=8,
        invoicedetail__invoicedetailname=4,
        msdyn_invoicelinetransaction__msdyn_description=3,
    )
    with tenant_with(tmp_path, schema) as tenant:
        report = tenant.run(OCTOBER_5)
        (invoice,) = tenant.rows("invoices")
        names = {row["invoicedetailname"] for row in tenant.rows("invoicedetails")}
        assert invoice["name"] == "Contract"
        assert names == {"Line"}
        (told,) = [item for item in report.warnings if item.code == "text-shortened"]
        assert "invoice.name (10 characters, it holds 8)" in told.text
        assert "invoicedetail.invoicedetailname (6 characters, it holds 4)" in told.text
        assert {item.code for item in report.warnings} == {"text-shortened"}

        with tenant.connector() as connector:
            undone = connector.undo(f"run-{OCTOBER_5}", undo_id="undo")
        assert [fate.status for fate in undone.fates] == [UndoStatus.DELETED]
