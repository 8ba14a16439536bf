from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, EmulatorOptions
from tests.emulator.project_tenant import (
    ACCOUNT,
    BASE,
    BILLED,
    CONTRACT,
    CREATED,
    FIXED,
    LOGICAL_NAME,
    MILESTONE_CREATED,
    MILESTONE_POSTED,
    NON_CHARGEABLE,
    OTHER,
    POSTED,
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
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.emulator.web import Answer

OCTOBER_5 = date(2020, 10, 5)
ACTION = "Microsoft.Dynamics.CRM."


def tenant_of(**sets: list[dict[str, Any]]) -> tuple[Emulator, Web]:
    """An emulator of the small tenant, its product line not ready unless *sets* say so."""
    emulator = Emulator(seed=tenant_rows(**sets))
    web = Web(InProcess(emulator.app))
    if "salesorderdetails" not in sets:
        body = {"ProductContractLineIds": PRODUCT, "ReadyToInvoice": False}
        web("POST", "msdyn_MarkProductContractLineReadyToInvoiceOrNot", body)
    return emulator, web


def drafts(emulator: Emulator) -> list[tuple[str, list[str], Decimal]]:
    """Each invoice as its customer, the contract lines on it and its total."""
    details = emulator.rows("invoicedetails")
    return sorted(
        (
            str(invoice["_customerid_value"]),
            sorted(
                str(one["_salesorderdetailid_value"])
                for one in details
                if one["_invoiceid_value"] == invoice["invoiceid"]
            ),
            invoice["totalamount"],
        )
        for invoice in emulator.rows("invoices")
    )


def run_rows(web: Web, *numbers: int) -> Answer:
    rows = [
        {
            "@odata.type": f"{ACTION}msdyn_contractlineinvoiceschedule",
            "msdyn_contractlineinvoicescheduleid": uid("8", number),
        }
        for number in numbers
    ]
    address = f"salesorders({CONTRACT})/{ACTION}msdyn_CreateInvoicefromInvoiceScheduleSync"
    return web("POST", address, {"InvoiceSchedules": rows})


def status_of(web: Web, number: int = 1) -> Mapping[str, Any]:
    return web.row("msdyn_contractlineinvoiceschedules", uid("8", number))


def test_a_due_row_and_a_due_milestone_come_on_one_invoice() -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[actual(1), actual(2, msdyn_transactiondate="2020-10-04")],
        msdyn_contractlinescheduleofvalues=[milestone(1)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    answer = run_rows(web, 1)
    assert (answer.status, answer.json()["IsSuccess"]) == (200, True)
    assert drafts(emulator) == [(ACCOUNT, [WORK, FIXED], Decimal(6600))]
    (invoice,) = emulator.rows("invoices")
    row = status_of(web)
    assert (row["msdyn_invoicerunstatus"], row["_msdyn_invoice_value"]) == (
        BASE + 1,
        invoice["invoiceid"],
    )
    assert {row["msdyn_billingstatus"] for row in emulator.rows("msdyn_actuals")} == {CREATED}
    (claimed,) = emulator.rows("msdyn_contractlinescheduleofvalues")
    assert claimed["msdyn_invoicestatus"] == MILESTONE_CREATED
    assert invoice["name"] == "Contract 1"


def test_running_the_same_row_again_makes_nothing() -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[actual(1)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    run_rows(web, 1)
    run_rows(web, 1)
    assert emulator.run_invoice_job(OCTOBER_5) == ()
    assert len(emulator.rows("invoices")) == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"msdyn_transactiondate": "2020-10-05"},
        {"msdyn_transactiondate": None, "msdyn_documentdate": None},
        {"msdyn_transactiontypecode": BASE},
        {"msdyn_billingstatus": None},
        {"msdyn_billingtype": BASE + 3},
        {"msdyn_transactionclassification": 690970002},
        {"msdyn_adjustmentstatus": BASE},
        {"msdyn_nottoexceedstatus": BASE + 1},
        {"msdyn_nottoexceedstatus": BASE + 3},
        {"statecode": 1, "statuscode": 2},
        {"_msdyn_salescontractlineid_value": FIXED},
        {"_msdyn_accountcustomer_value": None},
        {"msdyn_billingtype": NON_CHARGEABLE},
    ],
)
def test_what_is_not_billable_makes_no_invoice_and_its_row_has_run(columns: dict[str, Any]) -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[actual(1, **columns)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    assert run_rows(web, 1).json()["IsSuccess"] is True
    assert emulator.rows("invoices") == ()
    row = status_of(web)
    assert (row["msdyn_invoicerunstatus"], row["_msdyn_invoice_value"]) == (BASE + 1, None)


def test_a_row_without_cut_off_counts_to_the_day_before_its_run() -> None:
    days = [actual(n, msdyn_transactiondate=f"2020-10-0{n}") for n in (3, 4, 5)]
    emulator, web = tenant_of(
        msdyn_actuals=days, msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", None)]
    )
    run_rows(web, 1)
    assert drafts(emulator) == [(ACCOUNT, [WORK], Decimal(1600))]


def test_two_rows_of_one_line_and_date_bill_each_source_once() -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[actual(1), actual(2, msdyn_transactiondate="2020-10-04")],
        msdyn_contractlineinvoiceschedules=[
            schedule_row(1, "2020-10-05", "2020-10-02"),
            schedule_row(2, "2020-10-05", "2020-10-04"),
        ],
    )
    run_rows(web, 1, 2)
    assert drafts(emulator) == [(ACCOUNT, [WORK], Decimal(1600))]


