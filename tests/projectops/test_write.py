"""Each invoice is written exactly once, whatever the tenant answers or does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import BadRequest, DataverseError, Forbidden, NotSent
from connector.dataverse.retry import RetryPolicy
from connector.invoicing import ids
from connector.invoicing.choices import RunStatus
from connector.invoicing.plan import ScheduleUpdate
from connector.outcome import InvoiceStatus
from connector.projectops.compose import Composer
from connector.projectops.row_state import read_rows_there
from connector.projectops.write import ATTEMPTS
from connector.projectops.written import Begun
from tests.dataverse.far_side import error
from tests.projectops.one_invoice import (
    COMPOSER,
    FIXED,
    FIXED_PLAN,
    INVOICE,
    PLANNED,
    ROW,
    TENANT,
    UPDATE,
    WORK_CONNECTION,
    WORK_DETAIL,
    Heard,
    detail,
    invoice,
    line,
    plan,
    schedule_row,
    tenant_before,
    writer_to,
    written_to,
)
from tests.projectops.stored_rows import (
    StoredRows,
    carried_out_but_lost,
    lost_before_it_acted,
    meanwhile,
    refused,
)

if TYPE_CHECKING:
    from connector.dataverse.message import Request, Response
    from connector.outcome import InvoiceOutcome
    from connector.projectops.written import Written
    from tests.dataverse.far_side import App
    from tests.projectops.stored_rows import Fault

ROWS, DETAILS = "msdyn_contractlineinvoiceschedules", "msdyn_invoicelinetransactions"
CONNECTIONS = "msdyn_transactionconnections"
MISSING_PRIVILEGE = refused(
    403, "0x80040220", "Principal user is missing prvCreateInvoice privilege for entity 'invoice'"
)


def only(written: Written) -> InvoiceOutcome:
    [outcome] = written.outcomes
    return outcome


def status_of_row(far: StoredRows, row: UUID = ROW) -> tuple[object, object]:
    there = far.row(ROWS, row)
    return there["msdyn_invoicerunstatus"], there["_msdyn_invoice_value"]


def test_an_invoice_and_its_schedule_row_are_written_in_one_change_set() -> None:
    far, heard = tenant_before(), Heard()

    written = writer_to(far, heard).write(plan(PLANNED))

    uid = [str(UUID(int=number)) for number in range(62)]
    assert far.targets == [
        [
            f"PATCH invoices({uid[40]})",
            f"PATCH invoicedetails({uid[41]})",
            f"PATCH invoicedetails({uid[42]})",
            f"PATCH invoicedetails({uid[43]})",
            f"PATCH {DETAILS}({uid[45]})",
            f"PATCH {CONNECTIONS}({uid[51]})",
            f"PATCH {DETAILS}({uid[46]})",
            f"PATCH {CONNECTIONS}({uid[52]})",
            f"PATCH {ROWS}({uid[61]})",
        ]
    ]
    [sent] = far.change_sets
    assert [item.headers for item in sent[:-1]] == [{"If-None-Match": "*"}] * 8
    assert sent[-1].headers == {"If-Match": 'W/"1"'}
    assert sent[-1].body == {
        "msdyn_invoicerunstatus": 192350001,
        "msdyn_Invoice@odata.bind": f"/invoices({INVOICE})",
    }
    assert [item.content_id for item in sent] == [str(number) for number in range(1, 10)]
    assert far.reads == []  # nothing is asked before a first writing
    assert (only(written).status, written.warnings, written.halts) == (
        InvoiceStatus.WRITTEN,
        (),
        None,
    )
    assert status_of_row(far) == (192350001, str(INVOICE))
    assert (heard.begun, heard.outcomes) == ([INVOICE], [only(written)])


def test_the_sources_are_claimed_right_after_what_bills_them() -> None:
    far = tenant_before()

    writer_to(far, claims=True).write(plan(PLANNED))

    sets = [sent.path.partition("(")[0] for sent in far.change_sets[0]]
    assert sets == [
        *("invoices", "invoicedetails", "invoicedetails", "invoicedetails", "salesorderdetails"),
        *(DETAILS, CONNECTIONS, "msdyn_actuals"),
        *(DETAILS, CONNECTIONS, "msdyn_contractlinescheduleofvalues", ROWS),
    ]
    assert far.row("msdyn_actuals", UUID(int=31))["msdyn_billingstatus"] == 192350001


def test_a_second_writing_of_the_same_plan_changes_nothing() -> None:
    far = written_to(tenant_before())
    before = dict(far.row("invoices", INVOICE))

    written = writer_to(far).write(plan(PLANNED))

    assert only(written).status is InvoiceStatus.ALREADY_WRITTEN
    assert far.row("invoices", INVOICE) == before
    assert len(far.change_sets) == 1  # refused as a duplicate, and then settled by reading


def test_a_lost_answer_is_settled_by_reading_and_not_sent_again() -> None:
    far = tenant_before()
    far.faults = [carried_out_but_lost]

    written = writer_to(far).write(plan(PLANNED))

    assert only(written).status is InvoiceStatus.WRITTEN
    assert len(far.change_sets) == 1
    assert next(sent.path.partition("?")[0] for sent in far.reads) == ROWS


def test_what_was_lost_before_it_acted_is_sent_again_as_a_whole() -> None:
    far = tenant_before()
    far.faults = [lost_before_it_acted]

    written = writer_to(far).write(plan(PLANNED))

    assert only(written).status is InvoiceStatus.WRITTEN
    assert len(far.targets) == 2
    assert far.targets[0] == far.targets[1]
    assert status_of_row(far) == (192350001, str(INVOICE))


def test_an_invoice_that_stays_unclear_is_open_and_its_schedule_row_is_not_touched() -> None:
    far = tenant_before()
    far.faults = [lost_before_it_acted] * ATTEMPTS

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert (outcome.status, outcome.is_open) == (InvoiceStatus.FAILED, True)
    assert outcome.error == "the invoice is still incomplete after 3 attempts"
    assert len(far.targets) == ATTEMPTS
    assert status_of_row(far) == (192350000, None)


def test_a_refused_invoice_fails_and_its_schedule_row_says_so() -> None:
    far = tenant_before()
    far.faults = [refused(400)]

    written = writer_to(far).write(plan(PLANNED))

    outcome = only(written)
    assert (outcome.status, outcome.is_open) == (InvoiceStatus.FAILED, False)
    assert "400 0x80040265 a plug-in says no" in (outcome.error or "")
    [sent] = far.change_sets[-1]
    assert (sent.target, sent.headers) == (f"PATCH {ROWS}({ROW})", {"If-Match": 'W/"1"'})
    assert sent.body == {"msdyn_invoicerunstatus": 192350002}
    assert status_of_row(far) == (192350002, None)
    assert not far.has("invoices", INVOICE)
    assert written.halts is None


def test_a_missing_privilege_says_nothing_about_the_draft_and_leaves_its_row_alone() -> None:
    far = tenant_before()
    far.faults = [MISSING_PRIVILEGE]

    written = writer_to(far).write(plan(PLANNED))

    assert isinstance(written.forbidden, Forbidden)
    assert (only(written).status, only(written).is_open) == (InvoiceStatus.FAILED, True)
    assert len(far.change_sets) == 1
    assert status_of_row(far) == (192350000, None)


def test_a_contract_of_which_something_was_written_is_not_forbidden() -> None:
    far = tenant_before()
    far.faults = [meanwhile(lambda _: None), MISSING_PRIVILEGE]
    other = invoice(line(81, detail(85)), number=80)

    written = writer_to(far).write(plan(PLANNED, other))

    assert [outcome.status for outcome in written.outcomes] == [
        InvoiceStatus.WRITTEN,
        InvoiceStatus.FAILED,
    ]
    assert written.forbidden is None


def test_a_property_that_the_tenant_does_not_have_halts_everything() -> None:
    text = "An undeclared property 'contoso_x' which only has property annotations was found"
    far = tenant_before()
    # Refused in each form in which rows could be written.
    far.faults = [refused(400, "0x80048d19", text)] * 5

    written = writer_to(far).write(plan(PLANNED))

    assert isinstance(written.halts, BadRequest)
    assert only(written).is_open
    assert status_of_row(far) == (192350000, None)
    assert far.targets[-1][-1] == f"PATCH {ROWS}({ROW})"  # never the failed status by itself


def test_a_tenant_that_is_not_reached_halts_everything() -> None:
    far = tenant_before()
    far.faults = [lambda _far, _request: NotSent("no connection", permanent=True)]

    written = writer_to(far).write(plan(PLANNED))

    assert isinstance(written.halts, NotSent)
    assert status_of_row(far) == (192350000, None)


def test_a_row_of_ours_with_other_content_is_a_conflict_and_is_not_overwritten() -> None:
    far = written_to(tenant_before())
    far.change(DETAILS, WORK_DETAIL, msdyn_amount=1)

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert outcome.status is InvoiceStatus.CONFLICT
    assert outcome.error == (
        f"msdyn_invoicelinetransaction {WORK_DETAIL} column msdyn_amount: planned 800, there is 1"
    )
    assert far.row(DETAILS, WORK_DETAIL)["msdyn_amount"] == 1


def test_a_schedule_row_changed_meanwhile_takes_the_whole_invoice_back() -> None:
    far = tenant_before()
    far.faults = [meanwhile(lambda there: there.change(ROWS, ROW, msdyn_name="renamed"))]

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert outcome.status is InvoiceStatus.DRIFTED
    assert outcome.error == (
        f"msdyn_contractlineinvoiceschedule {ROW} was changed since it was read"
    )
    assert not far.has("invoices", INVOICE)


def test_another_runner_that_writes_the_same_invoice_first_leaves_nothing_to_do() -> None:
    far = tenant_before()
    far.faults = [meanwhile(written_to)]

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert outcome.status is InvoiceStatus.ALREADY_WRITTEN


def test_a_draft_that_was_finished_and_lost_rows_since_is_left_as_it_is() -> None:
    far = written_to(tenant_before())
    far.delete(CONNECTIONS, WORK_CONNECTION)

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert outcome.status is InvoiceStatus.CONFLICT
    assert outcome.error == (
        "the invoice was finished without 1 of the planned rows; they are left as they are"
    )
    assert not far.has(CONNECTIONS, WORK_CONNECTION)


def test_a_finished_draft_that_somebody_deleted_is_not_made_again() -> None:
    far = written_to(tenant_before())
    for entity_set in ("invoices", "invoicedetails", DETAILS, CONNECTIONS):
        far.tables[entity_set].clear()

    outcome = only(writer_to(far).write(plan(PLANNED), Begun(ids=frozenset({INVOICE}))))

    assert outcome.status is InvoiceStatus.CONFLICT
    assert outcome.error == (
        "the invoice was finished, and now lacks 8 of the planned rows; they are left as they are"
    )
    assert far.change_sets == []


def test_a_large_invoice_goes_in_several_change_sets_with_the_schedule_row_in_the_last() -> None:
    far = tenant_before()

    written = writer_to(far, limit=3).write(plan(PLANNED))

    assert [len(change_set) for change_set in far.targets] == [3, 3, 3]
    assert [target.partition("(")[0] for target in far.targets[2]] == [
        f"PATCH {DETAILS}",
        f"PATCH {CONNECTIONS}",
        f"PATCH {ROWS}",
    ]
    assert only(written).status is InvoiceStatus.WRITTEN


def test_a_large_invoice_that_was_interrupted_is_finished_from_where_it_stands() -> None:
    far = tenant_before()
    far.faults = [meanwhile(lambda _: None), lost_before_it_acted]

    written = writer_to(far, limit=3).write(plan(PLANNED))

    assert only(written).status is InvoiceStatus.WRITTEN
    assert [len(change_set) for change_set in far.targets] == [3, 3, 3, 3]
    assert far.targets[2] == far.targets[1]  # the first part stands, and is not sent again
    assert status_of_row(far) == (192350001, str(INVOICE))


def test_a_begun_invoice_is_looked_at_before_anything_is_sent() -> None:
    far = written_to(tenant_before())
    heard = Heard()

    written = writer_to(far, heard).write(plan(PLANNED), Begun(ids=frozenset({INVOICE})))

    assert only(written).status is InvoiceStatus.ALREADY_WRITTEN
    assert far.change_sets == []
    assert heard.begun == []


def test_of_a_begun_invoice_only_what_is_missing_is_sent() -> None:
    far = tenant_before()
    writer_to(far, limit=3).committer.send(COMPOSER.groups(PLANNED)[:4], ())
    far.change_sets.clear()

    written = writer_to(far).write(plan(PLANNED), Begun(ids=frozenset({INVOICE})))

    assert [target.partition("(")[0] for target in far.targets[0]] == [
        f"PATCH {DETAILS}",
        f"PATCH {CONNECTIONS}",
        f"PATCH {DETAILS}",
        f"PATCH {CONNECTIONS}",
        f"PATCH {ROWS}",
    ]
    assert only(written).status is InvoiceStatus.WRITTEN


def test_what_was_seen_of_a_begun_invoice_is_not_read_again() -> None:
    far = written_to(tenant_before())
    there = read_rows_there(far.client, TENANT, COMPOSER.groups(PLANNED), (UPDATE,))
    far.reads.clear()

    written = writer_to(far).write(plan(PLANNED), Begun(ids=frozenset({INVOICE}), there=there))

    assert only(written).status is InvoiceStatus.ALREADY_WRITTEN
    assert far.reads == []


def test_a_schedule_row_waits_for_the_last_invoice_that_bills_its_line() -> None:
    far = tenant_before()
    second = invoice(line(81, detail(85, connection_id=ids.ConnectionId(UUID(int=86)))), number=80)

    writer_to(far).write(plan(PLANNED, second))

    assert f"PATCH {ROWS}({ROW})" not in far.targets[0]
    assert far.targets[1][-1] == f"PATCH {ROWS}({ROW})"


def test_a_schedule_row_of_a_failed_invoice_is_not_set_by_the_next_one() -> None:
    far = tenant_before()
    # Without the schedule row the client itself may send a change set again.
    far.faults += [lost_before_it_acted] * ATTEMPTS * RetryPolicy().attempts
    second = invoice(line(81, detail(85, connection_id=ids.ConnectionId(UUID(int=86)))), number=80)

    written = writer_to(far).write(plan(PLANNED, second))

    assert [outcome.status for outcome in written.outcomes] == [
        InvoiceStatus.FAILED,
        InvoiceStatus.WRITTEN,
    ]
    assert status_of_row(far) == (192350000, None)


def test_a_row_whose_line_bills_nothing_is_set_by_itself() -> None:
    other = ids.ScheduleRowId(UUID(int=62))
    empty = ScheduleUpdate(
        row_id=other,
        status=RunStatus.SUCCESSFUL,
        invoice_id=None,
        etag='W/"1"',
        contract_line_id=FIXED,
    )
    key = "msdyn_contractlineinvoicescheduleid"
    far = tenant_before(**{ROWS: [schedule_row(), schedule_row(**{key: str(other)})]})

    written = writer_to(far).write(plan(updates=(empty,)))

    assert far.targets == [[f"PATCH {ROWS}({other})"]]
    assert status_of_row(far, other) == (192350001, None)
    assert (written.outcomes, written.warnings) == ((), ())


@pytest.mark.parametrize(
    ("fault", "warns"),
    [(carried_out_but_lost, False), (lost_before_it_acted, True), (refused(403), True)],
)
def test_a_row_that_could_not_be_set_is_a_warning_unless_only_the_answer_was_lost(
    fault: Fault, *, warns: bool
) -> None:
    far = tenant_before()
    far.faults = [fault]

    written = writer_to(far).write(plan(updates=(replace(UPDATE, invoice_id=None),)))

    assert [warning.code for warning in written.warnings] == ["schedule-row-not-updated"] * warns
    assert all(str(ROW) in warning.text for warning in written.warnings)


def test_a_row_that_cannot_even_be_read_back_is_a_warning_with_the_first_error() -> None:
    far = tenant_before()
    far.faults = [lost_before_it_acted]
    far.tables[ROWS] = {}
    writer = writer_to(far)
    far.transport.app = _unreadable(far)

    written = writer.write(plan(updates=(replace(UPDATE, invoice_id=None),)))

    [warning] = written.warnings
    assert "no whole answer" in warning.text


def _unreadable(far: StoredRows) -> App:
    """The tenant of *far*, in which nothing can be read."""
    inner = far.transport.app

    def app(request: Request) -> Response | DataverseError:
        is_read = request.method == "GET" or b"GET " in (request.body or b"")
        return error(403, "0x80040220", "no") if is_read else inner(request)

    return app


def test_a_draft_with_shortened_texts_is_a_warning_that_names_the_columns() -> None:
    far = tenant_before()
    tenant = replace(TENANT, lengths={"invoice": {"name": 6}})
    writer = replace(writer_to(far), tenant=tenant, composer=Composer(tenant))

    [warning] = writer.write(plan(PLANNED)).warnings

    assert (warning.code, warning.subject) == ("text-shortened", INVOICE)
    assert warning.text == (
        f"invoice {INVOICE} has shortened texts: invoice.name (17 characters, it holds 6)"
    )


def test_a_tenant_that_refuses_conditional_creates_gets_rows_by_post() -> None:
    no_condition = refused(400, "0x80060888", "If-None-Match is not supported")
    far = tenant_before()
    far.faults = [no_condition] * 4

    written = writer_to(far).write(plan(PLANNED))

    assert only(written).status is InvoiceStatus.WRITTEN
    created = [sent for sent in far.change_sets[-1] if sent.method == "POST"]
    assert [sent.path for sent in created] == [
        "invoices",
        *["invoicedetails"] * 3,
        *[DETAILS, CONNECTIONS] * 2,
    ]
    assert created[0].body is not None
    assert created[0].body["invoiceid"] == str(INVOICE)
    assert far.change_sets[-1][-1].headers == {"If-Match": 'W/"1"'}


def test_a_draft_that_continues_another_one_is_looked_at_first() -> None:
    far = tenant_before()

    writer_to(far).write(plan(replace(invoice(FIXED_PLAN), continues=True)))

    assert far.reads != []
    assert far.has("invoices", INVOICE)


def test_a_row_that_makes_no_sense_fails_its_invoice_and_the_next_one_goes_on() -> None:
    far = tenant_before()
    far.faults = [lost_before_it_acted]
    far.absent.add("invoiceid")
    other = invoice(line(81, detail(85, connection_id=ids.ConnectionId(UUID(int=86)))), number=80)
    far.put("invoices", {"invoiceid": str(INVOICE)})

    written = writer_to(far).write(plan(PLANNED, other, updates=(UPDATE,)))

    first, second = written.outcomes
    assert (first.status, first.is_open) == (InvoiceStatus.FAILED, True)
    assert "column invoiceid: expected the column in the answer" in (first.error or "")
    assert second.status is InvoiceStatus.WRITTEN
    assert status_of_row(far) == (192350000, None)


def test_a_schedule_row_with_a_status_that_nobody_knows_ends_its_contract_alone() -> None:
    far = tenant_before()
    far.faults = [meanwhile(lambda there: there.change(ROWS, ROW, msdyn_invoicerunstatus=77))]

    outcome = only(writer_to(far).write(plan(PLANNED)))

    assert outcome.status is InvoiceStatus.DRIFTED
    assert outcome.error is not None
    assert f"{ROW} column msdyn_invoicerunstatus" in outcome.error
    assert outcome.error.endswith("found 77")
