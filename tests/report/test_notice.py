"""What a message says of a run: a text for people, and fields for programs."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from connector.invoicing.ids import ContractId, InvoiceId
from connector.outcome import DraftFate, UndoReport, UndoStatus
from connector.report.notice import FORMAT, notice_of_failure, notice_of_undo

DAY = date(2020, 10, 5)
PLACE = "https://contoso.crm4.dynamics.com"


def fate(number: int, status: UndoStatus, reason: str | None = None) -> DraftFate:
    return DraftFate(
        contract_id=ContractId(UUID(int=7)),
        invoice_id=InvoiceId(UUID(int=number)),
        name=f"Draft {number}",
        status=status,
        reason=reason,
    )


def test_a_failure_says_which_run_of_which_date_and_why() -> None:
    message = notice_of_failure("R1", DAY, PLACE, "403 no privilege", 4).message()

    assert message == {
        "text": "Run R1 of 2020-10-05 failed\n403 no privilege",
        "format": FORMAT,
        "failed": True,
        "kind": "failure",
        "run_id": "R1",
        "run_date": "2020-10-05",
        "environment": PLACE,
        "exit_code": 4,
        "error": "403 no privilege",
    }


def test_a_failure_before_a_date_was_known_names_none() -> None:
    message = notice_of_failure("R1", None, PLACE, "no", 5).message()

    assert message["text"] == "Run R1 failed\nno"
    assert message["run_date"] is None


def test_an_endless_error_is_shortened_for_people_and_whole_for_programs() -> None:
    error = "x" * 2000

    message = notice_of_failure("R1", DAY, PLACE, error, 4).message()

    assert len(str(message["text"])) < 600
    assert message["error"] == error


def test_drafts_that_stayed_are_told_with_the_reason() -> None:
    fates = (fate(1, UndoStatus.DELETED), fate(2, UndoStatus.REFUSED, "duedate was changed"))
    notice = notice_of_undo(UndoReport(run_id="R1", run_date=DAY, fates=fates), PLACE)

    assert notice.is_failure
    assert notice.lines == ("Drafts: 1 deleted, 1 refused", "Draft 2: duedate was changed")
    assert notice.message()["drafts_by_status"] == {"deleted": 1, "refused": 1}


def test_an_undoing_without_drafts_says_so() -> None:
    notice = notice_of_undo(UndoReport(run_id="R1", run_date=DAY, fates=()), PLACE)

    assert notice.lines == ("Drafts: none",)
    assert not notice.is_failure
