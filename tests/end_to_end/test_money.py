"""Money of the source on its way into a tenant: what is billed, written and read back."""

from __future__ import annotations

import io
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

import pytest

from connector import ExitCode, RunReport
from connector.emulator.schema.file import read_schema
from connector.emulator.serving import server as servers
from connector.invoicing.policy import Bounds
from connector.mapping import MappingError
from connector.report.document import to_document
from connector.usecases.bounds import PlanRejected
from tests.emulator.project_tenant import (
    ACCOUNT,
    BASE,
    CONTRACT,
    DOLLAR,
    FIXED,
    LOGICAL_NAME,
    OTHER,
    PRODUCT,
    READY,
    WORK,
    actual,
    contract,
    line,
    milestone,
    schedule_row,
    tenant_rows,
    uid,
)
from tests.end_to_end.tenant import TestTenant, serving

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from wsgiref.types import StartResponse, WSGIApplication

OCTOBER_5 = date(2020, 10, 5)
RUN = schedule_row(1, "2020-10-05", "2020-10-04")
MAPPING = (Path(__file__).parents[2] / "mappings" / "project-operations.toml").read_text(
    encoding="utf-8"
)
ORGANIZATION = "0a6e0000-0000-4000-8000-000000000001"
DISCOUNT = "msdyn_projectcontractlinediscountamount"
FEE = "msdyn_projectcontractlinefeeamount"
PROJECT = uid("9", 1)

Row: TypeAlias = "Mapping[str, Any]"
T = TypeVar("T")


def product(**columns: object) -> dict[str, Any]:
    """Ten pieces of 449.90, ready to be invoiced."""
    usual: dict[str, object] = {
        "producttypecode": 1,
        "msdyn_billingmethod": None,
        "msdyn_billingstatus": READY,
        "quantity": 10,
        "priceperunit": Decimal("449.90"),
        "baseamount": 4499,
        "productdescription": "Tablet",
    }
    return line(PRODUCT, **usual | columns)


@contextmanager
def tenant_of(folder: Path, **sets: Any) -> Iterator[TestTenant]:
    """The small tenant with one due row and *sets*, served."""
    options = {key: sets.pop(key) for key in ("schema", "behaviour", "options") if key in sets}
    usual: dict[str, Any] = {
        "salesorderdetails": [line(WORK), line(FIXED, msdyn_billingmethod=BASE + 1)],
        "msdyn_contractlineinvoiceschedules": [RUN],
        "msdyn_projects": [{"msdyn_projectid": PROJECT, "msdyn_subject": "Project"}],
    }
    with serving(folder, tenant_rows(**usual | sets), **options) as tenant:
        yield tenant


def only(rows: Iterable[Any]) -> Any:
    (found,) = rows
    return found


def written_line(tenant: TestTenant, contract_line: str) -> Row:
    return tenant.row("invoicedetails", "_salesorderdetailid_value", contract_line)


def codes(report: RunReport) -> set[str]:
    own = {warning.code for plan in report.plan.contracts for warning in plan.warnings}
    return own | {warning.code for warning in report.warnings}


def document(report: RunReport) -> Any:
    return to_document(report)


def left(report: RunReport) -> Any:
    return document(report)["not_invoiced"]


PRODUCTS = [
    # 4,499 - 499, tax 100: the extended amount is 4,100
    ({"manualdiscountamount": 499, "tax": 100, "extendedamount": 4100}, "4000.00", "499.00", 4100),
    # 10 x (449.90 - 49.90)
    (
        {
            "volumediscountamount": Decimal("49.90"),
            "baseamount": 4000,
            "extendedamount": 4000,
            "ispriceoverridden": False,
        },
        "4000.00",
        "499.00",
        4000,
    ),
    # both: 4,000 - 100
    (
        {
            "volumediscountamount": Decimal("49.90"),
            "baseamount": 4000,
            "manualdiscountamount": 100,
            "extendedamount": 3900,
            "ispriceoverridden": True,
        },
        "3900.00",
        "599.00",
        3900,
    ),
    # a write-in
    ({"manualdiscountamount": 99, "isproductoverridden": True}, "4400.00", "99.00", 4400),
    ({"extendedamount": 4499}, "4499.00", None, 4499),
]


