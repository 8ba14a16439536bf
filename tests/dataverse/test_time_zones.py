"""In which zones a tenant's users keep their dates, from the rows that say so."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote
from uuid import UUID

import pytest

from connector.dataverse.errors import Forbidden
from connector.dataverse.time_zones import (
    USERS,
    most_frequent,
    user_zone_codes,
    windows_names,
)
from tests.dataverse.far_side import answer, client_of, error, multipart, scripted

if TYPE_CHECKING:
    from connector.dataverse.message import Response

FIRST, SECOND = str(UUID(int=1)), str(UUID(int=2))


def users(*ids: str) -> Response:
    return answer(200, {"value": [{"systemuserid": user} for user in ids]})


def test_each_user_has_the_code_of_its_settings_and_one_without_has_none() -> None:
    rows = [
        {"systemuserid": FIRST, "timezonecode": 110},
        {"systemuserid": SECOND, "timezonecode": None},
    ]
    client, far = client_of(scripted(users(FIRST, SECOND), answer(200, {"value": rows})))

    assert user_zone_codes(client) == {FIRST: 110}
    path = unquote(far.requests[1].path)
    assert path.startswith("usersettingscollection?$select=systemuserid,timezonecode&$filter=")
    assert f'PropertyValues=["{FIRST}","{SECOND}"]' in path


def test_only_people_who_can_sign_in_are_asked_for_and_never_more_than_a_sample() -> None:
    client, far = client_of(scripted(users(), error(500)))

    assert user_zone_codes(client) == {}
    (request,) = far.requests
    assert unquote(request.path) == (
        "systemusers?$select=systemuserid&$filter=isdisabled eq false and accessmode eq 0"
        "&$orderby=systemuserid&$top=400"
    )


def test_a_tenant_of_many_users_costs_two_requests() -> None:
    many = [str(UUID(int=number)) for number in range(1, USERS + 1)]
    rows = [{"systemuserid": user, "timezonecode": 85} for user in many]
    page = answer(200, {"value": rows})
    client, far = client_of(scripted(users(*many), multipart(page)))

    assert len(user_zone_codes(client)) == USERS
    assert [request.path.partition("?")[0] for request in far.requests] == ["systemusers", "$batch"]


def test_codes_are_named_as_the_platform_names_them() -> None:
    rows = [
        {"timezonecode": 110, "standardname": "W. Europe Standard Time"},
        {"timezonecode": 85, "standardname": None},
    ]
    client, far = client_of(scripted(answer(200, {"value": rows})))

    assert windows_names(client, {110, 85}) == {110: "W. Europe Standard Time"}
    assert "timezonecode%20eq%2085%20or%20timezonecode%20eq%20110" in far.requests[0].path


def test_no_codes_need_no_names_and_no_request() -> None:
    client, far = client_of(scripted(error(500)))

    assert windows_names(client, set()) == {}
    assert far.requests == []


def test_settings_that_may_not_be_read_raise() -> None:
    client, _ = client_of(scripted(error(403, "0x80040220")))

    with pytest.raises(Forbidden):
        user_zone_codes(client)


def test_the_most_frequent_zone_is_told_with_the_number_of_its_users() -> None:
    assert most_frequent({"a": 110, "b": 85, "c": 110}) == (110, 2)
    assert most_frequent({}) is None
