"""The documents that describe the organisation: service document, `$metadata`, definitions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from connector.emulator import faults
from connector.emulator.metadata.csdl import csdl
from connector.emulator.metadata.entity_definitions import metadata_query
from connector.emulator.operations import definition_routes as definitions
from connector.emulator.protocol.exchange import Response
from connector.emulator.query.options import parse_options
from connector.emulator.storage.user_view import languages_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import Schema

ROUTES: Final = frozenset(
    {"$metadata", "EntityDefinitions", "GlobalOptionSetDefinitions", "RelationshipDefinitions"}
)


def service_document(scope: Scope) -> Response:
    """List the entity sets."""
    sets = sorted(table.entity_set for table in scope.schema.tables.values())
    value = [{"name": name, "kind": "EntitySet", "url": name} for name in sets]
    return scope.json({"@odata.context": f"{scope.root}$metadata", "value": value})


def handle(scope: Scope, segments: tuple[Segment, ...]) -> Response:
    """Answer a description of the schema, or change what is described."""
    if scope.request.method != "GET":
        return definitions.write(scope, segments)
    if segments[0].name == "$metadata":
        return _model(scope)
    languages = languages_of(scope.tx)
    found = _definitions(scope.schema, segments, scope.request.query, languages)
    return scope.json({**found, "@odata.context": f"{scope.root}{found['@odata.context']}"})


@lru_cache(maxsize=1024)
def _definitions(
    schema: Schema, segments: tuple[Segment, ...], query: str, languages: Languages
) -> Mapping[str, object]:
    """
    The answer without the service root, remembered: a client asks the same in every run.

    A schema does not change, it is replaced; so one that equals itself only can be the key.
    """
    return metadata_query(schema, segments, parse_options(query), languages=languages)


def _model(scope: Scope) -> Response:
    """Answer the model as CSDL, with annotations of its properties when asked for."""
    wishes = dict(parse_qsl(scope.request.query, keep_blank_values=True))
    annotated = wishes.pop("annotations", "false").lower() == "true"
    annotated = annotated or scope.request.preferences.annotations == "*"
    if wishes:
        raise faults.unsupported(feature=f"the query option '{next(iter(wishes))}' of $metadata")
    headers = (("Content-Type", "application/xml"), ("OData-Version", "4.0"))
    body = csdl(scope.schema, annotated=annotated).encode("utf-8")
    return Response(status=200, headers=headers, body=body)
