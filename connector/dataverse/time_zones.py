"""In which time zones the tenant's users keep their dates."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from connector.dataverse.query import Query, all_of, any_of, field, in_list

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.dataverse.client import DataverseClient

#: Users that are looked at: a sample by id, which is by chance, so that large tenants cost no more.
USERS: Final = 400

_USERS: Final = "systemusers"
_SETTINGS: Final = "usersettingscollection"
_DEFINITIONS: Final = "timezonedefinitions"
#: The access mode of people; applications and administrators of the service have others.
_READ_AND_WRITE: Final = 0


def user_zone_codes(client: DataverseClient) -> Mapping[str, int]:
    """
    The time zone code of people whose settings can be read, at most `USERS`, by the user's id.

    Disabled users and applications do not enter dates, and are left out.
    """
    people = all_of(field("isdisabled").eq(value=False), field("accessmode").eq(_READ_AND_WRITE))
    found = Query(
        entity_set=_USERS,
        select=("systemuserid",),
        filter=people,
        order_by=("systemuserid",),
        top=USERS,
    )
    ids = [str(row["systemuserid"]) for row in client.read_all(found)]
    if not ids:
        return {}
    select = ("systemuserid", "timezonecode")
    settings = Query(entity_set=_SETTINGS, select=select, filter=in_list("systemuserid", ids))
    return {
        str(row["systemuserid"]): code
        for row in client.read_all(settings)
        if isinstance(code := row.get("timezonecode"), int)
    }


def windows_names(client: DataverseClient, codes: set[int]) -> Mapping[int, str]:
    """The platform's own names of zones, such as `W. Europe Standard Time`, by code."""
    if not codes:
        return {}
    wanted = any_of(*(field("timezonecode").eq(code) for code in sorted(codes)))
    select = ("timezonecode", "standardname")
    rows = client.read_all(Query(entity_set=_DEFINITIONS, select=select, filter=wanted))
    return {
        code: name
        for row in rows
        if isinstance(code := row.get("timezonecode"), int)
        and isinstance(name := row.get("standardname"), str)
    }


def most_frequent(codes: Mapping[str, int]) -> tuple[int, int] | None:
    """The code that most users have, and how many do; None where there are none."""
    found = Counter(codes.values()).most_common(1)
    return found[0] if found else None
