"""Functions that tell of the organization, and of local times in its users' zones."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from connector.emulator import faults
from connector.emulator.operations.parameters import Parameters, parameters_of
from connector.emulator.query.options import NO_OPTIONS
from connector.emulator.query.run import run_query
from connector.emulator.schema.time_zones import time_zones
from connector.emulator.schema.values import instant_text
from connector.emulator.storage.principals import ORGANIZATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table

VERSION: Final = "9.2.26103.00180"
_PREFIX: Final = "$metadata#Microsoft.Dynamics.CRM."
_ACCESS: Final = ("Default", "Internet", "Intranet")


def current_organization(scope: Scope, segment: Segment) -> Response:
    """Answer the names, the version and the addresses of the organization."""
    wanted = parameters_of(scope, segment).only("AccessType").text("AccessType")
    if wanted not in _ACCESS:
        raise faults.bad_request(message=f"There is no EndpointAccessType '{wanted[:40]}'.")
    table = scope.schema.table("organization")
    row = scope.tx.get(table, ORGANIZATION_ID)
    name = str(row.values.get("name")) if row is not None else ""
    origin = scope.root.partition("api/data/")[0]
    addresses = {
        "WebApplication": origin,
        "OrganizationService": f"{origin}XRMServices/2011/Organization.svc",
        "OrganizationDataService": f"{origin}XRMServices/2011/OrganizationData.svc",
    }
    detail = {
        "OrganizationId": str(ORGANIZATION_ID),
        "FriendlyName": name,
        "OrganizationVersion": VERSION,
        "EnvironmentId": str(ORGANIZATION_ID),
        "UrlName": origin.partition("://")[2].partition(".")[0],
        "UniqueName": f"unq{ORGANIZATION_ID.hex[:20]}",
        "State": "Enabled",
        "Endpoints": {
            "Count": len(addresses),
            "IsReadOnly": False,
            "Keys": list(addresses),
            "Values": list(addresses.values()),
        },
    }
    context = f"{scope.root}{_PREFIX}RetrieveCurrentOrganizationResponse"
    return scope.json({"@odata.context": context, "Detail": detail})


def local_time(scope: Scope, segment: Segment) -> Response:
    """Answer the wall clock of a time zone at an instant; written with Z, as the service does."""
    given = parameters_of(scope, segment).only("TimeZoneCode", "UtcTime")
    local = given.instant("UtcTime").astimezone(_zone(given))
    context = f"{scope.root}{_PREFIX}LocalTimeFromUtcTimeResponse"
    shown = instant_text(local.replace(tzinfo=UTC))
    return scope.json({"@odata.context": context, "LocalTime": shown})


def utc_time(scope: Scope, segment: Segment) -> Response:
    """Answer the instant at which the wall clock of a time zone shows a time."""
    given = parameters_of(scope, segment).only("TimeZoneCode", "LocalTime")
    wall = given.instant("LocalTime").replace(tzinfo=_zone(given))
    context = f"{scope.root}{_PREFIX}UtcTimeFromLocalTimeResponse"
    return scope.json({"@odata.context": context, "UtcTime": instant_text(wall.astimezone(UTC))})


def all_time_zones(scope: Scope, table: Table, segment: Segment) -> Response:
    """Answer every time zone; their names are in English for every language."""
    parameters_of(scope, segment).only("LocaleId").whole("LocaleId")
    page = run_query(scope.tx, scope.schema, table, NO_OPTIONS, base_url=scope.root)
    context = f"{scope.root}$metadata#{table.entity_set}"
    return scope.json({"@odata.context": context, "value": page.rows})


def _zone(given: Parameters) -> ZoneInfo:
    code = given.whole("TimeZoneCode")
    found = time_zones().get(code)
    if found is None:
        raise faults.bad_request(message=f"There is no time zone of the code {code}.")
    return ZoneInfo(found.zone)


ORGANIZATION_FUNCTIONS: Final[Mapping[str, Callable[[Scope, Segment], Response]]] = {
    "RetrieveCurrentOrganization": current_organization,
    "LocalTimeFromUtcTime": local_time,
    "UtcTimeFromLocalTime": utc_time,
}
