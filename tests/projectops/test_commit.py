"""Change sets go out one after the other, and the first that fails ends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Duplicate,
    NotSent,
    PreconditionFailed,
    Refused,
    ServerFault,
    Throttled,
)
from connector.dataverse.message import Headers, Response
from connector.dataverse.operations import request_update
from connector.projectops.change_sets import Claim, PlannedRow, RowGroup
from connector.projectops.commit import Committer, is_to_settle
from connector.projectops.write_dialect import KnownDialect, WriteDialect
from tests.dataverse.far_side import FarSide, client_of, error, multipart

if TYPE_CHECKING:
    from collections.abc import Callable

    from connector.dataverse.message import Request

LAST = request_update("schedulerows", UUID(int=99), {"status": 1})
RULE = error(400, "0x80040265", "a plug-in says no")
FORM = error(400, "0x80060888", "If-None-Match is not supported")


def group(number: int, rows: int = 1, *, claims: bool = False) -> RowGroup:
    return RowGroup(
        rows=tuple(
            PlannedRow(set="details", key="detailid", id=UUID(int=100 * number + row), row={})
            for row in range(rows)
        ),
        claims=(Claim(set="actuals", id=UUID(int=number), row={"status": 2}),) if claims else (),
    )


def committed(request: Request) -> Response:
    """The answer that all operations of a change set were carried out."""
    count = (request.body or b"").count(b"HTTP/1.1")
    part = b"Content-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"
    inner = b"".join(b"--c\r\n" + part + b"\r\n" for _ in range(count)) + b"--c--\r\n"
    outer = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n" + inner + b"--b--\r\n"
    kind = Headers((("Content-Type", "multipart/mixed; boundary=b"),))
    return Response(status=200, headers=kind, body=outer)


def answering(*outcomes: Response | DataverseError | None) -> Callable[[Request], Response]:
    """The outcomes in order, None for a change set that was taken; then nothing but those."""
    waiting = list(outcomes)

    def app(request: Request) -> Response:
        outcome = waiting.pop(0) if waiting else None
        if isinstance(outcome, DataverseError):
            raise outcome
        return committed(request) if outcome is None else multipart(outcome)

    return app


def committer(
    *outcomes: Response | DataverseError | None,
    limit: int = 1000,
    claims: bool = False,
    known: KnownDialect | None = None,
) -> tuple[Committer, FarSide]:
    client, far = client_of(answering(*outcomes))
    dialect = WriteDialect(known or KnownDialect(), claims=claims)
    made = Committer(client=client, dialect=dialect, guard=lambda: None, limit=limit)
    return made, far


def operations(request: Request) -> list[str]:
    """Method and entity set of each operation of a change set."""
    found = re.findall(rb"(PATCH|POST) \S*/(\w+)[ (]", request.body or b"")
    return [f"{method.decode()} {name.decode()}" for method, name in found]


def test_everything_that_fits_goes_into_one_change_set_and_the_schedule_rows_come_last() -> None:
    made, far = committer()

    assert made.send([group(1), group(2, rows=2)], [LAST]) is None
    assert [operations(request) for request in far.requests] == [
        ["PATCH details", "PATCH details", "PATCH details", "PATCH schedulerows"]
    ]


def test_what_does_not_fit_goes_in_order_and_no_group_is_parted() -> None:
    made, far = committer(limit=3)

    assert made.send([group(1, rows=2), group(2, rows=2), group(3)], [LAST]) is None
    assert [len(operations(request)) for request in far.requests] == [2, 3, 1]
    assert operations(far.requests[-1]) == ["PATCH schedulerows"]


@pytest.mark.parametrize(("limit", "several"), [(3, False), (2, True)])
def test_an_invoice_needs_several_change_sets_above_the_limit(limit: int, *, several: bool) -> None:
    made, far = committer(limit=limit)

    assert made.needs_several([group(1), group(2)], [LAST]) is several
    assert far.requests == []


def test_the_first_failure_is_told_and_nothing_follows_it() -> None:
    made, far = committer(None, RULE, limit=1)

    found = made.send([group(1), group(2), group(3)], [LAST])

    assert isinstance(found, BadRequest)
    assert found.message == "a plug-in says no"
    assert len(far.requests) == 2


def test_a_run_that_may_not_write_any_more_stops_before_the_next_change_set() -> None:
    made, far = committer(limit=1)
    left = iter([None])

    def guard() -> None:
        if next(left, "over") == "over":
            raise PermissionError

    guarded = Committer(client=made.client, dialect=made.dialect, guard=guard, limit=1)

    with pytest.raises(PermissionError):
        guarded.send([group(1), group(2)], [])
    assert len(far.requests) == 1


def test_another_form_is_tried_where_the_usual_one_is_refused_and_remembered() -> None:
    made, far = committer(FORM)

    assert made.send([group(1)], []) is None
    assert [operations(request) for request in far.requests] == [
        ["PATCH details"],
        ["POST details"],
    ]
    assert made.dialect.known == KnownDialect(posted=frozenset({"details"}))

    assert made.send([group(2)], []) is None
    assert operations(far.requests[2]) == ["POST details"]


def test_a_try_that_ends_unclear_is_what_the_caller_has_to_settle() -> None:
    made, far = committer(FORM, *[Ambiguous("lost")] * 50)

    assert isinstance(made.send([group(1)], []), Ambiguous)
    assert len(far.requests) > 1
    assert made.dialect.known == KnownDialect()


def test_when_no_form_is_taken_the_first_refusal_is_told() -> None:
    made, _ = committer(FORM, RULE, RULE, RULE)

    found = made.send([group(1)], [])

    assert isinstance(found, BadRequest)
    assert found.code == "0x80060888"


def test_sources_are_claimed_along_until_the_tenant_refuses_it() -> None:
    made, far = committer(None, claims=True)
    assert made.send([group(1, claims=True)], []) is None
    assert operations(far.requests[0]) == ["PATCH details", "PATCH actuals"]

    refusing, far = committer(RULE, claims=True)
    assert refusing.send([group(1, claims=True)], []) is None
    assert operations(far.requests[1]) == ["PATCH details"]
    assert refusing.dialect.claims_were_refused


def refused(kind: type[Refused], status: int) -> Refused:
    return kind("no", request=None, status=status)


@pytest.mark.parametrize(
    ("found", "settle"),
    [
        (Ambiguous("lost"), True),
        (Ambiguous("lost", may_have_acted=True), True),
        (refused(Duplicate, 412), True),
        (refused(PreconditionFailed, 412), True),
        (refused(Refused, 409), True),
        (ServerFault("broken", request=None, status=500, may_have_acted=True), True),
        (ServerFault("broken", request=None, status=500), False),
        (refused(Refused, 403), False),
        (refused(BadRequest, 400), False),
        (NotSent("no connection"), False),
        (Throttled("busy"), False),
    ],
)
def test_only_the_tenants_own_rows_can_say_what_became_of_an_unclear_request(
    found: DataverseError, *, settle: bool
) -> None:
    assert is_to_settle(found) is settle
