"""Tables and columns as this tenant has them: read in one batch, kept for the client's life."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.dataverse.calls import Batch
from connector.dataverse.errors import DataverseError, MalformedAnswer
from connector.dataverse.message import JsonValue, Method, Request, Response, RetrySafety, Row
from connector.dataverse.query import any_of, encoded_options, field, quote
from connector.dataverse.values import DateBehaviour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.batching import BatchAnswer
    from connector.dataverse.pipeline import Pipeline

_TABLES_PER_BATCH = 100
_CRM = "Microsoft.Dynamics.CRM"
_LABELS = "($select=Options)"
_PARTS = (
    (f"Attributes/{_CRM}.DateTimeAttributeMetadata", "LogicalName,DateTimeBehavior", ""),
    (
        f"Attributes/{_CRM}.PicklistAttributeMetadata",
        "LogicalName",
        f"OptionSet{_LABELS},GlobalOptionSet{_LABELS}",
    ),
    (f"Attributes/{_CRM}.StateAttributeMetadata", "LogicalName", f"OptionSet{_LABELS}"),
    (f"Attributes/{_CRM}.StatusAttributeMetadata", "LogicalName", f"OptionSet{_LABELS}"),
    (
        "ManyToOneRelationships",
        "ReferencingAttribute,ReferencingEntityNavigationPropertyName,ReferencedEntity",
        "",
    ),
)
"""What is read of each table: resource, $select, $expand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeInfo:
    """
    One column: its AttributeType, a date's behaviour, a choice's labels by number.

    Labels are in the language of the signed-in user; columns that are no choice have none.
    """

    type: str
    date_behaviour: DateBehaviour | None = None
    options: Mapping[int, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TableInfo:
    """
    One table.

    *lookups* gives, for each lookup column and each table that it may point to, the navigation
    property that binds it; its case matters.
    """

    logical_name: str
    entity_set: str
    primary_id: str
    attributes: Mapping[str, AttributeInfo]
    lookups: Mapping[str, Mapping[str, str]]


class Metadata:
    """The tenant's definitions; tables that were read once are not read again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._known: dict[str, TableInfo] = {}
        self._lock = threading.Lock()

    def tables(self, names: Sequence[str]) -> Mapping[str, TableInfo]:
        """The tables by logical name; a name that the tenant does not have is not in the answer."""
        with self._lock:
            unknown = [name for name in dict.fromkeys(names) if name not in self._known]
            for at in range(0, len(unknown), _TABLES_PER_BATCH):
                found = self._read(unknown[at : at + _TABLES_PER_BATCH])
                self._known.update((info.logical_name, info) for info in found)
            return {name: self._known[name] for name in names if name in self._known}

    def _read(self, names: Sequence[str]) -> Iterator[TableInfo]:
        requests = (
            _list_request(names),
            *(part for name in names for part in _part_requests(name)),
        )
        answers = self._pipeline.carry(Batch(requests, continue_on_error=True))
        definitions = {_text(row, "LogicalName"): row for row in _rows(_succeeded(answers[0]))}
        for position, name in enumerate(names):
            if name in definitions:
                at = 1 + position * len(_PARTS)
                parts = [_rows(_succeeded(answer)) for answer in answers[at : at + len(_PARTS)]]
                yield _table(definitions[name], parts)


def _list_request(names: Sequence[str]) -> Request:
    condition = any_of(*(field("LogicalName").eq(name) for name in names))
    return _get(
        "EntityDefinitions",
        ("$select", "LogicalName,EntitySetName,PrimaryIdAttribute"),
        ("$filter", condition.text),
        ("$expand", "Attributes($select=LogicalName,AttributeType)"),
    )


def _part_requests(name: str) -> Iterator[Request]:
    for resource, select, expand in _PARTS:
        path = f"EntityDefinitions(LogicalName={quote(name)})/{resource}"
        yield _get(path, ("$select", select), *((("$expand", expand),) if expand else ()))


def _get(path: str, *options: tuple[str, str]) -> Request:
    return Request(method=Method.GET, path=path + encoded_options(options), retry=RetrySafety.SAFE)


def _succeeded(answer: BatchAnswer) -> Response:
    if isinstance(answer, DataverseError):
        raise answer
    return answer


def _table(definition: Row, parts: Sequence[Sequence[Row]]) -> TableInfo:
    dates, *choices, relationships = parts
    behaviours = {_text(row, "LogicalName"): _behaviour(row) for row in dates}
    options = {_text(row, "LogicalName"): _options(row) for rows in choices for row in rows}
    return TableInfo(
        logical_name=_text(definition, "LogicalName"),
        entity_set=_text(definition, "EntitySetName"),
        primary_id=_text(definition, "PrimaryIdAttribute"),
        attributes={
            (name := _text(row, "LogicalName")): AttributeInfo(
                type=_text(row, "AttributeType"),
                date_behaviour=behaviours.get(name),
                options=options.get(name),
            )
            for row in _objects(definition, "Attributes")
        },
        lookups=_lookups(relationships),
    )


def _lookups(relationships: Sequence[Row]) -> Mapping[str, Mapping[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in relationships:
        targets = found.setdefault(_text(row, "ReferencingAttribute"), {})
        navigation = _text(row, "ReferencingEntityNavigationPropertyName")
        targets[_text(row, "ReferencedEntity")] = navigation
    return found


def _behaviour(row: Row) -> DateBehaviour:
    value = row.get("DateTimeBehavior")
    try:
        return DateBehaviour(_text(value, "Value") if isinstance(value, Mapping) else "")
    except ValueError as error:
        message = f"the date behaviour of {row.get('LogicalName')} is none of the three: {value!r}"
        raise MalformedAnswer(message) from error


def _options(row: Row) -> Mapping[int, str]:
    sets = (row.get("OptionSet"), row.get("GlobalOptionSet"))
    options = (
        option
        for found in sets
        if isinstance(found, Mapping)
        for option in _objects(found, "Options")
    )
    return {_number(option, "Value"): _label(option.get("Label")) for option in options}


def _label(value: JsonValue) -> str:
    """The user's own label, else the first in any language, else nothing."""
    if not isinstance(value, Mapping):
        return ""
    own = value.get("UserLocalizedLabel")
    labels = ([own] if isinstance(own, Mapping) else []) + list(_objects(value, "LocalizedLabels"))
    return next((_text(label, "Label") for label in labels), "")


def _rows(response: Response) -> tuple[Row, ...]:
    return _objects(response.json_object(), "value")


def _objects(row: Row, name: str) -> tuple[Row, ...]:
    value = row.get(name)
    if isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
        return tuple(value)
    raise _malformed(row, name, "list")


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if isinstance(value, str):
        return value
    raise _malformed(row, name, "text")


def _number(row: Row, name: str) -> int:
    value = row.get(name)
    if isinstance(value, int):
        return value
    raise _malformed(row, name, "number")


def _malformed(row: Row, name: str, expected: str) -> MalformedAnswer:
    return MalformedAnswer(f"metadata: {name} is no {expected}: {row.get(name)!r:.80}")
