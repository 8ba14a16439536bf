"""Requests for single rows and messages, as they go on the wire."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from connector.dataverse.message import Method, RetrySafety, Row
from connector.dataverse.operations import (
    request_action,
    request_create,
    request_create_with_id,
    request_delete,
    request_function,
    request_get,
    request_read,
    request_update,
    row_path,
)
from connector.dataverse.query import Expand, Query

ID = UUID("11111111-2222-3333-4444-555555555555")
ROW: Row = {"name": "A", "revenue": Decimal("10.50")}
BODY = b'{"name":"A","revenue":10.50}'


def test_a_page_is_asked_for_with_its_size_and_annotations() -> None:
    query = Query(entity_set="accounts", select=("name",), annotations=("a", "b"))

    request = request_read(query, page_size=20)

    assert (request.method, request.path) == (Method.GET, "accounts?$select=name")
    assert request.header("Prefer") == 'odata.maxpagesize=20,odata.include-annotations="a,b"'


def test_the_first_rows_are_asked_for_without_a_page_size() -> None:
    assert request_read(Query(entity_set="accounts", top=3)).headers == ()


def test_a_row_is_asked_for_by_its_key() -> None:
    request = request_get(
        "accounts", ID, ("name",), (Expand(navigation="primarycontactid", select=("fullname",)),)
    )

    path = f"accounts({ID})?$select=name&$expand=primarycontactid($select=fullname)"
    assert (request.method, request.path, request.headers) == (Method.GET, path, ())


@pytest.mark.parametrize(
    ("request_", "method", "path", "headers", "body", "retry"),
    [
        (
            request_create("accounts", ROW),
            Method.POST,
            "accounts",
            (),
            BODY,
            RetrySafety.UNSAFE,
        ),
        (
            request_create_with_id("accounts", ID, ROW),
            Method.PATCH,
            f"accounts({ID})",
            (("If-None-Match", "*"),),
            BODY,
            RetrySafety.IDEMPOTENT,
        ),
        (
            request_update("accounts", ID, ROW),
            Method.PATCH,
            f"accounts({ID})",
            (("If-Match", "*"),),
            BODY,
            RetrySafety.IDEMPOTENT,
        ),
        (
            request_update("accounts", ID, ROW, 'W/"1"'),
            Method.PATCH,
            f"accounts({ID})",
            (("If-Match", 'W/"1"'),),
            BODY,
            RetrySafety.UNSAFE,
        ),
        (
            request_delete("accounts", ID),
            Method.DELETE,
            f"accounts({ID})",
            (),
            None,
            RetrySafety.IDEMPOTENT,
        ),
        (
            request_delete("accounts", ID, 'W/"1"'),
            Method.DELETE,
            f"accounts({ID})",
            (("If-Match", 'W/"1"'),),
            None,
            RetrySafety.UNSAFE,
        ),
        (
            request_action("Microsoft.Dynamics.CRM.Close", ROW, row_path("invoices", ID)),
            Method.POST,
            f"invoices({ID})/Microsoft.Dynamics.CRM.Close",
            (),
            BODY,
            RetrySafety.UNSAFE,
        ),
        (
            request_function("Find", {"Name": "O'Brian & co", "Top": 3}),
            Method.GET,
            "Find(Name='O''Brian%20%26%20co',Top=3)",
            (),
            None,
            RetrySafety.SAFE,
        ),
    ],
    ids=lambda value: value.line if hasattr(value, "line") else "",
)
def test_a_request_is_what_the_documentation_shows(
    request_: object,
    method: Method,
    path: str,
    headers: tuple[tuple[str, str], ...],
    body: bytes | None,
    retry: RetrySafety,
) -> None:
    found = tuple(
        getattr(request_, name) for name in ("method", "path", "headers", "body", "retry")
    )
    assert found == (method, path, headers, body, retry)


@pytest.mark.parametrize("name", ["accounts(1)", "a b", "accounts?x", "../accounts", ""])
def test_a_name_that_could_leave_its_place_in_the_address_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of"):
        row_path(name, ID)
    with pytest.raises(ValueError, match="cannot be the name of"):
        request_action(name, {})
