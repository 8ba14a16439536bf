"""Checks of queries: filters, pages, counts, formatted values, aggregates and FetchXML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.conform.check import check
from connector.conform.findings import Skipped
from connector.conform.probe import FORMATTED
from connector.conform.rows import own_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.findings import Difference
    from connector.conform.probe import Probe

_SELECT: Final = "systemusers?$select=systemuserid"
_COUNT: Final = "@Microsoft.Dynamics.CRM.totalrecordcount"
_COOKIE: Final = "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"
_FUNCTION: Final = "Microsoft.Dynamics.CRM.In(PropertyName='systemuserid',PropertyValues=[\"{}\"])"
_NOT_BEFORE: Final = "Not operator along with the Custom Named Condition operators is not allowed"
_FETCH: Final = (
    "<fetch count='1'><entity name='systemuser'><attribute name='systemuserid'/>"
    "<attribute name='title'/></entity></fetch>"
)


def _own_id(probe: Probe) -> str:
    return str(probe.get("WhoAmI").row["UserId"])


@check("Text is compared without regard to case")
def text_case(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Filter rows using OData"."""
    name = probe.get(f"{own_row(probe)}?$select=fullname").row.get("fullname")
    if not isinstance(name, str) or name.upper() == name.lower():
        yield Skipped("the caller's name has no letters")
        return
    quoted = name.swapcase().replace("'", "''")
    answer = probe.get(f"{_SELECT}&$filter=fullname eq '{quoted}'")
    found = [row.get("systemuserid") for row in answer.rows]
    yield from answer.holds(
        "rows", found, "the caller's own among them", ok=_own_id(probe) in found
    )


@check("A lookup is filtered by the id of its target")
def lookup_filter(probe: Probe) -> Iterator[Difference]:
    """Page "Filter rows using OData"."""
    unit = probe.get("WhoAmI").row["BusinessUnitId"]
    answer = probe.get(f"{_SELECT}&$filter=_businessunitid_value eq {unit}&$top=5000")
    found = [row.get("systemuserid") for row in answer.rows]
    yield from answer.succeeds()
    yield from answer.holds(
        "rows", found, "the caller's own among them", ok=_own_id(probe) in found
    )


@check("A filter follows a lookup to a column of its target")
def path_filter(probe: Probe) -> Iterator[Difference]:
    """Page "Filter rows based on values of related tables"."""
    unit = probe.get("WhoAmI").row["BusinessUnitId"]
    answer = probe.get(f"{_SELECT}&$filter=businessunitid/businessunitid eq {unit}&$top=1")
    yield from answer.succeeds()
    yield from answer.same("number of rows", len(answer.rows), 1)


@check("The query function In finds a row by a list of one")
def query_function(probe: Probe) -> Iterator[Difference]:
    """Page "Microsoft Dataverse query functions"."""
    own = _own_id(probe)
    answer = probe.get(f"{_SELECT}&$filter={_FUNCTION.format(own)}")
    yield from answer.succeeds()
    yield from answer.same("rows", [row.get("systemuserid") for row in answer.rows], [own])


@check("`not` before a query function is refused")
def negated_function(probe: Probe) -> Iterator[Difference]:
    """Page "Use Web API functions"."""
    answer = probe.get(f"{_SELECT}&$filter=not {_FUNCTION.format(_own_id(probe))}")
    yield from answer.same("status", answer.status, 400)
    message = str(answer.error.get("message"))
    yield from answer.holds("message", message, _NOT_BEFORE, ok=_NOT_BEFORE in message)


@check("A parameter alias stands for a value of a filter")
def alias(probe: Probe) -> Iterator[Difference]:
    """Page "Query data using the Web API"."""
    own = _own_id(probe)
    answer = probe.get(f"{_SELECT}&$filter=systemuserid eq @p1&@p1={own}")
    yield from answer.succeeds()
    yield from answer.same("rows", [row.get("systemuserid") for row in answer.rows], [own])


@check("$top cuts the answer")
def top(probe: Probe) -> Iterator[Difference]:
    """Page "Query data using the Web API"."""
    answer = probe.get(f"{_SELECT}&$top=1")
    yield from answer.succeeds()
    yield from answer.same("number of rows", len(answer.rows), 1)
    yield from answer.same("next link", answer.row.get("@odata.nextLink"), None)


@check("$count=true stands beside the rows, with the record count among the annotations")
def count(probe: Probe) -> Iterator[Difference]:
    """Page "Count number of rows"."""
    answer = probe.prefer(f"{_SELECT}&$count=true", 'odata.include-annotations="*"')
    number = answer.row.get("@odata.count")
    yield from answer.holds("@odata.count", number, "a number", ok=isinstance(number, int))
    yield from answer.same(_COUNT, answer.row.get(_COUNT), number)


@check("/$count is text that starts with a byte order mark")
def count_text(probe: Probe) -> Iterator[Difference]:
    """Page "Count number of rows"."""
    answer = probe.get("systemusers/$count")
    yield from answer.succeeds()
    number = answer.text.removeprefix("\ufeff")
    yield from answer.holds("body", answer.text, "a number", ok=number.isdecimal())
    yield from answer.holds("body", answer.text, "a mark first", ok=number != answer.text)