@pytest.mark.parametrize(("columns", "amount", "discount", "extended"), PRODUCTS)
def test_a_product_line_is_billed_and_written_after_its_discounts(
    tmp_path: Path,
    columns: dict[str, Any],
    amount: str,
    discount: str | None,
    extended: int,
) -> None:
    with tenant_of(tmp_path, salesorderdetails=[line(WORK), product(**columns)]) as tenant:
        report = tenant.run(OCTOBER_5)

        invoice = only(document(report)["invoices"])
        detail = only(only(invoice["lines"])["details"])
        assert (invoice["amount"], detail["amount"]) == (amount, amount)
        assert detail.get("discount") == discount
        row = written_line(tenant, PRODUCT)
        assert row["manualdiscountamount"] == columns.get("manualdiscountamount")
        assert row["extendedamount"] == extended
        assert only(tenant.rows("invoices"))["totalamount"] == extended
        by_list = "volumediscountamount" in columns
        own = columns.get("ispriceoverridden")
        assert row["ispriceoverridden"] is (own if by_list else True)
        assert codes(report) == set()


def test_an_organisation_that_discounts_each_unit_is_followed(tmp_path: Path) -> None:
    # 10 x 449.90 - 10 x 49.90 = 4,000
    source = product(manualdiscountamount=Decimal("49.90"), extendedamount=4000)
    method = {"organizationid": ORGANIZATION, "discountcalculationmethod": 1}
    sets = {"salesorderdetails": [line(WORK), source], "organizations": [method]}
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

        assert [outcome.invoice.amount for outcome in report.outcomes] == [4000]
        row = written_line(tenant, PRODUCT)
        assert (row["manualdiscountamount"], row["extendedamount"]) == (Decimal("49.90"), 4000)
        assert codes(report) == set()


def test_what_the_platform_extends_to_another_amount_is_said_line_by_line(tmp_path: Path) -> None:
    # without an extended amount the discount is taken for that of the line: 4,449.10
    source = product(manualdiscountamount=Decimal("49.90"))
    method = {"organizationid": ORGANIZATION, "discountcalculationmethod": 1}
    sets = {"salesorderdetails": [line(WORK), source], "organizations": [method]}
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

    assert codes(report) == {"total-differs", "extended-amount-differs"}
    texts = " ".join(warning.text for warning in report.warnings)
    assert "4000" in texts
    assert "4449.10" in texts


def test_a_discounted_transaction_is_billed_and_written_net(tmp_path: Path) -> None:
    work = [
        actual(1, **{DISCOUNT: 100, FEE: 50}, msdyn_amount=1000, msdyn_tax=90),
        actual(2, **{DISCOUNT: 100}, msdyn_amount=1000),
        actual(3, **{DISCOUNT: 80}, msdyn_amount=800, msdyn_billingtype=BASE),
    ]
    with tenant_of(tmp_path, msdyn_actuals=work) as tenant:
        report = tenant.run(OCTOBER_5)

        invoice = only(document(report)["invoices"])
        details = only(invoice["lines"])["details"]
        assert sorted((d["amount"], d.get("discount"), d.get("fee")) for d in details) == [
            ("720.00", "80.00", None),
            ("900.00", "100.00", None),
            ("950.00", "100.00", "50.00"),
        ]
        assert (invoice["amount"], invoice["tax"]) == ("1850.00", "90.00")
        written = {
            row["msdyn_description"]: (row["msdyn_amount"], row[DISCOUNT], row[FEE])
            for row in tenant.rows("msdyn_invoicelinetransactions")
        }
        assert written == {
            "Work 1": (1000, 100, 50),
            "Work 2": (1000, 100, None),
            "Work 3": (800, 80, None),
        }
        extended = {
            row["msdyn_description"]: row["msdyn_extendedamount"]
            for row in tenant.rows("msdyn_invoicelinetransactions")
        }
        assert extended == {"Work 1": 1040, "Work 2": 900, "Work 3": 720}
        row = written_line(tenant, WORK)
        assert (row["msdyn_discountamount"], row["msdyn_feeamount"]) == (200, 50)
        assert (row["extendedamount"], row["msdyn_nonchargeableamount"]) == (1940, 720)
        assert only(tenant.rows("invoices"))["totalamount"] == 1940
        assert codes(report) == set()


