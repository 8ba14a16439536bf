"""The client against a tenant that is one function: reading, writing, and bad answers."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from connector.dataverse.client import WhoAmI
from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Duplicate,
    MalformedAnswer,
    MalformedValue,
    NotFound,
    NotSent,
    PreconditionFailed,
    ServerFault,
    Throttled,
    Unauthorized,
)
from connector.dataverse.message import Method, Request, Response, RetrySafety
from connector.dataverse.query import Query, field, in_list
from connector.dataverse.retry import RetryPolicy
from tests.dataverse.far_side import ROOT, answer, client_of, error, multipart, scripted

ID = UUID("11111111-2222-3333-4444-555555555555")
ACCOUNTS = Query(entity_set="accounts", select=("name",))
MISSING = error(404, "0x80040217", f"account With Id = {ID} Does Not Exist")


def test_who_am_i_tells_user_organisation_and_business_unit() -> None:
    body = {"UserId": str(ID), "OrganizationId": str(UUID(int=1)), "BusinessUnitId": str(ID)}
    client, far = client_of(scripted(answer(200, body)))

    assert client.who_am_i() == WhoAmI(user_id=ID, organization_id=UUID(int=1), business_unit_id=ID)
    assert far.requests[0].path == "WhoAmI()"


def test_who_am_i_without_ids_raises() -> None:
    client, _ = client_of(scripted(answer(200, {})))

    with pytest.raises(MalformedValue, match="GUID"):
        client.who_am_i()


def test_a_single_row_is_read_with_exact_numbers() -> None:
    client, far = client_of(scripted(answer(200, b'{"revenue":10.50}')))

    row = client.get("accounts", ID, select=("revenue",), annotations=("*",))

    assert row == {"revenue": Decimal("10.50")}
    assert far.requests[0].path == f"accounts({ID})?$select=revenue"
    assert far.requests[0].header("prefer") == 'odata.include-annotations="*"'


def test_a_row_that_is_proven_missing_is_none() -> None:
    client, _ = client_of(scripted(MISSING))

    assert client.get("accounts", ID) is None


@pytest.mark.parametrize(
    "missing",
    [
        error(404, "0x8006088a", "Resource not found for the segment 'acounts'."),
        answer(404, b"<html>gateway</html>"),
        answer(404, b""),
    ],
)
def test_a_404_that_proves_nothing_about_the_row_raises(missing: Response) -> None:
    client, _ = client_of(scripted(missing))

    with pytest.raises(NotFound):
        client.get("accounts", ID)


def test_a_created_row_tells_its_id() -> None:
    link = ("OData-EntityId", f"{ROOT}accounts({ID})")
    client, _ = client_of(scripted(answer(204, headers=(link,))))

    assert client.create("accounts", {"name": "A"}) == ID


@pytest.mark.parametrize("link", ["", "nonsense", f"{ROOT}accounts(name='x')"])
def test_a_created_row_without_id_may_exist_all_the_same(link: str) -> None:
    client, _ = client_of(scripted(answer(204, headers=(("OData-EntityId", link),))))

    with pytest.raises(MalformedAnswer) as raised:
        client.create("accounts", {"name": "A"})
    assert raised.value.may_have_acted


def test_a_row_with_an_id_of_ours_is_only_created_never_changed() -> None:
    client, far = client_of(scripted(answer(204)))

    assert client.create("accounts", {"name": "A"}, ID) == ID

    sent = far.requests[0]
    assert (sent.method, sent.path) == (Method.PATCH, f"accounts({ID})")
    assert sent.header("If-None-Match") == "*"


def test_an_id_that_is_taken_raises_a_duplicate() -> None:
    taken = error(412, "", "A record with matching key values already exists.")
    client, _ = client_of(scripted(taken))

    with pytest.raises(Duplicate):
        client.create_with_id("accounts", ID, {"name": "A"})


@pytest.mark.parametrize(("etag", "condition"), [(None, "*"), ('W/"7"', 'W/"7"')])
def test_an_update_never_creates_and_keeps_to_its_version(etag: str | None, condition: str) -> None:
    client, far = client_of(scripted(answer(204)))

    client.update("accounts", ID, {"name": "A"}, etag)

    assert far.requests[0].header("If-Match") == condition


def test_an_update_of_a_changed_row_raises() -> None:
    client, _ = client_of(scripted(error(412, "0x80060882")))

    with pytest.raises(PreconditionFailed):
        client.update("accounts", ID, {"name": "A"}, 'W/"7"')


def test_a_delete_says_whether_there_was_a_row() -> None:
    assert client_of(scripted(answer(204)))[0].delete("accounts", ID) is True
    assert client_of(scripted(MISSING))[0].delete("accounts", ID) is False


def test_a_delete_in_a_table_that_does_not_exist_raises() -> None:
    client, _ = client_of(scripted(error(404, "0x8006088a", "Resource not found")))

    with pytest.raises(NotFound):
        client.delete("acounts", ID)


def test_an_action_has_an_answer_or_none() -> None:
    quiet, _ = client_of(scripted(answer(204)))
    talking, far = client_of(scripted(answer(200, {"Result": "x"})))

    bound = f"invoices({ID})"
    assert quiet.action("Close", {}) is None
    assert talking.action("Microsoft.Dynamics.CRM.Post", {"a": 1}, bound) == {"Result": "x"}
    assert far.requests[0].path == f"invoices({ID})/Microsoft.Dynamics.CRM.Post"
    assert far.requests[0].body == b'{"a":1}'


def test_a_functions_parameters_go_quoted_into_the_address() -> None:
    client, far = client_of(scripted(answer(200, {})))

    client.function("Find", {"Name": "O'Brian & co", "Top": 3})

    assert far.requests[0].path == "Find(Name='O''Brian%20%26%20co',Top=3)"


@pytest.mark.parametrize(
    "body", [b"", b"<html>sign in</html>", b"[]", b"null", b'{"value":3}', b'{"value":[1]}', b"{}"]
)
def test_a_first_page_that_is_no_page_raises_after_few_requests(body: bytes) -> None:
    client, far = client_of(scripted(answer(200, body)))

    with pytest.raises(MalformedAnswer):
        client.read_all(ACCOUNTS)
    assert len(far.requests) <= 2


def test_a_garbled_answer_to_a_read_is_asked_for_once_more() -> None:
    client, _ = client_of(scripted(answer(200, b'{"val'), answer(200, {"value": [{"a": 1}]})))

    assert client.read_all(ACCOUNTS) == ({"a": 1},)


def test_a_401_for_ever_ends_after_one_new_sign_in() -> None:
    client, far = client_of(scripted(error(401, "0x80044302")))

    with pytest.raises(Unauthorized):
        client.read_all(ACCOUNTS)
    assert len(far.requests) == 2


def test_a_redirect_raises_and_is_not_followed() -> None:
    moved = answer(302, headers=(("Location", "https://evil.example.com/"),))
    client, far = client_of(scripted(moved))

    with pytest.raises(MalformedAnswer, match="not followed"):
        client.read_all(ACCOUNTS)
    assert {request.path for request in far.requests} == {ACCOUNTS.path()}


def test_a_429_for_an_hour_ends_within_the_budget() -> None:
    throttled = error(429, "0x80072322", headers=(("Retry-After", "60"),))
    client, far = client_of(scripted(throttled), RetryPolicy(budget=300))

    with pytest.raises(Throttled):
        client.read_all(ACCOUNTS)
    assert sum(far.slept) == 300
    assert client.statistics.throttled == len(far.requests) == 6


def test_a_wait_longer_than_the_budget_is_not_begun() -> None:
    client, far = client_of(scripted(error(429, headers=(("Retry-After", "3600"),))))

    with pytest.raises(Throttled):
        client.read_all(ACCOUNTS)
    assert (len(far.requests), far.slept) == (1, [])


def test_a_fault_that_passes_is_outlived() -> None:
    client, far = client_of(
        scripted(error(503), NotSent("refused"), Ambiguous("reset"), answer(200, {"value": []}))
    )

    assert client.read_all(ACCOUNTS) == ()
    assert len(far.slept) == 3


def test_a_fault_that_stays_raises_after_the_attempts_of_the_policy() -> None:
    client, far = client_of(scripted(error(503)), RetryPolicy(attempts=3))

    with pytest.raises(ServerFault):
        client.read_all(ACCOUNTS)
    assert len(far.requests) == 3


def test_a_read_with_a_long_address_travels_inside_a_batch() -> None:
    query = Query(entity_set="accounts", filter=in_list("name", ["x" * 50] * 100))
    page = answer(200, {"value": [{"a": 1}]})
    client, far = client_of(scripted(multipart(page)))

    assert client.read_all(query) == ({"a": 1},)
    sent = far.requests[0]
    assert (sent.method, sent.path, sent.retry) == (Method.POST, "$batch", RetrySafety.SAFE)
    assert b"GET /api/data/v9.2/accounts?$filter=" in (sent.body or b"")
    assert b"Prefer: odata.maxpagesize=5000" in (sent.body or b"")


@pytest.mark.parametrize(
    ("refusal", "leaf"), [(error(400, "0x0"), BadRequest), (error(404, "0x8006088a"), NotFound)]
)
def test_a_refusal_inside_such_a_batch_is_the_reads_own(
    refusal: Response, leaf: type[DataverseError]
) -> None:
    query = Query(entity_set="accounts", filter=field("name").eq("x" * 3000))
    client, _ = client_of(scripted(multipart(refusal, status=refusal.status)))

    with pytest.raises(leaf, match="GET accounts"):
        client.read_all(query)


def test_an_address_longer_than_dataverse_reads_is_not_sent() -> None:
    query = Query(entity_set="accounts", filter=field("name").eq("x" * 70_000))
    client, far = client_of(scripted(answer(200, {"value": []})))

    with pytest.raises(NotSent, match="65,536"):
        client.read_all(query)
    assert far.requests == []


def test_requests_are_counted_by_kind_repetitions_included() -> None:
    client, _ = client_of(
        scripted(
            error(429, headers=(("Retry-After", "1"),)),
            answer(200, {"value": []}),
            answer(204),
            multipart(answer(204)),
        )
    )
    client.read_all(ACCOUNTS)
    client.update("accounts", ID, {})
    client.batch([Request(method=Method.DELETE, path="a", retry=RetrySafety.IDEMPOTENT)])

    counted = client.statistics
    assert (counted.get, counted.other, counted.batch, counted.throttled) == (2, 1, 1, 1)