@check("A page is as long as asked for, and its link leads to other rows")
def pages(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Page results"."""
    first = probe.prefer(_SELECT, "odata.maxpagesize=1")
    link = first.row.get("@odata.nextLink")
    if not isinstance(link, str):
        yield Skipped("there is only one user")
        return
    yield from first.same("number of rows", len(first.rows), 1)
    applied = first.header("Preference-Applied") or ""
    honoured = "odata.maxpagesize=1" in applied
    yield from first.holds("Preference-Applied", applied, "odata.maxpagesize=1", ok=honoured)
    yield from first.holds("next link", link, "has $skiptoken", ok="skiptoken=" in link)
    second = probe.follow(link, {"Prefer": "odata.maxpagesize=1"})
    yield from second.succeeds()
    fresh = second.rows != first.rows
    yield from second.holds("rows", second.rows, "other rows than the first page", ok=fresh)


@check("Formatted values stand beside the columns that have them")
def formatted_values(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Select columns using OData": choices, lookups, dates; neither text nor keys."""
    path = f"{own_row(probe)}?$select=fullname,createdon,_businessunitid_value"
    answer = probe.prefer(path, f'odata.include-annotations="{FORMATTED}"')
    if answer.row.get("createdon") is None:
        yield Skipped("the caller's row has no date")
        return
    for name, expected in (("createdon", True), ("fullname", False), ("systemuserid", False)):
        found = f"{name}@{FORMATTED}" in answer.row
        yield from answer.same(f"formatted value of {name}", found, expected)


@check("An aggregate counts rows")
def aggregate(probe: Probe) -> Iterator[Difference]:
    """Page "Aggregate data using OData"."""
    answer = probe.get("systemusers?$apply=aggregate($count as number)")
    yield from answer.succeeds()
    number = answer.rows[0].get("number") if answer.rows else None
    yield from answer.holds(
        "number", number, "at least 1", ok=isinstance(number, int) and number >= 1
    )


@check("A condition on children is written as a lambda")
def lambda_filter(probe: Probe) -> Iterator[Difference]:
    """Page "Filter rows based on values of related tables"."""
    path = (
        "accounts?$select=name&$top=1&$filter=contact_customer_accounts/any(c:c/fullname ne null)"
    )
    yield from probe.get(path).succeeds()


@check("An order inside the expansion of a lookup is refused with 0x80060888")
def order_in_expansion(probe: Probe) -> Iterator[Difference]:
    """Page "Join tables using OData"."""
    path = "accounts?$select=name&$top=1&$expand=primarycontactid($orderby=fullname)"
    yield from probe.get(path).refuses(400, "0x80060888", "Only $select and $filter clause")


@check("The option tag is taken without effect")
def tag(probe: Probe) -> Iterator[Difference]:
    """Page "Use optional parameters"."""
    yield from probe.get(f"{_SELECT}&$top=1&tag=proforma").succeeds()


@check("FetchXML leaves empty columns out and hands out a cookie for the next page")
def fetch_xml(probe: Probe) -> Iterator[Difference]:
    """Pages "Retrieve and execute predefined queries" and "Page results using FetchXml"."""
    answer = probe.prefer(f"systemusers?fetchXml={_FETCH}", 'odata.include-annotations="*"')
    yield from answer.succeeds()
    yield from answer.same("number of rows", len(answer.rows), 1)
    for row in answer.rows:
        empty = sorted(name for name, value in row.items() if value is None)
        yield from answer.same("columns that are null", empty, [])
    if answer.row.get("@Microsoft.Dynamics.CRM.morerecords") is True:
        cookie = str(answer.row.get(_COOKIE))
        yield from answer.holds("cookie", cookie, "<cookie ...>", ok=cookie.startswith("<cookie"))


@check("The number of rows of a table is a snapshot function")
def total_count(probe: Probe) -> Iterator[Difference]:
    """Page "Count number of rows"."""
    answer = probe.get('RetrieveTotalRecordCount(EntityNames=["account"])')
    yield from answer.succeeds()
    found = answer.row.get("EntityRecordCountCollection")
    keys = found.get("Keys") if isinstance(found, dict) else None
    yield from answer.same("Keys", keys, ["account"])


@check("Changes are tracked by a delta link")
def delta_link(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Use change tracking to synchronize data"; tracking must be on for accounts."""
    answer = probe.prefer("accounts?$select=name", "odata.track-changes", "odata.maxpagesize=5000")
    if answer.status != 200 or "@odata.nextLink" in answer.row:  # noqa: PLR2004 - OK
        yield Skipped("accounts are not tracked, or are more than a page")
        return
    link = answer.row.get("@odata.deltaLink")
    if not isinstance(link, str):
        yield answer.differs("delta link", link, "a link")
        return
    again = probe.follow(link)
    yield from again.succeeds()
    following = "@odata.deltaLink" in again.row
    yield from again.holds("next delta link", following, "present", ok=following)


@check("Tracked changes take no filter")
def filtered_changes(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Use change tracking to synchronize data"."""
    if probe.prefer("accounts?$select=name&$top=1", "odata.maxpagesize=1").status >= 400:  # noqa: PLR2004
        yield Skipped("accounts cannot be read")
        return
    answer = probe.prefer("accounts?$select=name&$filter=name eq 'x'", "odata.track-changes")
    yield from answer.same("status", answer.status, 400)


CHECKS: Final = (
    text_case,
    lookup_filter,
    path_filter,
    query_function,
    negated_function,
    alias,
    top,
    count,
    count_text,
    pages,
    formatted_values,
    aggregate,
    lambda_filter,
    order_in_expansion,
    tag,
    fetch_xml,
    total_count,
    delta_link,
    filtered_changes,
)
