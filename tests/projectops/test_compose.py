"""A planned invoice as rows: every column, every lookup, and what stands together."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing import ids
from connector.invoicing.choices import CustomerKind, RunStatus, SourceTable
from connector.invoicing.model import BillTo, Carried, Customer, Source
from connector.invoicing.plan import LineBilling, ScheduleUpdate
from connector.projectops.change_sets import Claim
from connector.projectops.compose import Composer
from connector.projectops.lengths import Shortened
from tests.projectops.one_invoice import (
    ACTUAL,
    CONTRACT,
    GOODS,
    INVOICE,
    MILESTONE,
    PLANNED,
    ROW,
    TENANT,
    UPDATE,
    detail,
    invoice,
    line,
)

if TYPE_CHECKING:
    from connector.projectops.change_sets import PlannedRow


def uid(number: int) -> str:
    return str(UUID(int=number))


def composed(*, entity_set: str, composer: Composer | None = None) -> list[PlannedRow]:
    rows = (composer or Composer(TENANT)).rows(PLANNED)
    return [row for row in rows if row.set == entity_set]


def test_the_header_is_a_work_based_draft_of_the_contract_for_its_customer() -> None:
    [header] = composed(entity_set="invoices")

    assert (header.key, header.id, header.is_whole, header.money) == (
        "invoiceid",
        INVOICE,
        True,
        2,
    )
    assert header.row == {
        "name": "Adatum 2020-10-05",
        "msdyn_ordertype": 192350001,
        "msdyn_projectinvoicestatus": 192350000,
        "salesorderid@odata.bind": f"/salesorders({uid(7)})",
        "customerid_account@odata.bind": f"/accounts({uid(9)})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({uid(3)})",
        "billto_name": "Adatum",
        "billto_city": "Berlin",
    }


def test_what_an_invoice_has_besides_stands_in_its_header() -> None:
    planned = invoice(
        customer=Customer(id=ids.CustomerId(UUID(int=10)), kind=CustomerKind.CONTACT),
        contract_customer_id=ids.ContractCustomerId(UUID(int=12)),
        price_list_id=ids.PriceListId(UUID(int=4)),
        payment_terms=2,
        bill_to=BillTo(),
        carried=(
            Carried(property="opportunityid@odata.bind", value="/opportunities(1)"),
            Carried(property="contoso_rate", number=Decimal("1.25")),
        ),
        continues=True,
    )

    [header] = Composer(TENANT, owner="teams(5)").rows(planned)

    assert not header.is_whole
    assert header.row == {
        "name": "Adatum 2020-10-05",
        "msdyn_ordertype": 192350001,
        "msdyn_projectinvoicestatus": 192350000,
        "salesorderid@odata.bind": f"/salesorders({uid(7)})",
        "customerid_contact@odata.bind": f"/contacts({uid(10)})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({uid(3)})",
        "pricelevelid@odata.bind": f"/pricelevels({uid(4)})",
        "msdyn_ProjectContractSplitBillingRule@odata.bind": (
            f"/msdyn_projectcontractsplitbillingrules({uid(12)})"
        ),
        "paymenttermscode": 2,
        "ownerid@odata.bind": "/teams(5)",
        "opportunityid@odata.bind": "/opportunities(1)",
        "contoso_rate": Decimal("1.25"),
    }


def test_a_line_of_project_work_is_a_write_in_that_sums_up_its_details() -> None:
    work, fixed, _ = composed(entity_set="invoicedetails")

    assert work.parts == {UUID(int=45)}
    assert work.row == {
        "invoicedetailname": "Work",
        "productdescription": "Work",
        "isproductoverridden": True,
        "producttypecode": 5,
        "quantity": 1,
        "priceperunit": Decimal(800),
        "tax": Decimal(152),
        "msdyn_chargeableamount": Decimal(800),
        "msdyn_nonchargeableamount": Decimal(0),
        "msdyn_complimentaryamount": Decimal(0),
        "msdyn_billingmethod": 192350000,
        "invoiceid@odata.bind": f"/invoices({uid(40)})",
        "SalesOrderDetailId@odata.bind": f"/salesorderdetails({uid(21)})",
        "msdyn_Project@odata.bind": f"/msdyn_projects({uid(11)})",
    }
    assert fixed.row["msdyn_contractlineamount"] == Decimal(5000)
    assert fixed.row["msdyn_billingmethod"] == 192350001


def test_a_product_line_bills_by_itself_with_its_quantity_and_price() -> None:
    *_, goods = composed(entity_set="invoicedetails")

    assert goods.parts == frozenset()
    assert goods.row == {
        "invoicedetailname": "Goods",
        "quantity": Decimal(2),
        "priceperunit": Decimal(50),
        "tax": Decimal(0),
        "msdyn_chargeableamount": Decimal(100),
        "msdyn_nonchargeableamount": Decimal(0),
        "msdyn_complimentaryamount": Decimal(0),
        "invoiceid@odata.bind": f"/invoices({uid(40)})",
        "SalesOrderDetailId@odata.bind": f"/salesorderdetails({uid(23)})",
    }


def test_a_retainer_line_names_its_retainer_and_has_no_detail() -> None:
    advance = detail(
        44, source=Source(table=SourceTable.RETAINER, id=UUID(int=70)), connection_id=None
    )
    planned = line(
        44, advance, contract_line_id=None, billing=LineBilling.RETAINER, billing_method=None
    )

    header, own = Composer(TENANT).rows(invoice(planned))

    assert (header.set, own.set) == ("invoices", "invoicedetails")
    assert own.row["msdyn_ProjectContractRetainer@odata.bind"] == (
        f"/msdyn_projectcontractretainers({uid(70)})"
    )
    assert "SalesOrderDetailId@odata.bind" not in own.row
    assert "msdyn_billingmethod" not in own.row


def test_a_detail_bills_its_actual_on_its_day_in_the_business_time_zone() -> None:
    work, _ = composed(entity_set="msdyn_invoicelinetransactions")

    assert work.row == {
        "msdyn_transactiontypecode": 192350006,
        "msdyn_transactionclassification": 192350000,
        "msdyn_billingtype": 192350001,
        "msdyn_amountmethod": 192350000,
        "msdyn_quantity": Decimal(8),
        "msdyn_price": Decimal(100),
        "msdyn_amount": Decimal(800),
        "msdyn_tax": Decimal(152),
        "msdyn_extendedamount": Decimal(952),
        "msdyn_description": "Design",
        # 2 October in Berlin begins at ten in the evening of the day before.
        "msdyn_transactiondate": "2020-10-02",
        "msdyn_documentdate": "2020-10-01T22:00:00Z",
        "msdyn_startdatetime": "2020-10-01T22:00:00Z",
        "msdyn_enddatetime": "2020-10-01T22:00:00Z",
        "msdyn_customertype": 192350001,
        "msdyn_AccountCustomer@odata.bind": f"/accounts({uid(9)})",
        "msdyn_Invoice@odata.bind": f"/invoices({uid(40)})",
        "msdyn_InvoiceLineId@odata.bind": f"/invoicedetails({uid(41)})",
        "msdyn_SalesContract@odata.bind": f"/salesorders({uid(7)})",
        "msdyn_SalesContractLineId@odata.bind": f"/salesorderdetails({uid(21)})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({uid(3)})",
        "msdyn_Project@odata.bind": f"/msdyn_projects({uid(11)})",
    }


def test_a_detail_of_a_milestone_names_it_and_counts_as_a_fixed_price() -> None:
    _, fixed = composed(entity_set="msdyn_invoicelinetransactions")

    assert fixed.row["msdyn_amountmethod"] == 192350001
    assert fixed.row["msdyn_transactionclassification"] == 192350003
    assert fixed.row["msdyn_SourceDocument_msdyn_contractlinescheduleofvalue@odata.bind"] == (
        f"/msdyn_contractlinescheduleofvalues({uid(32)})"
    )
    assert "msdyn_description" not in fixed.row  # empty, so that the tenant's default holds


def test_a_contact_is_billed_as_one_with_the_customers_of_contract_and_line() -> None:
    work = detail(45, contract_line_customer_id=ids.ContractLineCustomerId(UUID(int=13)))
    planned = invoice(
        line(41, work),
        customer=Customer(id=ids.CustomerId(UUID(int=10)), kind=CustomerKind.CONTACT),
        contract_customer_id=ids.ContractCustomerId(UUID(int=12)),
    )

    own = Composer(TENANT).rows(planned)[2]

    assert own.row["msdyn_customertype"] == 192350002
    assert own.row["msdyn_ContactCustomer@odata.bind"] == f"/contacts({uid(10)})"
    assert own.row["msdyn_ProjectContractSplitBillingRule@odata.bind"] == (
        f"/msdyn_projectcontractsplitbillingrules({uid(12)})"
    )
    assert own.row["msdyn_ProjectContractLineSplitBillingRule@odata.bind"] == (
        f"/msdyn_projectcontractlinesplitbillingrules({uid(13)})"
    )


def test_a_connection_ties_each_detail_to_what_it_bills() -> None:
    work, fixed = composed(entity_set="msdyn_transactionconnections")

    assert work.row == {
        "msdyn_transaction1": uid(45),
        "msdyn_transaction1type": "msdyn_invoicelinetransaction",
        "msdyn_transaction1role": "Billed Sales",
        "msdyn_transaction2": uid(31),
        "msdyn_transaction2type": "msdyn_actual",
        "msdyn_transaction2role": "Unbilled Sales",
        "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction@odata.bind": (
            f"/msdyn_invoicelinetransactions({uid(45)})"
        ),
        "msdyn_Transaction2Lookup_msdyn_actual@odata.bind": f"/msdyn_actuals({uid(31)})",
    }
    assert fixed.row["msdyn_transaction2type"] == "msdyn_contractlinescheduleofvalue"
    assert (
        fixed.row["msdyn_Transaction2Lookup_msdyn_contractlinescheduleofvalue@odata.bind"]
        == f"/msdyn_contractlinescheduleofvalues({uid(32)})"
    )


def test_a_detail_without_a_connection_is_a_fault_of_the_plan() -> None:
    planned = invoice(line(41, detail(45, connection_id=None)))

    with pytest.raises(ValueError, match="has no connection to its source"):
        Composer(TENANT).rows(planned)


def test_a_detail_stands_with_its_connection_and_its_claim_or_not_at_all() -> None:
    groups = Composer(TENANT).groups(PLANNED)

    assert [[(row.set, row.id.int) for row in group.rows] for group in groups] == [
        [("invoices", 40)],
        [("invoicedetails", 41)],
        [("invoicedetails", 42)],
        [("invoicedetails", 43)],
        [("msdyn_invoicelinetransactions", 45), ("msdyn_transactionconnections", 51)],
        [("msdyn_invoicelinetransactions", 46), ("msdyn_transactionconnections", 52)],
    ]
    assert [claim for group in groups for claim in group.claims] == [
        Claim(set="salesorderdetails", id=GOODS, row={"msdyn_billingstatus": 192350001}),
        Claim(set="msdyn_actuals", id=ACTUAL, row={"msdyn_billingstatus": 192350001}),
        Claim(
            set="msdyn_contractlinescheduleofvalues",
            id=MILESTONE,
            row={"msdyn_invoicestatus": 192350002},
        ),
    ]


def test_discount_and_fee_stand_beside_the_amount_before_them() -> None:
    # 800 less 80 plus 16 is what the customer is asked for.
    reduced = detail(45, amount=Decimal(736), discount=Decimal(80), fee=Decimal(16))

    _, own_line, own, _ = Composer(TENANT).rows(invoice(line(41, reduced)))

    assert (own_line.row["msdyn_discountamount"], own_line.row["msdyn_feeamount"]) == (80, 16)
    assert own_line.row["priceperunit"] == Decimal(736)
    assert own.row["msdyn_amount"] == Decimal(800)
    assert own.row["msdyn_projectcontractlinediscountamount"] == Decimal(80)
    assert own.row["msdyn_projectcontractlinefeeamount"] == Decimal(16)
    assert own.row["msdyn_extendedamount"] == Decimal(888)  # 736 and 152 of tax


def test_without_columns_for_discount_and_fee_the_amount_is_net_of_them() -> None:
    columns = {
        **TENANT.columns,
        "msdyn_invoicelinetransaction": frozenset({"msdyn_tax"}),
        "invoicedetail": frozenset[str](),
    }
    reduced = detail(45, amount=Decimal(736), discount=Decimal(80), fee=Decimal(16))

    rows = Composer(replace(TENANT, columns=columns)).rows(invoice(line(41, reduced)))

    assert "msdyn_discountamount" not in rows[1].row
    assert rows[2].row["msdyn_amount"] == Decimal(736)
    assert "msdyn_projectcontractlinediscountamount" not in rows[2].row
    assert "msdyn_extendedamount" not in rows[2].row


def test_a_text_longer_than_its_column_is_cut_and_told() -> None:
    tenant = replace(TENANT, lengths={"invoice": {"name": 6}})

    [header] = Composer(tenant).rows(invoice())

    assert header.row["name"] == "Adatum"
    assert header.shortened == (Shortened(table="invoice", column="name", length=17, most=6),)


def test_a_schedule_row_is_set_only_in_the_version_that_was_read() -> None:
    request = Composer(TENANT).schedule_request(UPDATE)

    assert (request.method, request.path) == (
        "PATCH",
        f"msdyn_contractlineinvoiceschedules({ROW})",
    )
    assert request.headers == (("If-Match", 'W/"1"'),)
    assert request.body == (
        b'{"msdyn_invoicerunstatus":192350001,'
        b'"msdyn_Invoice@odata.bind":"/invoices(' + uid(40).encode() + b')"}'
    )


def test_a_run_that_billed_nothing_leaves_the_schedule_row_without_an_invoice() -> None:
    update = ScheduleUpdate(row_id=ROW, status=RunStatus.SUCCESSFUL, invoice_id=None, etag='W/"7"')

    request = Composer(TENANT).schedule_request(update)

    assert request.headers == (("If-Match", 'W/"7"'),)
    assert request.body == b'{"msdyn_invoicerunstatus":192350001}'


def test_every_row_of_the_plan_comes_after_the_rows_it_points_to() -> None:
    seen: set[str] = {str(CONTRACT)}
    own = {str(row.id) for row in Composer(TENANT).rows(PLANNED)}

    for row in Composer(TENANT).rows(PLANNED):
        bound = [str(value) for name, value in row.row.items() if name.endswith("@odata.bind")]
        pointed = {key for key in own if any(key in value for value in bound)}
        assert pointed <= seen
        seen.add(str(row.id))
