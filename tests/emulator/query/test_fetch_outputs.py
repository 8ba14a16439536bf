"""Dates are grouped by their parts, in the time zone of the user."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from connector.emulator import Emulator
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Two of them are on another day, and in another month and year, where clocks are ahead.
INSTANTS = ["2019-12-31T23:30:00Z", "2020-01-15T12:00:00Z", "2020-06-30T22:30:00Z", None]
BERLIN = 110  # W. Europe Standard Time


@pytest.fixture
def web() -> Iterator[Web]:
    emulator = Emulator()
    web = Web(InProcess(emulator.app))
    for instant in INSTANTS:
        web.create("accounts", name="x", lastusedincampaign=instant)
    yield web
    emulator.close()


def grouped(web: Web, grouping: str, more: str = "") -> Any:
    group = f'<attribute name="lastusedincampaign" alias="part" groupby="true" {grouping} {more}/>'
    count = '<attribute name="accountid" alias="rows" aggregate="count"/>'
    xml = (
        f'<fetch aggregate="true"><entity name="account">{group}{count}'
        '<order alias="part"/></entity></fetch>'
    )
    return web("GET", f"/api/data/v9.2/accounts?fetchXml={quote(xml)}")


def parts(web: Web, grouping: str, more: str = "") -> list[tuple[object, int]]:
    answer = grouped(web, f'dategrouping="{grouping}"', more)
    assert answer.status == 200, answer.body
    return [(row.get("part"), row["rows"]) for row in answer.json()["value"]]


@pytest.mark.parametrize(
    ("grouping", "found"),
    [
        ("year", [(None, 1), (2019, 1), (2020, 2)]),
        ("quarter", [(None, 1), (1, 1), (2, 1), (4, 1)]),
        ("month", [(None, 1), (1, 1), (6, 1), (12, 1)]),
        ("day", [(None, 1), (15, 1), (30, 1), (31, 1)]),
    ],
)
def test_rows_are_grouped_by_a_part_of_a_date(
    web: Web, grouping: str, found: list[tuple[object, int]]
) -> None:
    assert parts(web, grouping) == found


@pytest.mark.parametrize(
    ("grouping", "here", "in_utc"),
    [
        ("year", [(None, 1), (2020, 3)], [(None, 1), (2019, 1), (2020, 2)]),
        ("month", [(None, 1), (1, 2), (7, 1)], [(None, 1), (1, 1), (6, 1), (12, 1)]),
        ("day", [(None, 1), (1, 2), (15, 1)], [(None, 1), (15, 1), (30, 1), (31, 1)]),
    ],
)
def test_the_day_is_that_of_the_user_unless_it_is_told_otherwise(
    web: Web, grouping: str, here: list[Any], in_utc: list[Any]
) -> None:
    user = web("GET", "WhoAmI").json()["UserId"]
    settings = {"timezonecode": BERLIN}
    assert web("PATCH", f"usersettingscollection({user})", settings).status == 204
    assert parts(web, grouping) == here
    assert parts(web, grouping, 'usertimezone="false"') == in_utc


@pytest.mark.parametrize(
    ("grouping", "status", "words"),
    [
        ("", 501, "grouping by a date without dategrouping"),
        ('dategrouping="week"', 501, "the dategrouping 'week'"),
        ('dategrouping="fiscal-period"', 501, "the dategrouping 'fiscal-period'"),
    ],
)
def test_what_cannot_be_grouped_is_refused_by_name(
    web: Web, grouping: str, status: int, words: str
) -> None:
    answer = grouped(web, grouping)
    assert answer.status == status
    assert words in answer.message


def test_only_dates_are_grouped_as_dates(web: Web) -> None:
    xml = (
        '<fetch aggregate="true"><entity name="account"><attribute name="name" alias="n" '
        'groupby="true" dategrouping="month"/></entity></fetch>'
    )
    answer = web("GET", f"/api/data/v9.2/accounts?fetchXml={quote(xml)}")
    assert answer.status == 400
    assert "'name' cannot be grouped by 'month'" in answer.message
