"""What stands of a planned invoice: asked by key, compared by what it bills."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import Forbidden
from connector.invoicing import ids, keys
from connector.invoicing.choices import RunStatus
from connector.projectops.queries import IDS_PER_QUERY
from connector.projectops.row_state import (
    existing_rows,
    lookups_of,
    read_rows_there,
    read_state,
)
from tests.dataverse.far_side import error
from tests.projectops.one_invoice import (
    ACCOUNT,
    COMPOSER,
    CONTRACT,
    FIXED_DETAIL,
    FIXED_LINE,
    GOODS_LINE,
    INVOICE,
    PLANNED,
    ROW,
    TENANT,
    UPDATE,
    WORK_CONNECTION,
    WORK_DETAIL,
    WORK_LINE,
    detail,
    invoice,
    line,
    schedule_row,
    tenant_before,
    written_to,
)

if TYPE_CHECKING:
    from connector.projectops.row_state import RowState
    from tests.projectops.stored_rows import StoredRows

LINES, DETAILS = "invoicedetails", "msdyn_invoicelinetransactions"
CONNECTIONS, ROWS = "msdyn_transactionconnections", "msdyn_contractlineinvoiceschedules"


def state_in(far: StoredRows) -> RowState:
    return read_state(far.client, TENANT, COMPOSER.groups(PLANNED), (UPDATE,))


def test_before_the_write_everything_is_missing_and_the_schedule_row_is_open() -> None:
    state = state_in(tenant_before())

    assert state.missing == COMPOSER.groups(PLANNED)
    assert state.open_updates == (UPDATE,)
    assert (state.conflicts, state.drifted) == ((), ())
    assert (state.has_header, state.existing, state.is_complete) == (False, frozenset(), False)


def test_after_the_write_nothing_is_missing_and_nothing_is_open() -> None:
    state = state_in(written_to(tenant_before()))

    assert state.is_complete
    assert state.has_header
    assert {row_id.int for row_id in state.existing} == {40, 41, 42, 43, 45, 46, 51, 52}


def test_rows_are_asked_by_their_keys_and_the_schedule_rows_come_first() -> None:
    far = tenant_before()

    state_in(far)

    sets = [sent.path.partition("?")[0] for sent in far.reads]
    assert sets == [ROWS, "invoices", LINES, DETAILS, CONNECTIONS]
    assert far.reads[0].path == (
        f"{ROWS}?$select=msdyn_contractlineinvoicescheduleid,msdyn_invoicerunstatus,"
        "msdyn_invoicerundate,_msdyn_invoice_value&$filter=Microsoft.Dynamics.CRM.In("
        "PropertyName='msdyn_contractlineinvoicescheduleid',"
        f'PropertyValues=["{ROW}"])'
    )
    assert far.reads[1].path == (
        "invoices?$select=invoiceid,_salesorderid_value,_customerid_value&$filter="
        "Microsoft.Dynamics.CRM.In(PropertyName='invoiceid',"
        f'PropertyValues=["{INVOICE}"])'
    )
    assert len(far.transport.requests) == 2  # the schedule rows alone, then all tables in a batch


def test_nothing_is_asked_where_nothing_is_planned() -> None:
    far = tenant_before()

    state = read_state(far.client, TENANT, (), ())

    assert state.is_complete
    assert far.transport.requests == []


def test_of_a_group_the_half_that_is_missing_is_left_to_write() -> None:
    far = written_to(tenant_before())
    far.delete(CONNECTIONS, WORK_CONNECTION)

    [left] = state_in(far).missing

    assert [(row.set, row.id) for row in left.rows] == [(CONNECTIONS, WORK_CONNECTION)]


@pytest.mark.parametrize(
    ("entity_set", "row", "column", "value", "told"),
    [
        (
            "invoices",
            INVOICE,
            "_customerid_value",
            str(UUID(int=99)),
            (
                f"invoice {INVOICE} column customerid: planned /accounts({ACCOUNT}),"
                f" there is {UUID(int=99)}"
            ),
        ),
        (
            LINES,
            GOODS_LINE,
            "quantity",
            Decimal(3),
            f"invoicedetail {GOODS_LINE} column quantity: planned 2, there is 3",
        ),
        (
            LINES,
            GOODS_LINE,
            "priceperunit",
            None,
            f"invoicedetail {GOODS_LINE} column priceperunit: planned 50, there is None",
        ),
        (
            DETAILS,
            WORK_DETAIL,
            "msdyn_amount",
            Decimal("800.01"),
            (
                f"msdyn_invoicelinetransaction {WORK_DETAIL} column msdyn_amount:"
                " planned 800, there is 800.01"
            ),
        ),
        (
            DETAILS,
            WORK_DETAIL,
            "_msdyn_invoicelineid_value",
            str(FIXED_LINE),
            (
                f"msdyn_invoicelinetransaction {WORK_DETAIL} column msdyn_invoicelineid:"
                f" planned /invoicedetails({WORK_LINE}), there is {FIXED_LINE}"
            ),
        ),
        (
            CONNECTIONS,
            WORK_CONNECTION,
            "msdyn_transaction2",
            "another",
            (
                f"msdyn_transactionconnection {WORK_CONNECTION} column msdyn_transaction2:"
                f" planned {UUID(int=31)}, there is another"
            ),
        ),
    ],
)
def test_a_row_with_other_content_is_a_conflict_that_names_it(
    entity_set: str, row: UUID, column: str, value: object, told: str
) -> None:
    far = written_to(tenant_before())
    far.change(entity_set, row, **{column: value})

    state = state_in(far)

    assert state.conflicts == (told,)
    assert not state.is_complete


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        (WORK_LINE, "priceperunit", Decimal(999)),  # summed up from the details
        (WORK_LINE, "tax", Decimal(1)),
        (GOODS_LINE, "extendedamount", Decimal(7)),
    ],
)
def test_what_the_platform_computes_is_no_conflict(row: UUID, column: str, value: object) -> None:
    far = written_to(tenant_before())
    far.change(LINES, row, **{column: value})

    assert state_in(far).conflicts == ()


def test_a_line_of_which_details_are_missing_is_compared_by_its_lookups_alone() -> None:
    far = written_to(tenant_before())
    far.delete(DETAILS, WORK_DETAIL)
    far.change(LINES, WORK_LINE, quantity=Decimal(5))

    assert state_in(far).conflicts == ()

    far.change(LINES, WORK_LINE, _invoiceid_value=str(UUID(int=99)))

    assert state_in(far).conflicts == (
        (
            f"invoicedetail {WORK_LINE} column invoiceid: planned /invoices({INVOICE}),"
            f" there is {UUID(int=99)}"
        ),
    )


def test_a_number_rounded_to_the_currency_is_the_planned_one() -> None:
    far = written_to(tenant_before())
    third = detail(45, amount=Decimal("266.6667"), price=Decimal(100))
    planned = invoice(line(41, third), id=INVOICE)
    far.change(DETAILS, WORK_DETAIL, msdyn_amount=Decimal("266.67"))
    money = replace(TENANT, money={"msdyn_invoicelinetransaction": frozenset({"msdyn_amount"})})

    plain = read_state(far.client, TENANT, COMPOSER.groups(planned), ())
    rounded = read_state(far.client, money, COMPOSER.groups(planned), ())

    assert plain.conflicts == (
        (
            f"msdyn_invoicelinetransaction {WORK_DETAIL} column msdyn_amount:"
            " planned 266.6667, there is 266.67"
        ),
    )
    assert rounded.conflicts == ()


def test_ids_in_capitals_are_the_planned_ids() -> None:
    far = written_to(tenant_before())
    far.change(CONNECTIONS, WORK_CONNECTION, msdyn_transaction1=str(WORK_DETAIL).upper())

    assert state_in(far).conflicts == ()


def test_a_schedule_row_that_somebody_else_changed_has_drifted() -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_name="renamed")

    state = state_in(far)

    assert state.open_updates == ()
    assert state.drifted == (
        f"msdyn_contractlineinvoiceschedule {ROW} was changed since it was read",
    )


def test_a_schedule_row_that_is_gone_has_drifted() -> None:
    far = tenant_before()
    far.delete(ROWS, ROW)

    assert state_in(far).drifted == (
        f"msdyn_contractlineinvoiceschedule {ROW} was changed since it was read",
    )


def test_a_schedule_row_that_names_another_invoice_than_planned_has_drifted() -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001, _msdyn_invoice_value=str(UUID(int=80)))

    assert len(state_in(far).drifted) == 1
    # The invoice that the row names was asked for: it might have been another runner's of ours.
    assert far.reads[1].path.startswith(
        "invoices?$select=invoiceid,_salesorderid_value,_customerid_value&"
    )


@pytest.mark.parametrize("day", [5, 6])
def test_a_row_set_by_another_runner_of_the_same_run_date_is_done(day: int) -> None:
    twin = keys.invoice_id(TENANT.organization_id, CONTRACT, ACCOUNT, date(2020, 10, day))
    header = {
        "invoiceid": str(twin),
        "_salesorderid_value": str(CONTRACT),
        "_customerid_value": str(ACCOUNT),
    }
    far = tenant_before(invoices=[header])
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001, _msdyn_invoice_value=str(twin))

    state = state_in(far)

    is_of_the_rows_day = day == 5
    assert bool(state.drifted) is not is_of_the_rows_day
    assert state.open_updates == ()


@pytest.mark.parametrize("lookup", ["_salesorderid_value", "_customerid_value"])
def test_an_invoice_without_contract_or_customer_is_no_twin(lookup: str) -> None:
    twin = keys.invoice_id(TENANT.organization_id, CONTRACT, ACCOUNT, date(2020, 10, 5))
    header = {
        "invoiceid": str(twin),
        "_salesorderid_value": str(CONTRACT),
        "_customerid_value": str(ACCOUNT),
        lookup: None,
    }
    far = tenant_before(invoices=[header])
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001, _msdyn_invoice_value=str(twin))

    assert len(state_in(far).drifted) == 1


def test_a_row_that_had_its_run_for_nothing_needs_no_invoice() -> None:
    nothing = replace(UPDATE, invoice_id=None)
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001)

    assert read_state(far.client, TENANT, (), (nothing,)).is_complete


def test_a_row_is_not_done_as_long_as_its_status_is_another_one() -> None:
    far = tenant_before(
        msdyn_contractlineinvoiceschedules=[schedule_row(_msdyn_invoice_value=str(INVOICE))]
    )

    failed = replace(UPDATE, status=RunStatus.FAILED, invoice_id=None)

    assert read_state(far.client, TENANT, (), (failed,)).open_updates == (failed,)


def test_several_invoices_are_read_in_one_go_and_told_apart() -> None:
    other = invoice(line(81, detail(85)), number=80)
    far = written_to(tenant_before())
    groups = (*COMPOSER.groups(PLANNED), *COMPOSER.groups(other))

    there = read_rows_there(far.client, TENANT, groups, (UPDATE,))

    assert len(far.transport.requests) - 1 == 2  # after the change set that wrote the draft
    assert there.state(COMPOSER.groups(PLANNED), (UPDATE,)).is_complete
    own = there.state(COMPOSER.groups(other), ())
    assert not own.has_header
    assert [row.id.int for group in own.missing for row in group.rows] == [80, 81, 85]


def test_more_rows_than_one_list_holds_are_asked_in_several() -> None:
    details = [detail(1000 + n) for n in range(IDS_PER_QUERY + 1)]
    planned = invoice(line(41, *details))
    far = tenant_before()

    existing_rows(far.client, TENANT, COMPOSER.rows(planned))

    asked = [sent.path for sent in far.reads if sent.path.startswith(f"{DETAILS}?")]
    assert [path.count('"') // 2 for path in asked] == [IDS_PER_QUERY, 1]


def test_rows_that_are_kept_whole_are_asked_without_a_selection() -> None:
    far = written_to(tenant_before())

    found = existing_rows(far.client, TENANT, COMPOSER.rows(PLANNED), whole=True)

    assert all("$select" not in sent.path for sent in far.reads)
    assert found["invoices", INVOICE]["billto_city"] == "Berlin"
    assert found[DETAILS, FIXED_DETAIL]["msdyn_amount"] == Decimal(1000)


def test_columns_that_the_tenant_lacks_are_not_asked_for() -> None:
    far = tenant_before()
    plain = replace(TENANT, columns={})

    read_state(far.client, plain, COMPOSER.groups(PLANNED), ())

    [details] = [sent.path for sent in far.reads if sent.path.startswith(f"{DETAILS}?")]
    assert details.partition("&")[0] == (
        f"{DETAILS}?$select=msdyn_invoicelinetransactionid,msdyn_quantity,msdyn_price,"
        "msdyn_amount,msdyn_billingtype,_msdyn_invoice_value,_msdyn_invoicelineid_value"
    )


def test_an_answer_that_lacks_the_run_status_is_no_open_row() -> None:
    far = tenant_before()
    far.absent.add("msdyn_invoicerunstatus")

    state = state_in(far)

    assert state.open_updates == ()
    assert state.drifted == (
        (
            f"msdyn_contractlineinvoiceschedule {ROW} column msdyn_invoicerunstatus:"
            " expected the column in the answer, found None"
        ),
    )


def test_a_run_status_that_nobody_knows_is_told_for_its_row_alone() -> None:
    other = replace(UPDATE, row_id=ids.ScheduleRowId(UUID(int=62)))
    far = tenant_before(
        msdyn_contractlineinvoiceschedules=[
            schedule_row(msdyn_invoicerunstatus=77),
            schedule_row(msdyn_contractlineinvoicescheduleid=str(other.row_id)),
        ]
    )

    state = read_state(far.client, TENANT, (), (UPDATE, other))

    assert state.open_updates == (other,)
    assert state.drifted == (
        (
            f"msdyn_contractlineinvoiceschedule {ROW} column msdyn_invoicerunstatus:"
            " expected one of 192350000 (not-run), 192350001 (run-successful),"
            " 192350002 (run-failed), found 77"
        ),
    )


def test_a_table_that_may_not_be_read_is_told_and_not_taken_for_empty() -> None:
    far = tenant_before()
    far.read_faults = [error(403, "0x80040220", "prvReadInvoice is missing")]

    with pytest.raises(Forbidden):
        state_in(far)


def test_a_draft_is_recognised_by_its_lookups() -> None:
    assert lookups_of(TENANT, "invoices") == (
        "_salesorderid_value",
        "_customerid_value",
        "_customerid_value",
    )
    assert lookups_of(TENANT, CONNECTIONS) == ()
