"""In which time zones the tenant's users keep their dates."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.dataverse.query import Query, any_of, field

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from connector.dataverse.client import DataverseClient

_SETTINGS = "usersettingscollection"
_DEFINITIONS = "timezonedefinitions"


def user_zone_codes(client: DataverseClient) -> Mapping[UUID | str, int]:
    """The time zone code of each user whose settings can be read, by the user's id as text."""
    rows = client.read_all(Query(entity_set=_SETTINGS, select=("systemuserid", "timezonecode")))
    return {
        str(row["systemuserid"]): code
        for row in rows
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


def most_frequent(codes: Mapping[UUID | str, int]) -> tuple[int, int] | None:
    """The code that most users have, and how many do; None where there are none."""
    found = Counter(codes.values()).most_common(1)
    return found[0] if found else None