def test_discount_and_fee_of_the_line_are_ours_where_the_platform_computes_nothing(
    tmp_path: Path,
) -> None:
    work = [actual(1, **{DISCOUNT: 100, FEE: 50}, msdyn_amount=1000)]
    with tenant_of(tmp_path, msdyn_actuals=work, behaviour="plain") as tenant:
        tenant.run(OCTOBER_5)

        row = written_line(tenant, WORK)
        assert (row["priceperunit"], row["msdyn_chargeableamount"]) == (950, 950)
        assert (row["msdyn_discountamount"], row["msdyn_feeamount"]) == (100, 50)


def shipped_schema() -> Any:
    """The shipped schema as a document that a test may change."""
    text = resources.files("connector.emulator").joinpath("schemas/project-operations.json")
    return json.loads(text.read_text("utf-8"))


def without_columns(*names: str) -> Any:
    """The shipped schema of a tenant that lacks some columns."""
    changed = shipped_schema()
    for table in changed["tables"].values():
        for name in names:
            table["columns"].pop(name, None)
    return read_schema(changed)


def test_a_tenant_without_the_columns_bills_as_before(tmp_path: Path) -> None:
    schema = without_columns(
        *(DISCOUNT, FEE, "manualdiscountamount", "volumediscountamount", "ispriceoverridden"),
        *("msdyn_discountamount", "msdyn_feeamount", "msdyn_refundstatus"),
        *("msdyn_accountingdate", "msdyn_costtype", "msdyn_sourcejournalline"),
        "msdyn_projectcontractlinediscountpercentage",
        "msdyn_projectcontractlinefeepercentage",
    )
    sets = {
        "salesorderdetails": [line(WORK), product()],
        "msdyn_actuals": [actual(1)],
    }
    with tenant_of(tmp_path, schema=schema, behaviour="plain", **sets) as tenant:
        with tenant.connector() as connector:
            assert connector.check().exit_code == 0
        report = tenant.run(OCTOBER_5)

        assert [outcome.invoice.amount for outcome in report.outcomes] == [5299]  # 4,499 + 800
        assert written_line(tenant, PRODUCT)["priceperunit"] == Decimal("449.90")
        assert only(tenant.rows("msdyn_invoicelinetransactions"))["msdyn_amount"] == 800


