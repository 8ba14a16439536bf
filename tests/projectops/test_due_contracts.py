"""Which contracts a date calls out, asked with the dates of the business time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest

from connector.dataverse.values import DateBehaviour
from connector.invoicing import ids
from connector.invoicing.choices import RecordKind, RetainerStatus
from connector.projectops.choices import Choice
from connector.projectops.due_contracts import (
    Due,
    DueRows,
    Overdue,
    contracts_of_date,
    due_queries,
    find_due,
    retainer_query,
)
from connector.projectops.rows import RowFault
from tests.projectops.one_contract import (
    CONTRACT,
    LABEL,
    due_row,
    milestone_row,
    tenant_with,
    uid,
)
from tests.projectops.one_invoice import TENANT

if TYPE_CHECKING:
    from connector.projectops.tenant import Tenant

DAY = date(2020, 10, 5)


def with_ready_retainers(tenant: Tenant = TENANT) -> Tenant:
    status = Choice(
        word_of={5: RetainerStatus.READY},
        number_of={RetainerStatus.READY: 5},
    )
    return replace(tenant, choices=replace(tenant.choices, retainer_status=status))


def of(contract: int, name: str) -> dict[str, Any]:
    """The contract line of another contract, brought along."""
    return {
        "salesorderdetailid": uid(21),
        "_salesorderid_value": uid(contract),
        f"_salesorderid_value{LABEL}": name,
    }


def due(*rows: Any, milestones: Any = (), late_since: date | None = None) -> Due:
    found = DueRows(schedule_rows=rows, milestones=milestones)
    return find_due(TENANT, DAY, found, late_since=late_since)


def test_schedule_rows_are_asked_that_had_no_run_up_to_the_end_of_the_day() -> None:
    rows, _ = due_queries(TENANT, DAY)

    # 6 October begins in Berlin at ten in the evening of the fifth, universal time.
    assert rows.filter is not None
    assert rows.filter.text == (
        "msdyn_invoicerunstatus eq 192350000 and msdyn_invoicerundate lt 2020-10-05T22:00:00Z"
    )
    assert rows.entity_set == "msdyn_contractlineinvoiceschedules"
    assert rows.order_by == ("msdyn_contractlineinvoicescheduleid",)


def test_failed_rows_are_asked_as_well_when_they_are_tried_again() -> None:
    rows, _ = due_queries(TENANT, DAY, retries_failed=True)

    assert rows.filter is not None
    assert rows.filter.text.startswith(
        "(msdyn_invoicerunstatus eq 192350000 or msdyn_invoicerunstatus eq 192350002) and "
    )


def test_milestones_are_asked_by_their_own_date_and_without_it_by_the_invoice_date() -> None:
    _, milestones = due_queries(TENANT, DAY)

    assert milestones.filter is not None
    assert milestones.filter.text == (
        "(msdyn_invoicestatus eq 192350001 or msdyn_invoicestatus eq 192350000) and"
        " (msdyn_milestonedate lt 2020-10-06T00:00:00Z or"
        " (msdyn_milestonedate eq null and msdyn_invoicedate lt 2020-10-05T22:00:00Z))"
    )


def test_a_date_that_the_tenant_keeps_without_time_is_asked_without_time() -> None:
    column = ("msdyn_contractlineinvoiceschedule", "msdyn_invoicerundate")
    tenant = replace(TENANT, behaviours={column: DateBehaviour.DATE_ONLY})

    rows, _ = due_queries(tenant, DAY)

    assert rows.filter is not None
    assert rows.filter.text.endswith("msdyn_invoicerundate le 2020-10-05")


def test_a_contract_is_due_by_a_row_or_a_milestone_of_the_day() -> None:
    later = due_row(62, msdyn_invoicerundate="2020-10-05T22:00:00Z")

    by_row, by_milestone = due(due_row()), due(milestones=(milestone_row(),))
    assert (by_row.contracts, by_row.overdue) == ((CONTRACT,), ())
    assert (by_milestone.contracts, by_milestone.overdue) == ((CONTRACT,), ())
    assert due(later) == Due(contracts=(), overdue=())


def test_what_makes_a_contract_due_is_told_by_record() -> None:
    row, milestone = due_row(), milestone_row()

    found = due(row, milestones=(milestone,))

    records = {
        UUID(row["msdyn_contractlineinvoicescheduleid"]),
        UUID(milestone["msdyn_contractlinescheduleofvalueid"]),
    }
    assert found.calls == {CONTRACT: records}
    assert list(found.names) == [CONTRACT]


def test_a_look_that_reaches_further_says_the_same_of_an_earlier_date() -> None:
    today, tomorrow = due_row(), due_row(62, msdyn_invoicerundate="2020-10-05T22:00:00Z")
    late = date(2020, 9, 1)

    assert due(today, tomorrow, late_since=late) == due(today, late_since=late)


def test_contracts_come_in_the_order_of_their_names() -> None:
    zeta = due_row(62, msdyn_ContractLineId=of(1, "Zeta"))
    alpha = due_row(63, msdyn_ContractLineId=of(8, "Alpha"))

    assert [contract.int for contract in due(zeta, due_row(), alpha).contracts] == [7, 8, 1]


def test_what_earlier_dates_left_behind_is_overdue_and_not_due() -> None:
    old = due_row(msdyn_invoicerundate="2020-10-03T22:00:00Z")

    assert due(old) == Due(
        contracts=(),
        overdue=(
            Overdue(
                kind=RecordKind.SCHEDULE_ROW,
                id=UUID(int=61),
                contract_id=CONTRACT,
                contract_name="Adatum",
                date=date(2020, 10, 4),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("status", "since", "is_due", "overdue"),
    [
        (192350001, date(2020, 10, 4), True, 1),
        (192350001, date(2020, 10, 5), False, 1),
        (192350001, None, False, 1),
        (192350000, date(2020, 10, 4), False, 0),  # not ready: it waits for a person
    ],
)
def test_a_late_milestone_is_due_once_it_is_ready_and_not_too_late(
    status: int, since: date | None, overdue: int, *, is_due: bool
) -> None:
    late = milestone_row(msdyn_milestonedate="2020-10-04T00:00:00Z", msdyn_invoicestatus=status)

    found = due(milestones=(late,), late_since=since)

    assert (found.contracts == (CONTRACT,), len(found.overdue)) == (is_due, overdue)


def test_a_milestone_without_a_date_of_its_own_goes_by_its_invoice_date() -> None:
    undated = milestone_row(msdyn_milestonedate=None, msdyn_invoicedate="2020-10-04T22:00:00Z")

    assert due(milestones=(undated,)).contracts == (CONTRACT,)


@pytest.mark.parametrize(
    ("columns", "fault"),
    [
        ({"msdyn_ContractLineId": None}, "expected a contract line that can be read"),
        (
            {"msdyn_ContractLineId": {"salesorderdetailid": uid(21), "_salesorderid_value": None}},
            "expected a contract, found None",
        ),
        ({"msdyn_invoicerundate": None}, "expected a date, found None"),
    ],
)
def test_a_row_that_cannot_be_placed_is_a_fault_and_never_left_out(
    columns: dict[str, Any], fault: str
) -> None:
    with pytest.raises(RowFault, match=fault):
        due(due_row(**columns))


def test_a_contract_without_a_readable_name_goes_by_its_id() -> None:
    line = {"salesorderdetailid": uid(21), "_salesorderid_value": uid(7)}
    old = due_row(msdyn_invoicerundate="2020-10-03T22:00:00Z", msdyn_ContractLineId=line)

    assert due(old).overdue[0].contract_name == uid(7)


def test_ready_retainers_are_asked_up_to_the_day_and_call_their_contract_out() -> None:
    tenant = with_ready_retainers()
    query = retainer_query(tenant, DAY)
    assert query is not None
    assert query.filter is not None
    retainer = {
        "msdyn_projectcontractretainerid": uid(70),
        "msdyn_invoicedate": "2020-10-05",
        "_msdyn_contractid_value": uid(8),
    }

    found = find_due(tenant, DAY, DueRows(schedule_rows=(), milestones=(), retainers=(retainer,)))

    assert query.filter.text == "msdyn_invoicestatus eq 5 and msdyn_invoicedate le 2020-10-05"
    assert found.contracts == (ids.ContractId(UUID(int=8)),)


def test_without_retainers_or_a_number_for_a_ready_one_nothing_is_asked() -> None:
    names = TENANT.mapping.retainer.table
    lacking = {name: own for name, own in TENANT.columns.items() if name != names}

    assert retainer_query(TENANT, DAY) is None
    assert retainer_query(with_ready_retainers(replace(TENANT, columns=lacking)), DAY) is None


def test_a_retainer_without_a_contract_is_a_fault() -> None:
    retainer = {"msdyn_projectcontractretainerid": uid(70), "_msdyn_contractid_value": None}

    with pytest.raises(RowFault, match="expected a contract"):
        find_due(TENANT, DAY, DueRows(schedule_rows=(), milestones=(), retainers=(retainer,)))


def test_the_contracts_of_a_date_are_those_with_anything_dated_so_in_any_status() -> None:
    far = tenant_with(
        msdyn_contractlineinvoiceschedules=[
            due_row(61, msdyn_invoicerunstatus=192350001),
            due_row(
                62, msdyn_invoicerundate="2020-10-05T22:00:00Z", msdyn_ContractLineId=of(8, "")
            ),
        ],
        msdyn_contractlinescheduleofvalues=[
            milestone_row(32, msdyn_invoicestatus=192350003, msdyn_ContractLineId=of(6, "")),
            milestone_row(33, msdyn_milestonedate="2020-10-04T00:00:00Z"),
        ],
    )

    found = contracts_of_date(far.client, TENANT, DAY)

    assert [contract.int for contract in found] == [6, 7]
    rows, milestones = (sent.path for sent in far.reads)
    assert "$filter=msdyn_invoicerundate lt 2020-10-05T22:00:00Z" in rows
    assert "msdyn_invoicerundate ge 2020-10-04T00:00:00Z" in rows
    assert "msdyn_milestonedate lt 2020-10-06T00:00:00Z" in milestones


def test_a_dated_row_without_a_contract_line_is_a_fault() -> None:
    far = tenant_with(msdyn_contractlineinvoiceschedules=[due_row(msdyn_ContractLineId=None)])

    with pytest.raises(RowFault, match="expected a contract line that can be read"):
        contracts_of_date(far.client, TENANT, DAY)