def test_each_customer_gets_an_invoice_of_its_own_and_non_chargeable_work_goes_along() -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[
            actual(1),
            actual(2, _msdyn_accountcustomer_value=OTHER, msdyn_amount=Decimal(400)),
            actual(3, msdyn_billingtype=NON_CHARGEABLE),
        ],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    run_rows(web, 1)
    assert drafts(emulator) == [(ACCOUNT, [WORK], 800), (OTHER, [WORK], 400)]
    assert len(emulator.rows("msdyn_invoicelinetransactions")) == 3


def test_split_customers_come_from_their_rules_and_lend_the_invoice_its_address() -> None:
    rules = [
        {
            "msdyn_projectcontractsplitbillingruleid": uid("7", number),
            "_msdyn_projectcontractid_value": CONTRACT,
            "_msdyn_customerid_value": customer,
            f"_msdyn_customerid_value{LOGICAL_NAME}": "account",
            "msdyn_isprimarycustomer": customer == OTHER,
            "msdyn_billtocity": f"City {number}",
        }
        for number, customer in ((1, ACCOUNT), (2, OTHER))
    ]
    first = {"_msdyn_projectcontractsplitbillingrule_value": uid("7", 1)}
    rule = {"_msdyn_projectcontractsplitbillingrule_value": uid("7", 2)}
    emulator, web = tenant_of(
        salesorderdetails=tenant_rows()["salesorderdetails"],
        msdyn_projectcontractsplitbillingrules=rules,
        msdyn_actuals=[
            actual(1, **first),
            actual(2, _msdyn_accountcustomer_value=None, **rule),
            actual(3),  # names no customer of the contract: "the actual isn't invoiced"
        ],
        msdyn_contractlinescheduleofvalues=[milestone(1, **rule)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    run_rows(web, 1)
    assert drafts(emulator) == [(ACCOUNT, [WORK], 800), (OTHER, [WORK, FIXED, PRODUCT], 5965)]
    cities = {row["_customerid_value"]: row["billto_city"] for row in emulator.rows("invoices")}
    assert cities == {ACCOUNT: "City 1", OTHER: "City 2"}


def test_a_product_line_waits_for_a_due_line() -> None:
    rows = tenant_rows()["salesorderdetails"]
    emulator, web = tenant_of(
        salesorderdetails=rows,
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    assert emulator.run_invoice_job(date(2020, 10, 4)) == ()
    run_rows(web, 1)
    assert drafts(emulator) == [(ACCOUNT, [PRODUCT], Decimal(165))]
    (draft_line,) = emulator.rows("invoicedetails")
    assert (draft_line["quantity"], draft_line["priceperunit"]) == (3, 50)
    assert emulator.rows("msdyn_invoicelinetransactions") == ()


def test_a_contract_that_is_not_confirmed_fails_its_rows() -> None:
    emulator, web = tenant_of(
        salesorders=[contract(msdyn_psastate=BASE, msdyn_psastatusreason=BASE)],
        msdyn_actuals=[actual(1)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    assert run_rows(web, 1).json()["IsSuccess"] is False
    assert status_of(web)["msdyn_invoicerunstatus"] == BASE + 2
    assert emulator.rows("invoices") == ()


def test_rows_of_another_contract_or_none_at_all_are_refused() -> None:
    _, web = tenant_of(
        salesorders=[contract(1), contract(2)],
        salesorderdetails=[line(WORK, _salesorderid_value=uid("c", 2))],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    assert run_rows(web, 1).status == 400
    assert run_rows(web, 9).status == 404
    address = f"salesorders({CONTRACT})/{ACTION}msdyn_CreateInvoicefromInvoiceScheduleSync"
    bodies: tuple[dict[str, object], ...]
    bodies = ({}, {"InvoiceSchedules": 1}, {"InvoiceSchedules": [{}]})
    for body in bodies:
        assert web("POST", address, body).status == 400
    assert web("POST", f"accounts({ACCOUNT})/{ACTION}msdyn_PostInvoice", {}).status == 404


def test_the_daily_job_bills_what_the_date_calls_out_and_nothing_else() -> None:
    emulator, web = tenant_of(
        msdyn_actuals=[actual(1)],
        msdyn_contractlinescheduleofvalues=[
            milestone(1, msdyn_milestonedate="2020-10-07T00:00:00Z"),
            milestone(2, msdyn_milestonedate="2020-10-08T00:00:00Z", msdyn_invoicestatus=BASE),
        ],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    made = {day: len(emulator.run_invoice_job(date(2020, 10, day))) for day in range(1, 12)}
    assert {day: count for day, count in made.items() if count} == {5: 1, 7: 1}
    assert drafts(emulator) == [(ACCOUNT, [WORK], 800), (ACCOUNT, [FIXED], 5000)]
    assert status_of(web)["msdyn_invoicerunstatus"] == BASE + 1


def test_user_local_dates_are_read_in_the_zone_of_the_tenant() -> None:
    row = schedule_row(1, "2020-10-05", "2020-10-04")
    row["msdyn_invoicerundate"] = "2020-10-04T22:00:00Z"
    row["msdyn_transactioncutoffdate"] = "2020-10-03T22:00:00Z"
    seed = tenant_rows(
        msdyn_actuals=[actual(1, msdyn_transactiondate="2020-10-04")],
        msdyn_contractlineinvoiceschedules=[row],
    )
    berlin = Emulator(seed=seed, options=EmulatorOptions(time_zone="Europe/Berlin"))
    assert len(berlin.run_invoice_job(OCTOBER_5)) == 1
    assert Emulator(seed=seed).run_invoice_job(OCTOBER_5) == ()


def test_a_whole_contract_is_billed_by_hand_whatever_its_schedule() -> None:
    emulator, web = tenant_of(
        salesorderdetails=tenant_rows()["salesorderdetails"],
        msdyn_actuals=[actual(1, msdyn_transactiondate="2020-09-01"), actual(2)],
        msdyn_contractlinescheduleofvalues=[
            milestone(1, msdyn_milestonedate="2020-09-30T00:00:00Z"),
            milestone(2, msdyn_milestonedate="2020-12-01T00:00:00Z"),
        ],
    )
    address = f"salesorders({CONTRACT})/{ACTION}msdyn_NewInvoiceContract"
    answer = web("POST", address).json()
    assert answer["InvoiceCount"] == 1
    assert web("GET", f"invoices({answer['Invoice']['invoiceid']})").status == 200
    assert drafts(emulator) == [(ACCOUNT, [WORK, FIXED, PRODUCT], Decimal(5965))]
    assert web("POST", address).status == 400


def confirmed() -> tuple[Emulator, Web, str]:
    emulator, web = tenant_of(
        salesorderdetails=tenant_rows()["salesorderdetails"],
        msdyn_actuals=[actual(1)],
        msdyn_contractlinescheduleofvalues=[milestone(1)],
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
    )
    run_rows(web, 1)
    (invoice,) = emulator.rows("invoices")
    return emulator, web, str(invoice["invoiceid"])


def test_confirming_posts_reverses_and_bills() -> None:
    emulator, web, invoice = confirmed()
    assert web("POST", f"invoices({invoice})/{ACTION}msdyn_PostInvoice").status == 204
    assert web.row("invoices", invoice)["msdyn_projectinvoicestatus"] == BASE + 2
    original, *made = sorted(
        emulator.rows("msdyn_actuals"), key=lambda row: row["msdyn_actualid"] != uid("e", 1)
    )
    assert original["msdyn_billingstatus"] == POSTED
    amounts = sorted(
        (row["msdyn_transactiontypecode"] == BILLED, row["msdyn_amount"]) for row in made
    )
    assert amounts == [(False, -800), (True, 150), (True, 800), (True, 5000)]
    (billed,) = emulator.rows("msdyn_contractlinescheduleofvalues")
    assert billed["msdyn_invoicestatus"] == MILESTONE_POSTED
    assert web.row("salesorderdetails", PRODUCT)["msdyn_billingstatus"] == POSTED


def test_a_confirmed_invoice_is_final() -> None:
    emulator, web, invoice = confirmed()
    web("POST", f"invoices({invoice})/{ACTION}msdyn_PostInvoice")
    before = emulator.dump()
    (detail, *_) = emulator.rows("msdyn_invoicelinetransactions")
    (draft_line, *_) = emulator.rows("invoicedetails")
    attempts = [
        web("POST", f"invoices({invoice})/{ACTION}msdyn_PostInvoice"),
        web("PATCH", f"invoices({invoice})", {"name": "x"}),
        web("DELETE", f"invoices({invoice})"),
        web("DELETE", f"invoicedetails({draft_line['invoicedetailid']})"),
        web(
            "PATCH",
            f"msdyn_invoicelinetransactions({detail['msdyn_invoicelinetransactionid']})",
            {"msdyn_amount": 1},
        ),
        web(
            "POST",
            "invoicedetails",
            {"invoiceid@odata.bind": f"invoices({invoice})", "producttypecode": 1},
        ),
    ]
    assert {(answer.status, answer.code) for answer in attempts} == {(400, "0x80040265")}
    assert emulator.dump() == before


def test_a_detail_without_a_connection_is_billed_a_second_time_on_confirmation() -> None:
    emulator, web = tenant_of(msdyn_actuals=[actual(1)])
    invoice = web.create(
        "invoices",
        **{
            "salesorderid@odata.bind": f"salesorders({CONTRACT})",
            "customerid_account@odata.bind": f"accounts({ACCOUNT})",
        },
    )
    draft_line = web.create(
        "invoicedetails",
        **{
            "invoiceid@odata.bind": f"invoices({invoice})",
            "SalesOrderDetailId@odata.bind": f"salesorderdetails({WORK})",
            "producttypecode": 5,
        },
    )
    web.create(
        "msdyn_invoicelinetransactions",
        **{
            "msdyn_InvoiceLineId@odata.bind": f"invoicedetails({draft_line})",
            "msdyn_transactionclassification": BASE,
            "msdyn_billingtype": BASE + 1,
            "msdyn_amount": 800,
        },
    )
    web("POST", f"invoices({invoice})/{ACTION}msdyn_PostInvoice")
    assert web.row("msdyn_actuals", uid("e", 1))["msdyn_billingstatus"] == READY
    assert len(emulator.rows("msdyn_actuals")) == 4


def test_confirming_an_edited_detail_is_not_supported_and_changes_nothing() -> None:
    emulator, web, invoice = confirmed()
    details = emulator.rows("msdyn_invoicelinetransactions")
    edited = next(row for row in details if row["msdyn_amount"] == 800)
    address = f"msdyn_invoicelinetransactions({edited['msdyn_invoicelinetransactionid']})"
    web("PATCH", address, {"msdyn_quantity": 6, "msdyn_amount": 600})
    before = emulator.dump()
    assert web("POST", f"invoices({invoice})/{ACTION}msdyn_PostInvoice").status == 501
    assert emulator.dump() == before


def frequency(
    period: int, *details: dict[str, int], days_of_run: int = BASE + 1
) -> dict[str, list[dict[str, Any]]]:
    return {
        "msdyn_invoicefrequencies": [
            {
                "msdyn_invoicefrequencyid": uid("6", 1),
                "msdyn_period": period,
                "msdyn_daysofrun": days_of_run,
            }
        ],
        "msdyn_invoicefrequencydetails": [
            {"_msdyn_invoicefrequency_value": uid("6", 1), **detail} for detail in details
        ],
    }


MONDAY = {"msdyn_weekday": BASE + 1}


@pytest.mark.parametrize(
    ("sets", "days"),
    [
        (frequency(BASE, MONDAY), ["10-05", "10-12", "10-19", "10-26", "11-02", "11-09", "11-16"]),
        (frequency(BASE + 2, MONDAY), ["10-05", "10-19", "11-02", "11-16"]),
        (
            frequency(BASE + 1, MONDAY | {"msdyn_occurrenceofweekday": BASE}),
            ["10-05", "11-02"],
        ),
        (
            frequency(BASE + 1, MONDAY | {"msdyn_occurrenceofweekday": BASE + 4}),
            ["10-26"],
        ),
        (
            frequency(
                BASE + 1,
                {"msdyn_dayofmonth": BASE + 7},
                {"msdyn_dayofmonth": BASE + 31},
                days_of_run=BASE,
            ),
            ["10-07", "10-31", "11-07"],
        ),
    ],
)
def test_a_schedule_is_generated_from_the_frequency(
    sets: dict[str, list[dict[str, Any]]], days: list[str]
) -> None:
    emulator, web = tenant_of(
        salesorders=[contract(requestdeliveryby="2020-11-16T00:00:00Z")],
        salesorderdetails=[
            line(
                WORK,
                msdyn_billingstartdate="2020-10-01T00:00:00Z",
                _msdyn_invoicefrequency_value=uid("6", 1),
            )
        ],
        msdyn_contractlineinvoiceschedules=[
            schedule_row(1, "2020-09-01", None, msdyn_invoicerunstatus=BASE + 1),
            schedule_row(2, "2020-09-02", None),
        ],
        **sets,
    )
    address = f"salesorderdetails({WORK})/{ACTION}msdyn_GenerateContractLineInvoiceSchedule"
    assert web("POST", address).status == 204
    rows = sorted(
        (row["msdyn_invoicerundate"], row["msdyn_transactioncutoffdate"])
        for row in emulator.rows("msdyn_contractlineinvoiceschedules")
    )
    assert [run[5:10] for run, _ in rows] == ["09-01", *days]
    assert all(date.fromisoformat(cut[:10]) < date.fromisoformat(run[:10]) for run, cut in rows[1:])
    assert web("POST", address).status == 204
    assert len(emulator.rows("msdyn_contractlineinvoiceschedules")) == len(rows)


def test_a_line_without_what_a_schedule_needs_is_refused() -> None:
    _, web = tenant_of()
    for line_id in (WORK, FIXED):
        address = f"salesorderdetails({line_id})/{ACTION}msdyn_GenerateContractLineInvoiceSchedule"
        assert web("POST", address).status == 400


def test_actions_need_the_privileges_of_what_they_write() -> None:
    emulator, web = tenant_of(
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
        msdyn_actuals=[actual(1)],
    )
    emulator.grant({"*": {"*": "global", "invoice": {"create": "none"}}})
    refused = run_rows(web, 1)
    emulator.grant({"*": {"*": "global", "msdyn_actual": {"write": "none"}}})
    mark = {"ActualIds": uid("e", 1), "ReadyToInvoice": True}
    unmarked = web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", mark)
    emulator.grant({"*": "administrator"})

    assert (refused.status, refused.code) == (403, "0x80040220")
    assert "is missing prvCreateInvoice privilege" in refused.message
    assert "is missing prvWritemsdyn_actual privilege" in unmarked.message
    assert emulator.rows("invoices") == ()
    assert web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", mark).status == 204
    emulator.close()


def test_actions_reach_no_rows_that_their_caller_does_not() -> None:
    emulator, web = tenant_of(
        msdyn_contractlineinvoiceschedules=[schedule_row(1, "2020-10-05", "2020-10-04")],
        msdyn_actuals=[actual(1)],
    )
    words = {"*": "global", "msdyn_actual": "basic", "salesorder": "basic"}
    emulator.grant({"clerk@emulator.invalid": words})
    clerk = {"Authorization": "Bearer clerk@emulator.invalid"}
    mark = {"ActualIds": uid("e", 1), "ReadyToInvoice": True}
    address = f"salesorders({CONTRACT})/{ACTION}msdyn_NewInvoiceContract"

    marked = web("POST", "msdyn_MarkActualReadyToInvoiceOrNot", mark, clerk)
    invoiced = web("POST", address, {}, clerk)
    assert (marked.status, marked.code) == (403, "0x80048306")
    assert (invoiced.status, invoiced.code) == (403, "0x80048306")
    emulator.close()
