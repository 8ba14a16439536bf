"""The documents that describe the organisation: service document, `$metadata`, definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.exchange import Response

if TYPE_CHECKING:
    from connector.emulator.addressing import Segment
    from connector.emulator.scope import Scope

ROUTES: Final = frozenset(
    {"$metadata", "EntityDefinitions", "GlobalOptionSetDefinitions", "RelationshipDefinitions"}
)


def service_document(scope: Scope) -> Response:
    """List the entity sets."""
    sets = sorted(table.entity_set for table in scope.schema.tables.values())
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    return scope.json({"@odata.context": f"{scope.root}$metadata", "value": value})


def handle(scope: Scope, segments: tuple[Segment, ...]) -> Response:
    """Answer a description of the schema."""
    raise faults.unsupported(feature=f"'{segments[0].name}'")
