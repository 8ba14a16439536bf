"""Generated schedule rows and milestones are created under keys of their own."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from uuid import UUID

from connector.invoicing import ids
from connector.invoicing.schedule_rows import GeneratedMilestone, GeneratedRow, Generation
from connector.projectops.read_contracts import read_contract
from connector.projectops.schedule_rows import schedule_requests
from tests.projectops.one_contract import CONTRACT, line_row, tenant_with, uid
from tests.projectops.one_invoice import TENANT

FAR = tenant_with(salesorderdetails=[line_row(21), line_row(22, _msdyn_project_value=uid(11))])
SNAPSHOT = read_contract(FAR.client, TENANT, CONTRACT)
ROW = GeneratedRow(
    id=ids.ScheduleRowId(UUID(int=61)),
    contract_line_id=ids.ContractLineId(UUID(int=21)),
    run_date=date(2020, 11, 2),
    cutoff_date=date(2020, 11, 1),
)
MILESTONE = GeneratedMilestone(
    id=ids.MilestoneId(UUID(int=62)),
    contract_line_id=ids.ContractLineId(UUID(int=22)),
    name="2020-11-02",
    date=date(2020, 11, 2),
    amount=Decimal("1000.50"),
    tax=Decimal(0),
)


def test_a_schedule_row_is_created_not_run_with_the_midnights_of_its_dates() -> None:
    [request] = schedule_requests(TENANT, SNAPSHOT, Generation(rows=(ROW,)))

    assert (request.method, request.path, request.headers) == (
        "PATCH",
        f"msdyn_contractlineinvoiceschedules({uid(61)})",
        (("If-None-Match", "*"),),
    )
    # In November Berlin is an hour ahead of universal time.
    assert json.loads(request.body or b"") == {
        "msdyn_name": "2020-11-02",
        "msdyn_invoicerunstatus": 192350000,
        "msdyn_invoicerundate": "2020-11-01T23:00:00Z",
        "msdyn_transactioncutoffdate": "2020-10-31T23:00:00Z",
        "msdyn_ContractLineId@odata.bind": f"/salesorderdetails({uid(21)})",
    }


def test_a_milestone_is_created_not_ready_with_both_of_its_dates() -> None:
    [request] = schedule_requests(TENANT, SNAPSHOT, Generation(milestones=(MILESTONE,)))

    assert request.headers == (("If-None-Match", "*"),)
    assert json.loads(request.body or b"", parse_float=Decimal) == {
        "msdyn_name": "2020-11-02",
        "msdyn_invoicestatus": 192350000,
        "msdyn_transactiontypecode": 192350004,
        "msdyn_transactionclassification": 192350003,
        "msdyn_milestonedate": "2020-11-02T00:00:00Z",
        "msdyn_invoicedate": "2020-11-01T23:00:00Z",
        "msdyn_amount": Decimal("1000.50"),
        "msdyn_tax": 0,
        "msdyn_contract@odata.bind": f"/salesorders({uid(7)})",
        "msdyn_ContractLineId@odata.bind": f"/salesorderdetails({uid(22)})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({uid(3)})",
        "msdyn_project@odata.bind": f"/msdyn_projects({uid(11)})",
    }


def test_rows_come_before_milestones_and_nothing_makes_nothing() -> None:
    both = schedule_requests(TENANT, SNAPSHOT, Generation(rows=(ROW,), milestones=(MILESTONE,)))

    assert [request.path.partition("(")[0] for request in both] == [
        "msdyn_contractlineinvoiceschedules",
        "msdyn_contractlinescheduleofvalues",
    ]
    assert schedule_requests(TENANT, SNAPSHOT, Generation()) == ()
