"""A draft is taken back as a whole, only in the version that was read, and only if untouched."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import DataverseError, Forbidden
from connector.outcome import UndoStatus
from connector.projectops.fingerprint import draft_print
from connector.projectops.row_state import existing_rows
from connector.projectops.undo import Undoer
from connector.projectops.write import ATTEMPTS
from tests.dataverse.far_side import error
from tests.projectops.one_invoice import (
    ACTUAL,
    COMPOSER,
    CONTRACT,
    GOODS,
    INVOICE,
    MILESTONE,
    PLANNED,
    ROW,
    TENANT,
    UPDATE,
    WORK_CONNECTION,
    WORK_DETAIL,
    invoice,
    plan,
    tenant_before,
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
    from collections.abc import Callable, Mapping

    from connector.invoicing import ids
    from connector.outcome import DraftFate
    from connector.projectops.fingerprint import DraftPrint

ROWS, DETAILS = "msdyn_contractlineinvoiceschedules", "msdyn_invoicelinetransactions"
CONNECTIONS = "msdyn_transactionconnections"


def undoer(
    far: StoredRows,
    *,
    guard: Callable[[], None] = lambda: None,
    begun: set[ids.InvoiceId] | None = None,
    prints: Mapping[ids.InvoiceId, DraftPrint] | None = None,
    claims: bool = False,
    limit: int = 1000,
) -> Undoer:
    return Undoer(
        client=far.client,
        tenant=TENANT,
        composer=COMPOSER,
        guard=guard,
        begin=lambda _: None,
        begun=set() if begun is None else begun,
        prints=prints or {},
        claims=claims,
        limit=limit,
    )


def undone(far: StoredRows, *, claims: bool = False) -> DraftFate:
    [fate] = undoer(far, claims=claims).undo(plan(PLANNED))
    return fate


def whole_draft(far: StoredRows) -> bool:
    sets = ("invoices", "invoicedetails", DETAILS, CONNECTIONS)
    return [len(far.tables[name]) for name in sets] == [1, 3, 2, 2]


def test_a_draft_goes_in_one_change_set_and_its_schedule_row_is_not_run_again() -> None:
    far = written_to(tenant_before())
    etags = {key: row["@odata.etag"] for rows in far.tables.values() for key, row in rows.items()}

    fate = undone(far)

    uid = [str(UUID(int=number)) for number in range(62)]
    assert far.targets == [
        [
            f"PATCH invoices({uid[40]})",
            f"PATCH invoicedetails({uid[41]})",
            f"PATCH invoicedetails({uid[42]})",
            f"PATCH invoicedetails({uid[43]})",
            f"DELETE {CONNECTIONS}({uid[51]})",
            f"DELETE {DETAILS}({uid[45]})",
            f"DELETE {CONNECTIONS}({uid[52]})",
            f"DELETE {DETAILS}({uid[46]})",
            f"PATCH {ROWS}({uid[61]})",
            f"DELETE invoicedetails({uid[41]})",
            f"DELETE invoicedetails({uid[42]})",
            f"DELETE invoicedetails({uid[43]})",
            f"DELETE invoices({uid[40]})",
        ]
    ]
    [sent] = far.change_sets
    # Held to the versions that were read, by an update without effect.
    assert (sent[0].headers, sent[0].body) == (
        {"If-Match": etags[uid[40]]},
        {"name": "Adatum 2020-10-05"},
    )
    assert [item.headers.get("If-Match") for item in sent[1:9]] == [
        etags[uid[number]] for number in (41, 42, 43, 51, 45, 52, 46, 61)
    ]
    assert sent[8].body == {"msdyn_invoicerunstatus": 192350000, "msdyn_Invoice@odata.bind": None}
    assert fate.status is UndoStatus.DELETED
    assert (fate.contract_id, fate.invoice_id, fate.name, fate.reason) == (
        CONTRACT,
        INVOICE,
        "Adatum 2020-10-05",
        None,
    )
    assert far.row(ROWS, ROW)["_msdyn_invoice_value"] is None
    assert far.tables["invoices"] == {}


def test_a_preview_reads_once_and_writes_nothing() -> None:
    far = written_to(tenant_before())
    before = len(far.transport.requests)

    [fate] = undoer(far).preview(plan(PLANNED))

    assert fate.status is UndoStatus.TO_BE_DELETED
    assert len(far.transport.requests) - before == 1
    assert far.change_sets == []


def test_what_we_claimed_is_set_back_by_us() -> None:
    far = written_to(tenant_before())

    undone(far, claims=True)

    released = {sent.path: sent.body for sent in far.change_sets[0] if sent.method == "PATCH"}
    assert released[f"msdyn_actuals({ACTUAL})"] == {"msdyn_billingstatus": 192350004}
    assert released[f"msdyn_contractlinescheduleofvalues({MILESTONE})"] == {
        "msdyn_invoicestatus": 192350001
    }
    assert released[f"salesorderdetails({GOODS})"] == {"msdyn_billingstatus": 192350004}


def test_a_draft_that_was_never_written_is_gone() -> None:
    far = tenant_before()

    assert undone(far).status is UndoStatus.GONE
    assert far.change_sets == []


def test_an_edited_draft_stays_and_says_what_was_edited() -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, billto_city="Bonn")

    fate = undone(far)

    assert fate.status is UndoStatus.REFUSED
    assert fate.reason == f"it was edited: invoices {INVOICE} column billto_city"
    assert far.change_sets == []
    assert whole_draft(far)


def test_a_draft_is_compared_with_how_it_stood_right_after_it_was_written() -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, billto_city="filled by a plug-in")
    rows = COMPOSER.rows(PLANNED)
    found = existing_rows(far.client, TENANT, rows, whole=True)
    prints = {INVOICE: draft_print(TENANT, INVOICE, rows, found)}

    [before] = undoer(far).preview(plan(PLANNED))
    [kept] = undoer(far, prints=prints).preview(plan(PLANNED))
    far.change("invoices", INVOICE, billto_city="Bonn")
    [edited] = undoer(far, prints=prints).preview(plan(PLANNED))

    assert (before.status, kept.status) == (UndoStatus.REFUSED, UndoStatus.TO_BE_DELETED)
    assert edited.reason == f"it was edited: invoices {INVOICE} column billto_city"


def test_a_draft_edited_between_reading_and_deleting_stays() -> None:
    far = written_to(tenant_before())
    far.faults = [meanwhile(lambda there: there.change("invoices", INVOICE, billto_city="Bonn"))]

    fate = undone(far)

    assert fate.status is UndoStatus.REFUSED
    assert whole_draft(far)
    assert len(far.change_sets) == 1


def test_a_lost_answer_is_settled_by_reading_that_the_draft_is_gone() -> None:
    far = written_to(tenant_before())
    far.faults = [carried_out_but_lost]

    assert undone(far).status is UndoStatus.DELETED
    assert len(far.change_sets) == 1


def test_what_was_lost_before_it_acted_is_tried_again_and_then_told() -> None:
    far = written_to(tenant_before())
    far.faults = [lost_before_it_acted] * ATTEMPTS

    fate = undone(far)

    assert fate.status is UndoStatus.FAILED
    assert "no whole answer" in (fate.reason or "")
    assert len(far.change_sets) == ATTEMPTS
    assert whole_draft(far)


def test_a_refused_deletion_is_told_and_not_tried_again() -> None:
    far = written_to(tenant_before())
    far.faults = [refused(403, "0x80040220", "prvDeleteInvoice is missing")]

    fate = undone(far)

    assert fate.status is UndoStatus.FAILED
    assert "prvDeleteInvoice is missing" in (fate.reason or "")
    assert len(far.change_sets) == 1
    assert whole_draft(far)


def test_a_draft_that_cannot_be_read_is_told_and_left() -> None:
    far = written_to(tenant_before())
    far.read_faults = [error(403, "0x80040220", "prvReadInvoice is missing")]

    fate = undone(far)

    assert fate.status is UndoStatus.FAILED
    assert "prvReadInvoice is missing" in (fate.reason or "")
    assert far.change_sets == []


def test_sources_that_are_not_ready_again_are_named_with_the_deleted_draft() -> None:
    far = written_to(tenant_before())
    far.change("msdyn_actuals", ACTUAL, msdyn_billingstatus=192350001)

    fate = undone(far)

    assert fate.status is UndoStatus.DELETED
    assert fate.reason is not None
    assert fate.reason.startswith("1 of its sources are not ready to be invoiced again")
    assert str(ACTUAL) in fate.reason


def test_a_large_draft_goes_in_several_change_sets_and_is_marked_as_begun() -> None:
    far = written_to(tenant_before())
    begun: set[ids.InvoiceId] = set()

    [fate] = undoer(far, begun=begun, limit=6).undo(plan(PLANNED))

    assert fate.status is UndoStatus.DELETED
    assert begun == {INVOICE}
    assert [[target.split(" ")[0] for target in part] for part in far.targets] == [
        ["PATCH"] * 4 + ["DELETE"] * 2,
        ["DELETE"] * 2,
        ["PATCH"] + ["DELETE"] * 4,
    ]
    assert far.tables["invoices"] == {}


def test_the_begun_taking_back_of_a_large_draft_is_finished() -> None:
    far = written_to(tenant_before())
    far.delete(CONNECTIONS, WORK_CONNECTION)
    far.delete(DETAILS, WORK_DETAIL)

    [refusal] = undoer(far).preview(plan(PLANNED))
    [fate] = undoer(far, begun={INVOICE}).undo(plan(PLANNED))

    assert refusal.reason == "it was edited: 2 of its rows are not there any more"
    assert fate.status is UndoStatus.DELETED
    assert far.tables["invoices"] == {}


def test_a_large_draft_of_which_a_part_is_refused_stops_there() -> None:
    far = written_to(tenant_before())
    far.faults = [meanwhile(lambda _: None), refused(400)]

    [fate] = undoer(far, limit=6).undo(plan(PLANNED))

    assert fate.status is UndoStatus.FAILED
    assert len(far.change_sets) == 2
    assert far.has("invoices", INVOICE)
    assert not far.has(DETAILS, WORK_DETAIL)


def test_a_run_that_may_not_write_any_more_deletes_nothing() -> None:
    far = written_to(tenant_before())

    def guard() -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        undoer(far, guard=guard).undo(plan(PLANNED))
    assert far.change_sets == []


NOTHING_BILLED = plan(updates=(replace(UPDATE, invoice_id=None),))


def test_a_row_that_ran_for_nothing_is_not_run_again() -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001)

    assert undoer(far).undo(NOTHING_BILLED) == ()

    [[sent]] = far.change_sets
    assert (sent.target, sent.headers) == (f"PATCH {ROWS}({ROW})", {"If-Match": 'W/"2"'})
    assert far.row(ROWS, ROW)["msdyn_invoicerunstatus"] == 192350000


@pytest.mark.parametrize(
    ("status", "invoice", "is_reset"),
    [
        (192350001, None, True),
        (192350002, None, True),  # failed: the run or its person said so
        (192350000, None, False),
        (192350001, str(UUID(int=99)), False),
        (192350002, str(UUID(int=99)), False),
    ],
)
def test_only_rows_that_say_what_the_run_made_them_say_are_reset(
    status: int, invoice: str | None, *, is_reset: bool
) -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=status, _msdyn_invoice_value=invoice)

    undoer(far).undo(NOTHING_BILLED)

    assert bool(far.change_sets) is is_reset


def test_a_row_reset_that_is_refused_is_raised_and_one_in_doubt_is_left() -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350001)
    far.faults = [lost_before_it_acted, refused(403, "0x80040220", "no")]

    undoer(far).undo(NOTHING_BILLED)

    with pytest.raises(Forbidden):
        undoer(far).undo(NOTHING_BILLED)


def test_a_failure_of_the_whole_batch_is_told_like_one_of_its_operations() -> None:
    far = written_to(tenant_before())
    far.faults = [lambda _far, _request: DataverseError("no sense in it")]

    fate = undone(far)

    assert (fate.status, fate.reason) == (UndoStatus.FAILED, "no sense in it")


def test_a_failed_row_of_an_invoice_of_which_nothing_stands_is_told() -> None:
    far = tenant_before()
    far.change(ROWS, ROW, msdyn_invoicerunstatus=192350002)

    fate = undone(far)

    assert fate.status is UndoStatus.REFUSED
    assert fate.reason == "it was edited: 8 of its rows are not there any more"


def test_a_draft_with_a_status_that_nobody_knows_stays_and_the_others_go_on() -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, msdyn_projectinvoicestatus=77)

    fates = undoer(far).undo(plan(PLANNED, invoice(number=80), updates=()))

    assert [fate.status for fate in fates] == [UndoStatus.FAILED, UndoStatus.GONE]
    assert fates[0].reason is not None
    assert fates[0].reason.startswith(
        f"invoice {INVOICE} column msdyn_projectinvoicestatus: expected one of 192350000 (draft)"
    )
    assert fates[0].reason.endswith("found 77")
    assert far.change_sets == []
