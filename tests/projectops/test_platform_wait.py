"""How long the tenant's action is waited for, on the clock of a fake transport."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from connector.projectops.platform_wait import wait_for_rows
from tests.dataverse.far_side import answer, client_of, scripted
from tests.projectops.small_tenant import small_tenant

if TYPE_CHECKING:
    from connector.dataverse.message import Response
    from connector.projectops.platform_wait import RowsRun
    from tests.dataverse.far_side import FarSide

FIRST, SECOND = UUID(int=1), UUID(int=2)
NOT_RUN, SUCCESSFUL, FAILED = 192350000, 192350001, 192350002


def rows(*statuses: int) -> Response:
    found = [
        {
            "msdyn_contractlineinvoicescheduleid": str(UUID(int=number)),
            "msdyn_invoicerunstatus": status,
        }
        for number, status in enumerate(statuses, start=1)
    ]
    return answer(200, {"value": found})


def waited(*answers: Response) -> tuple[RowsRun, FarSide]:
    client, far = client_of(scripted(*answers))
    return wait_for_rows(client, small_tenant(), [FIRST, SECOND]), far


def test_rows_that_have_run_are_not_waited_for() -> None:
    ended, far = waited(rows(SUCCESSFUL, SUCCESSFUL))

    assert ended.text is None
    assert far.slept == []
    assert len(far.requests) == 1


def test_rows_that_run_later_are_waited_for() -> None:
    ended, far = waited(
        rows(NOT_RUN, NOT_RUN), rows(SUCCESSFUL, NOT_RUN), rows(SUCCESSFUL, SUCCESSFUL)
    )

    assert ended.text is None
    assert far.slept == [1, 2]


def test_a_row_that_failed_ends_the_waiting_and_is_named() -> None:
    ended, far = waited(rows(NOT_RUN, NOT_RUN), rows(NOT_RUN, FAILED))

    assert ended.failed == (SECOND,)
    assert str(SECOND) in (ended.text or "")
    assert far.slept == [1]


def test_after_ten_minutes_it_is_said_what_could_not_be_seen() -> None:
    ended, far = waited(rows(SUCCESSFUL, NOT_RUN))

    assert ended.waiting == (SECOND,)
    assert sum(far.slept) == 600
    assert "1 of its invoice schedule rows had not run 600 s later" in (ended.text or "")
    assert "cannot be seen" in (ended.text or "")


def test_a_row_that_is_gone_has_not_run() -> None:
    ended, _ = waited(rows(SUCCESSFUL))

    assert ended.waiting == (SECOND,)
