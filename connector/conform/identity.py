"""Checks of who is asking and what the service says of itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.conform.check import Evidence, check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.findings import Difference
    from connector.conform.probe import Answer, Probe

_GUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMESPACE: Final = '<Schema Namespace="Microsoft.Dynamics.CRM"'


@check("WhoAmI answers three ids, with and without parentheses")
def who_am_i(probe: Probe) -> Iterator[Difference]:
    """Page "Use Web API functions"."""
    for path in ("WhoAmI", "WhoAmI()"):
        answer = probe.get(path)
        yield from answer.succeeds()
        for name in ("UserId", "BusinessUnitId", "OrganizationId"):
            found = str(answer.row.get(name))
            yield from answer.holds(name, found, "a GUID", ok=_GUID.fullmatch(found) is not None)


@check("RetrieveVersion answers a version of the ninth generation")
def version(probe: Probe) -> Iterator[Difference]:
    """The shape `{"Version": ...}` is the function's documented response type."""
    answer = probe.get("RetrieveVersion()")
    yield from answer.succeeds()
    found = str(answer.row.get("Version"))
    is_ninth = re.fullmatch(r"9(\.\d+){3}", found) is not None
    yield from answer.holds("Version", found, "9.x.x.x", ok=is_ninth)


@check("Every answer carries OData-Version 4.0 and a request id", Evidence.OBSERVED)
def headers(probe: Probe) -> Iterator[Difference]:
    """The request id is REQ_ID or x-ms-service-request-id."""
    answer = probe.get("WhoAmI")
    yield from answer.same("OData-Version", answer.header("OData-Version"), "4.0")
    found = answer.header("REQ_ID") or answer.header("x-ms-service-request-id")
    yield from answer.holds("request id", found, "present", ok=bool(found))


@check("x-ms-dop-hint recommends how many requests may run at once")
def parallelism(probe: Probe) -> Iterator[Difference]:
    """Page "Send parallel requests"."""
    answer = probe.get("WhoAmI")
    yield from answer.succeeds()
    found = answer.header("x-ms-dop-hint") or ""
    yield from answer.holds("x-ms-dop-hint", found, "a number", ok=found.isdecimal())


@check("The service document lists entity sets")
def service_document(probe: Probe) -> Iterator[Difference]:
    """Page "Web API service documents"."""
    answer = probe.get("")
    yield from answer.succeeds()
    kinds = {row.get("name"): row.get("kind") for row in answer.rows}
    for name in ("accounts", "systemusers"):
        yield from answer.same(f"kind of {name}", kinds.get(name), "EntitySet")


@check("$metadata is the model as CSDL")
def model(probe: Probe) -> Iterator[Difference]:
    """Page "Web API service documents"; the document is large on a real tenant."""
    answer = probe.get("$metadata", {"Accept": "application/xml"})
    yield from answer.succeeds()
    for text in (_NAMESPACE, '<EntityType Name="account"', '<EntitySet Name="accounts"'):
        yield from _contains(answer, text)


@check("What no entity set is called is 404 with 0x8006088a")
def unknown_set(probe: Probe) -> Iterator[Difference]:
    """Page on client errors."""
    answer = probe.get("nothings")
    yield from answer.refuses(404, "0x8006088a", "Resource not found for the segment 'nothings'")


def _contains(answer: Answer, text: str) -> Iterator[Difference]:
    is_there = text in answer.text
    yield from answer.holds("document", answer.text[:100], f"contains {text}", ok=is_there)


CHECKS: Final = (
    who_am_i,
    version,
    headers,
    parallelism,
    service_document,
    model,
    unknown_set,
)
