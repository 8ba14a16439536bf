"""Checks of single rows: the caller's own row is there in every environment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.conform.check import check
from connector.conform.findings import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.findings import Difference
    from connector.conform.probe import Probe

_ETAG: Final = re.compile(r'W/"\d+"')
_MISSING: Final = "ffffffff-0000-4000-8000-00000000dead"
_LOOKUP: Final = "_businessunitid_value"


def own_row(probe: Probe) -> str:
    """The address of the caller's own row."""
    return f"systemusers({probe.get('WhoAmI').row['UserId']})"


@check("A selection answers the primary key and the etag as well")
def selection(probe: Probe) -> Iterator[Difference]:
    """Page "Select columns using OData"."""
    answer = probe.get(f"{own_row(probe)}?$select=fullname")
    yield from answer.succeeds()
    names = {name for name in answer.row if not name.startswith("@")}
    wanted = {"fullname", "systemuserid"}
    few = wanted <= names and "domainname" not in names
    yield from answer.holds("columns", sorted(names), "fullname and the key, no others", ok=few)
    etag = str(answer.row.get("@odata.etag"))
    yield from answer.holds("etag", etag, 'W/"number"', ok=_ETAG.fullmatch(etag) is not None)


@check("A row that does not exist is 404 with 0x80040217")
def missing_row(probe: Probe) -> Iterator[Difference]:
    """Page "Web service error codes"."""
    yield from probe.get(f"accounts({_MISSING})").refuses(404, "0x80040217", "Does Not Exist")


@check("An unknown column is refused in words that name column and type")
def unknown_column(probe: Probe) -> Iterator[Difference]:
    """Page "Compose HTTP requests and handle errors"."""
    words = "Could not find a property named 'nothing' on type 'Microsoft.Dynamics.CRM.systemuser'"
    yield from probe.get("systemusers?$top=1&$select=nothing").refuses(400, "0x0", words)


@check("Names of entity sets are case-sensitive")
def set_names(probe: Probe) -> Iterator[Difference]:
    """Page on client errors."""
    yield from probe.get("SystemUsers?$top=1").refuses(404, "0x8006088a")


@check("A key of a column that is no key is refused")
def wrong_key(probe: Probe) -> Iterator[Difference]:
    """Page "Use an alternate key to reference a record"."""
    answer = probe.get("accounts(description='x')")
    yield from answer.same("status", answer.status, 400)
    message = str(answer.error.get("message"))
    words = "The key in the request URI is not valid for resource"
    yield from answer.holds("message", message, f"contains {words!r}", ok=words in message)


@check("Lookups tell table and navigation property when asked for annotations")
def lookup_annotations(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Select columns using OData"."""
    path = f"{own_row(probe)}?$select={_LOOKUP}"
    answer = probe.prefer(path, 'odata.include-annotations="*"')
    row, prefix = answer.row, f"{_LOOKUP}@Microsoft.Dynamics.CRM."
    if row.get(_LOOKUP) is None:
        yield Skipped("the caller belongs to no business unit")
        return
    yield from answer.same("table", row.get(f"{prefix}lookuplogicalname"), "businessunit")
    navigation = row.get(f"{prefix}associatednavigationproperty")
    yield from answer.same("navigation property", navigation, "businessunitid")


@check("An expanded lookup is the other row")
def expansion(probe: Probe) -> Iterator[Difference]:
    """Page "Join tables using OData"."""
    answer = probe.get(f"{own_row(probe)}?$select=fullname&$expand=businessunitid($select=name)")
    yield from answer.succeeds()
    unit = answer.row.get("businessunitid")
    found = sorted(unit) if isinstance(unit, dict) else []
    whole = {"name", "businessunitid"} <= set(found)
    yield from answer.holds("businessunitid", found, "has name and key", ok=whole)


@check("One column is read by its own address")
def property_address(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Retrieve a table row using the Web API"."""
    address = own_row(probe)
    whole, answer = probe.get(f"{address}?$select=fullname"), probe.get(f"{address}/fullname")
    if whole.row.get("fullname") is None:
        yield Skipped("the caller has no name")
        return
    yield from answer.same("value", answer.row.get("value"), whole.row["fullname"])


@check("A row behind a lookup is read along the navigation property")
def navigation(probe: Probe) -> Iterator[Difference]:
    """Page "Retrieve a table row using the Web API"."""
    address = own_row(probe)
    answer = probe.get(f"{address}/businessunitid?$select=name")
    expected = probe.get(f"{address}?$select={_LOOKUP}").row.get(_LOOKUP)
    yield from answer.succeeds()
    yield from answer.same("key", answer.row.get("businessunitid"), expected)


@check("An unchanged row is answered 304 to whoever knows its etag")
def conditional_read(probe: Probe) -> Iterator[Difference | Skipped]:
    """Page "Perform conditional operations"; the table must allow optimistic concurrency."""
    rows = probe.get("accounts?$select=name&$top=1").rows
    if not rows:
        yield Skipped("there are no accounts")
        return
    address = f"accounts({rows[0]['accountid']})?$select=name"
    answer = probe.get(address, {"If-None-Match": str(rows[0]["@odata.etag"])})
    yield from answer.same("status", answer.status, 304)


@check("If-None-Match: null is no condition")
def no_condition(probe: Probe) -> Iterator[Difference]:
    """Every documented sample sends it."""
    answer = probe.get(f"{own_row(probe)}?$select=fullname", {"If-None-Match": "null"})
    yield from answer.succeeds()


CHECKS: Final = (
    selection,
    missing_row,
    unknown_column,
    set_names,
    wrong_key,
    lookup_annotations,
    expansion,
    property_address,
    navigation,
    conditional_read,
    no_condition,
)
