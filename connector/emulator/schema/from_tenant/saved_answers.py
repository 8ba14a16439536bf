"""Answers of EntityDefinitions and GlobalOptionSetDefinitions that somebody saved as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.json_text import loads
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.malformed import SchemaError, malformed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# The table in a context such as $metadata#EntityDefinitions(LogicalName='account')/Keys.
_CONTEXT: Final = re.compile(r".*EntityDefinitions\((?:LogicalName=)?'(\w+)'\)")
_ATTRIBUTE_MARKS: Final = ("AttributeType", "OptionSet", "GlobalOptionSet")


@dataclass(slots=True)
class Answers:
    """What the answers say, by logical name; later answers add to earlier ones."""

    tables: dict[str, dict[str, object]] = field(default_factory=dict)
    columns: dict[tuple[str, str], dict[str, object]] = field(default_factory=dict)
    keys: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    option_sets: dict[str, dict[str, object]] = field(default_factory=dict)
    many_to_many: dict[str, Body] = field(default_factory=dict)

    def table(self, name: str) -> Body:
        """What is said of a table; nothing when nothing is."""
        return Body(self.tables.get(name, {}))

    def column(self, table: str, name: str) -> Body:
        """What is said of a column; nothing when nothing is."""
        return Body(self.columns.get((table, name), {}))


def read_answers(files: Sequence[tuple[str, bytes]]) -> Answers:
    """
    Everything that files, given by name and content, say about definitions.

    A file holds one answer, or a list of answers, as the Web API gave them. Raises SchemaError
    naming the file, and where it is known entity and property.
    """
    found = Answers()
    for name, content in files:
        try:
            _take(found, loads(content), None)
        except DataverseFault as fault:
            raise malformed(place=name, reason=fault.message) from fault
        except SchemaError as error:
            raise malformed(place=name, reason=error) from error
    return found


def _take(found: Answers, document: object, entity: str | None) -> None:
    if isinstance(document, list):
        for one in document:
            _take(found, one, entity)
        return
    if not isinstance(document, dict):
        raise malformed(place="an answer", reason="an object was expected")
    body = Body(document)
    match = _CONTEXT.match(body.text("@odata.context", ""))
    entity = match[1] if match is not None else entity
    if "value" in document:
        _take(found, document["value"], entity)
    else:
        _row(found, body, entity)


def _row(found: Answers, body: Body, entity: str | None) -> None:
    """Sort a row by what it has; keys and attributes have a logical name as tables do."""
    entity = body.text("EntityLogicalName", entity or "") or None
    if body.has("IntersectEntityName"):
        found.many_to_many[body.text("SchemaName")] = body
        return None
    if body.has("KeyAttributes"):
        return _key(found, body, entity)
    if body.type_name().endswith("AttributeMetadata") or _is_attribute(body):
        return _attribute(found, body, entity)
    if body.has("Options") and body.has("Name"):
        return _option_set(found, body)
    if body.has("LogicalName"):
        return _table(found, body)
    reason = f"a row of no known kind: {sorted(body.members)[:5]}"
    raise malformed(place="an answer", reason=reason)


def _option_set(found: Answers, body: Body) -> None:
    found.option_sets[body.text("Name")] = dict(body.members)


def _is_attribute(body: Body) -> bool:
    return any(name in body.members for name in _ATTRIBUTE_MARKS)


def _table(found: Answers, body: Body) -> None:
    name = body.text("LogicalName")
    inner = ("Attributes", "Keys", "ManyToManyRelationships")
    said = {key: value for key, value in body.members.items() if key not in inner}
    found.tables.setdefault(name, {}).update(said)
    _rows(found, body.objects("Attributes"), name)
    _rows(found, body.objects("Keys"), name)
    for one in body.objects("ManyToManyRelationships"):
        found.many_to_many[one.text("SchemaName")] = one


def _rows(found: Answers, bodies: Iterable[Body], entity: str) -> None:
    for one in bodies:
        _row(found, Body({"EntityLogicalName": entity, **one.members}), entity)


def _attribute(found: Answers, body: Body, entity: str | None) -> None:
    name = body.text("LogicalName")
    if entity is None:
        raise malformed(
            place=f"property '{name}'",
            reason="neither its EntityLogicalName nor the answer's @odata.context",
        )
    said = {key: value for key, value in body.members.items() if value is not None}
    found.columns.setdefault((entity, name), {}).update(said)


def _key(found: Answers, body: Body, entity: str | None) -> None:
    name = body.text("SchemaName", body.text("LogicalName", ""))
    if entity is None or not name:
        raise malformed(place=f"key '{name}'", reason="neither its entity nor its name is known")
    found.keys.setdefault(entity, {})[name] = body.texts("KeyAttributes")