def test_comparing_our_own_drafts_finds_no_difference(tmp_path: Path) -> None:
    sets = {
        "salesorderdetails": [line(WORK), product(manualdiscountamount=499, tax=100)],
        "msdyn_actuals": [actual(1, **{DISCOUNT: 100, FEE: 50})],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        tenant.emulator.run_invoice_job(OCTOBER_5)
        with tenant.connector() as connector:
            found = connector.compare(OCTOBER_5)

    assert found.differences == ()


def test_a_foreign_transaction_is_shown_in_its_own_currency(tmp_path: Path) -> None:
    euro = uid("d", 9)
    dollars = {"transactioncurrencyid": DOLLAR, "isocurrencycode": "USD", "currencyprecision": 2}
    euros = {"transactioncurrencyid": euro, "isocurrencycode": "EUR", "currencyprecision": 2}
    work = [actual(1), actual(2, _transactioncurrencyid_value=euro, msdyn_amount=1000)]
    sets = {"transactioncurrencies": [dollars, euros], "msdyn_actuals": work}
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

    entry = only(left(report))
    assert (entry["reason"], entry["amount"], entry["currency"]) == (
        "currency-differs",
        "1000.00",
        "EUR",
    )
    assert document(report)["conservation"]["amount_by_currency"] == {
        "EUR": {"candidates": "1000.00", "invoiced": "0.00", "not_invoiced": "1000.00"},
        "USD": {"candidates": "800.00", "invoiced": "800.00", "not_invoiced": "0.00"},
    }


@pytest.mark.parametrize(
    ("amounts", "total", "code"),
    [((800, -800), 0, "invoice-zero"), ((-500,), -500, "invoice-negative")],
)
def test_a_draft_of_nothing_or_less_is_made_with_a_warning_or_refused_by_a_bound(
    tmp_path: Path, amounts: tuple[int, ...], total: int, code: str
) -> None:
    work = [actual(n, msdyn_amount=amount) for n, amount in enumerate(amounts, start=1)]
    with tenant_of(tmp_path, msdyn_actuals=work) as tenant:
        with (
            tenant.connector(BOUNDS__LOWEST_AMOUNT_PER_INVOICE="0.01") as connector,
            pytest.raises(PlanRejected, match=r"\[lowest-amount-per-invoice\]"),
        ):
            connector.run(OCTOBER_5, run_id="bounded")
        assert tenant.rows("invoices") == ()

        report = tenant.run(OCTOBER_5)

        assert [outcome.invoice.amount for outcome in report.outcomes] == [total]
        assert codes(report) == {code}
    assert Bounds().lowest_amount_per_invoice is None


@dataclass
class Rewriting:
    """An emulator whose answers are changed by a pattern on their way out."""

    app: WSGIApplication
    pattern: bytes
    instead: bytes

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        caught: dict[str, Any] = {}

        def note(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            caught.update(status=status, headers=headers)
            return io.BytesIO().write

        body = re.sub(self.pattern, self.instead, b"".join(self.app(environ, note)))
        headers = [(n, v) for n, v in caught["headers"] if n.lower() != "content-length"]
        start_response(caught["status"], [*headers, ("Content-Length", str(len(body)))])
        return [body]


@pytest.mark.parametrize(
    "amount",
    [b"1e400", b"-1E+400", b"1" + 300 * b"0", b"922337203685478.0", b"1e-400", b'"NaN"', b'"INF"'],
)
def test_an_absurd_amount_keeps_only_its_own_contract_out(tmp_path: Path, amount: bytes) -> None:
    second = uid("b", 9)
    sets = {
        "salesorders": [contract(), contract(2)],
        "salesorderdetails": [line(WORK), line(second, _salesorderid_value=uid("c", 2))],
        "msdyn_contractlineinvoiceschedules": [
            RUN,
            schedule_row(2, "2020-10-05", "2020-10-04", _msdyn_contractlineid_value=second),
        ],
        "msdyn_actuals": [
            actual(1, msdyn_amount=Decimal("777.77")),
            actual(
                2,
                _msdyn_salescontract_value=uid("c", 2),
                _msdyn_salescontractlineid_value=second,
            ),
        ],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        front = Rewriting(
            tenant.emulator.app, rb'"msdyn_amount":\s*777\.77\d*', b'"msdyn_amount":' + amount
        )
        with servers.serve(front, host="127.0.0.1", port=0, tls=None) as server:
            report = replace(tenant, url=server.url).run(OCTOBER_5)

        assert [outcome.invoice.name for outcome in report.outcomes] == ["Contract 2"]
        assert [row["name"] for row in tenant.rows("invoices")] == ["Contract 2"]
        assert report.exit_code is ExitCode.SOME_CONTRACTS_FAILED
        failed = only(report.plan.failed)
        assert f"msdyn_actual {uid('e', 1)} column msdyn_amount" in failed.faults[0]


def test_an_inactive_schedule_row_bills_nothing_and_stays_as_it_is(tmp_path: Path) -> None:
    rows = [{**RUN, "statecode": 1, "statuscode": 2}]
    with tenant_of(
        tmp_path, msdyn_contractlineinvoiceschedules=rows, msdyn_actuals=[actual(1)]
    ) as tenant:
        report = tenant.run(OCTOBER_5)

        assert report.outcomes == ()
        entry = only(left(report))
        assert (entry["reason"], entry["rule"]) == ("schedule-row-inactive", "R8")
        assert (
            only(tenant.rows("msdyn_contractlineinvoiceschedules"))["msdyn_invoicerunstatus"]
            == BASE
        )
        with tenant.connector() as connector:
            answer = connector.explain(UUID(uid("8", 1)), OCTOBER_5)
        assert answer.rules == ("R8",)


def rule(number: int, customer: str, **columns: object) -> dict[str, Any]:
    return {
        "msdyn_projectcontractsplitbillingruleid": uid("7", number),
        "msdyn_name": f"Rule {number}",
        "msdyn_isprimarycustomer": number == 1,
        "_msdyn_projectcontractid_value": CONTRACT,
        "_msdyn_customerid_value": customer,
        f"_msdyn_customerid_value{LOGICAL_NAME}": "account",
        **columns,
    }


NAMED = {"_msdyn_projectcontractsplitbillingrule_value": uid("7", 1)}


@pytest.mark.parametrize(
    ("sets", "reason"),
    [
        ({"msdyn_contractlinescheduleofvalues": [milestone(1, statecode=1)]}, "milestone-inactive"),
        (
            {
                "msdyn_actuals": [actual(1, **NAMED)],
                "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT, statecode=1)],
            },
            "customer-inactive",
        ),
        (
            {
                "msdyn_actuals": [
                    actual(1, _msdyn_projectcontractlinesplitbillingrule_value=uid("6", 1))
                ],
                "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT)],
                "msdyn_projectcontractlinesplitbillingrules": [
                    {
                        "msdyn_projectcontractlinesplitbillingruleid": uid("6", 1),
                        "msdyn_name": "L",
                        "statecode": 1,
                        "_msdyn_projectcontractlineid_value": WORK,
                        "_msdyn_projectcontractsplitbillingruleid_value": uid("7", 1),
                    }
                ],
            },
            "customer-inactive",
        ),
    ],
)
def test_other_inactive_rows_are_left_out_with_a_reason(
    tmp_path: Path, sets: dict[str, Any], reason: str
) -> None:
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

    assert report.outcomes == ()
    assert [entry["reason"] for entry in left(report)] == [reason]


def test_a_milestone_that_names_nobody_is_billed_to_the_only_customer(tmp_path: Path) -> None:
    sets = {
        "msdyn_contractlinescheduleofvalues": [milestone(1)],
        "msdyn_projectcontractsplitbillingrules": [rule(1, OTHER), rule(2, ACCOUNT, statecode=1)],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        tenant.run(OCTOBER_5)

        assert only(tenant.rows("invoices"))["_customerid_value"] == OTHER


def retainer(**columns: object) -> dict[str, Any]:
    return {
        "msdyn_projectcontractretainerid": uid("5", 1),
        "msdyn_name": "Advance",
        "msdyn_invoicedate": "2020-09-01",
        "msdyn_invoicestatus": BASE + 3,
        "msdyn_amount": 300,
        "msdyn_usedamount": 100,
        "msdyn_availableamount": 200,
        "_msdyn_contractid_value": CONTRACT,
        "_transactioncurrencyid_value": DOLLAR,
        **columns,
    }


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ({"msdyn_refundstatus": BASE}, [("retainer-to-refund", "V9", "-200.00")]),
        ({"msdyn_refundstatus": BASE + 1}, []),
        ({}, []),
        (
            {"statecode": 1, "msdyn_invoicestatus": BASE + 1},
            [("retainer-inactive", "V12", "300.00")],
        ),
    ],
)
def test_retainers_to_be_refunded_or_inactive_are_reported(
    tmp_path: Path, columns: dict[str, Any], found: list[tuple[str, str, str]]
) -> None:
    sets = {
        "msdyn_actuals": [actual(1)],
        "msdyn_projectcontractretainers": [retainer(**columns)],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

    assert [(e["reason"], e["rule"], e["amount"]) for e in left(report)] == found
    assert [outcome.invoice.amount for outcome in report.outcomes] == [800]


def test_a_refund_status_that_nobody_knows_is_reported_too(tmp_path: Path) -> None:
    changed = shipped_schema()
    options = {"192350000": "Zur Erstattung bereit", "192350001": "Erstattet"}
    columns = changed["tables"]["msdyn_projectcontractretainer"]["columns"]
    columns["msdyn_refundstatus"]["options"] = options
    sets = {
        "msdyn_actuals": [actual(1)],
        "msdyn_projectcontractretainers": [retainer(msdyn_refundstatus=BASE)],
    }
    with tenant_of(tmp_path, schema=read_schema(changed), **sets) as tenant:
        report = tenant.run(OCTOBER_5)

    entry = only(left(report))
    assert (entry["reason"], entry["amount"]) == ("retainer-to-refund", "-200.00")
    assert "refund status is unclear" in entry["hint"]
    assert [outcome.invoice.amount for outcome in report.outcomes] == [800]


def with_mapping(folder: Path, addition: str) -> str:
    path = folder / "mapping.toml"
    path.write_text(f"{MAPPING}\n{addition}\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("terms", "addition", "written", "warned"),
    [
        (2, "", 2, set()),
        (None, "", None, set()),
        (192350001, "", None, {"payment-terms-unknown"}),
        (192350001, "192350001 = 4", 4, set()),
    ],
)
def test_payment_terms_go_by_the_map_and_are_never_dropped_in_silence(
    tmp_path: Path, terms: int | None, addition: str, written: int | None, warned: set[str]
) -> None:
    sets = {
        "msdyn_actuals": [actual(1, **NAMED)],
        "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT, msdyn_paymentterms=terms)],
    }
    mapping = tmp_path / "terms.toml"
    mapping.write_text(
        MAPPING.replace("[payment_terms]\n", f"[payment_terms]\n{addition}\n"), encoding="utf-8"
    )
    with tenant_of(tmp_path, **sets) as tenant:
        with tenant.connector(DATAVERSE__MAPPING=str(mapping)) as connector:
            report = connector.run(OCTOBER_5, run_id="terms")

        assert only(tenant.rows("invoices"))["paymenttermscode"] == written
    assert codes(report) == warned


def test_payment_terms_of_equal_label_are_the_same(tmp_path: Path) -> None:
    changed = shipped_schema()
    rule_columns = changed["tables"]["msdyn_projectcontractsplitbillingrule"]["columns"]
    rule_columns["msdyn_paymentterms"]["options"]["192350001"] = "net 60"
    sets = {
        "msdyn_actuals": [actual(1, **NAMED)],
        "msdyn_projectcontractsplitbillingrules": [rule(1, ACCOUNT, msdyn_paymentterms=192350001)],
    }
    with tenant_of(tmp_path, schema=read_schema(changed), **sets) as tenant:
        report = tenant.run(OCTOBER_5)

        assert only(tenant.rows("invoices"))["paymenttermscode"] == 4
    assert codes(report) == set()


def test_constants_are_written_with_every_row(tmp_path: Path) -> None:
    constants = """
[set.invoice]
msdyn_ismoderninvoice = true
description = "made here"
[set.invoice_line]
shippingtrackingnumber = "7"
[set.invoice_detail]
msdyn_ismanuallycreated = false
"""
    with tenant_of(tmp_path, msdyn_actuals=[actual(1)]) as tenant:
        mapping = with_mapping(tmp_path, constants)
        with tenant.connector(DATAVERSE__MAPPING=mapping) as connector:
            assert connector.check().exit_code == 0
            connector.run(OCTOBER_5, run_id="constants")

        invoice = only(tenant.rows("invoices"))
        assert (invoice["msdyn_ismoderninvoice"], invoice["description"]) == (True, "made here")
        assert written_line(tenant, WORK)["shippingtrackingnumber"] == "7"
        detail = only(tenant.rows("msdyn_invoicelinetransactions"))
        assert detail["msdyn_ismanuallycreated"] is False


@pytest.mark.parametrize(
    ("constant", "fault"),
    [
        ('msdyn_ismoderninvoice = "yes"', "expected true or false"),
        ("msdyn_ismoderninvoice = 1", "expected true or false"),
        ("msdyn_modern = true", "invoice has no such column"),
        ("description = true", "expected a text"),
        ('freightamount = "9"', "expected a number"),
        ("freightamount = true", "expected a number"),
        ("prioritycode = 77", "the choice has no such value"),
        ('name = "Mine"', "the connector writes this column itself"),
        ('opportunityid = "x"', "the connector writes this column itself"),
        ('createdon = "2020-10-05"', "cannot be set"),
        ('accountid = "x"', "cannot be set"),
        (f'shipto_city = "{"x" * 200}"', "200 characters; the column holds"),
    ],
)
def test_a_constant_that_its_column_cannot_take_stops_check_and_run(
    tmp_path: Path, constant: str, fault: str
) -> None:
    with tenant_of(tmp_path, msdyn_actuals=[actual(1)]) as tenant:
        mapping = with_mapping(tmp_path, f"[set.invoice]\n{constant}")
        with tenant.connector(DATAVERSE__MAPPING=mapping) as connector:
            found = [item.text for item in connector.check().findings if "[set." in item.text]
            with pytest.raises(MappingError) as caught:
                connector.run(OCTOBER_5, run_id="constants")

        column = constant.partition(" ")[0]
        assert len(found) == 1
        for text in (*found, str(caught.value)):
            assert f"[set.invoice] {column}" in text
            assert fault in text
        assert caught.value.exit_code == ExitCode.USAGE
        assert tenant.rows("invoices") == ()


def test_further_columns_of_the_source_travel_to_the_detail(tmp_path: Path) -> None:
    unit, journal = uid("4", 1), uid("3", 1)
    source = actual(
        1,
        _msdyn_resourceorganizationalunitid_value=unit,
        _msdyn_contractorganizationalunitid_value=unit,
        _msdyn_sourcejournalline_value=journal,
        _msdyn_accountvendor_value=OTHER,
        msdyn_vendortype=BASE + 1,
        msdyn_accountingdate="2020-10-02T00:00:00Z",
        msdyn_tzaaccountingdate="2020-10-02",
        msdyn_exchangeratedate="2020-10-01T00:00:00Z",
        msdyn_basisquantity=Decimal(8),
        msdyn_basisprice=Decimal(90),
        msdyn_basisamount=Decimal(720),
        msdyn_percent=Decimal(10),
        msdyn_writeinproductdescription="Cable",
    )
    sets = {
        "msdyn_actuals": [source],
        "msdyn_organizationalunits": [{"msdyn_organizationalunitid": unit, "msdyn_name": "Unit"}],
        "msdyn_journallines": [{"msdyn_journallineid": journal, "msdyn_description": "Line"}],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        report = tenant.run(OCTOBER_5)

        detail = only(tenant.rows("msdyn_invoicelinetransactions"))
    shared = [
        name
        for name in source
        if re.search("unitid|journal|vendor|accounting|exchange|basis|percent|writein", name)
    ]
    assert len(shared) == 13
    assert {name: detail[name] for name in shared} == {name: source[name] for name in shared}
    assert codes(report) == set()


def test_a_milestone_without_project_has_that_of_its_line(tmp_path: Path) -> None:
    lines = [line(FIXED, msdyn_billingmethod=BASE + 1, _msdyn_project_value=PROJECT)]
    sets = {
        "salesorderdetails": lines,
        "msdyn_contractlineinvoiceschedules": [],
        "msdyn_contractlinescheduleofvalues": [milestone(1)],
    }
    with tenant_of(tmp_path, **sets) as tenant:
        tenant.run(OCTOBER_5)

        detail = only(tenant.rows("msdyn_invoicelinetransactions"))
        assert detail["_msdyn_project_value"] == PROJECT
