"""The documents that describe the organisation: service document, `$metadata`, definitions."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from connector.emulator import faults
from connector.emulator.access.catalog import foreign_ids
from connector.emulator.metadata.csdl import csdl
from connector.emulator.metadata.entity_definitions import metadata_query
from connector.emulator.metadata.privilege_rows import PRIVILEGES, with_ids
from connector.emulator.operations import definition_routes as definitions
from connector.emulator.protocol.exchange import Response
from connector.emulator.protocol.formats import PLAIN
from connector.emulator.protocol.json_text import dumps
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

_READ: Final = {
    "EntityDefinitions": "prvReadEntity",
    "Attributes": "prvReadAttribute",
    "GlobalOptionSetDefinitions": "prvReadOptionSet",
    "RelationshipDefinitions": "prvReadRelationship",
}


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
    _demand_reading(scope, segments)
    languages = languages_of(scope.tx)
    query = scope.request.query
    select = parse_options(query).select
    if segments[-1].name == PRIVILEGES or PRIVILEGES in (select or [PRIVILEGES]):
        found = _definitions(scope.schema, segments, query, languages)
        return scope.json(with_ids(_rooted(found, scope.root), foreign_ids(scope.tx)))
    if scope.form != PLAIN:
        return scope.json(
            _rooted(_definitions(scope.schema, segments, query, languages), scope.root)
        )
    return scope.encoded(_encoded(scope.schema, segments, query, languages, scope.root))


def _rooted(found: Mapping[str, object], root: str) -> dict[str, object]:
    return {**found, "@odata.context": f"{root}{found['@odata.context']}"}


def _demand_reading(scope: Scope, segments: tuple[Segment, ...]) -> None:
    """Raise 403 unless the caller may read definitions of the kinds that the address names."""
    if scope.tx.caller.access is not None:
        for segment in segments:
            if segment.name in _READ:
                scope.tx.demand_named(_READ[segment.name])


@lru_cache(maxsize=1024)
def _definitions(
    schema: Schema, segments: tuple[Segment, ...], query: str, languages: Languages
) -> Mapping[str, object]:
    """
    The answer without the service root, remembered: a client asks the same in every run.

    A schema does not change, it is replaced; so one that equals itself only can be the key.
    """
    return metadata_query(schema, segments, parse_options(query), languages=languages)


@lru_cache(maxsize=512)
def _encoded(
    schema: Schema, segments: tuple[Segment, ...], query: str, languages: Languages, root: str
) -> bytes:
    """The same with its service root, as it is sent."""
    return dumps(_rooted(_definitions(schema, segments, query, languages), root))


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
