"""Tables and columns as this tenant has them: read in one batch, kept for the client's life."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from connector.dataverse.calls import Batch
from connector.dataverse.errors import DataverseError, MalformedAnswer
from connector.dataverse.message import JsonValue, Method, Request, Response, RetrySafety, Row
from connector.dataverse.query import any_of, encoded_options, field, quote
from connector.dataverse.values import DateBehaviour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.dataverse.batching import BatchAnswer
    from connector.dataverse.pipeline import Pipeline

#: What is read of one table: resource, $select, $expand.
_Part: TypeAlias = tuple[str, str, str]

_TABLES_PER_BATCH = 50
_CRM = "Microsoft.Dynamics.CRM"
_LABELS = "($select=Options)"
_ATTRIBUTES = f"Attributes/{_CRM}."
_DATES = (f"{_ATTRIBUTES}DateTimeAttributeMetadata", "LogicalName,DateTimeBehavior", "")
_CHOICES = (
    (
        f"{_ATTRIBUTES}PicklistAttributeMetadata",
        "LogicalName",
        f"OptionSet{_LABELS},GlobalOptionSet{_LABELS}",
    ),
    (f"{_ATTRIBUTES}StateAttributeMetadata", "LogicalName", f"OptionSet{_LABELS}"),
    (f"{_ATTRIBUTES}StatusAttributeMetadata", "LogicalName", f"OptionSet{_LABELS}"),
)
_LENGTHS = tuple(
    (f"{_ATTRIBUTES}{kind}AttributeMetadata", "LogicalName,MaxLength", "")
    for kind in ("String", "Memo")
)
_PRECISIONS = tuple(
    (f"{_ATTRIBUTES}{kind}AttributeMetadata", "LogicalName,Precision", "")
    for kind in ("Decimal", "Money")
)
_RELATIONSHIPS = (
    "ManyToOneRelationships",
    "ReferencingAttribute,ReferencingEntityNavigationPropertyName,ReferencedEntity",
    "",
)
_PARTS: tuple[_Part, ...] = (_DATES, *_CHOICES, *_LENGTHS, *_PRECISIONS, _RELATIONSHIPS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeInfo:
    """
    One column: its AttributeType, a date's behaviour, a choice's labels by number.

    *options* are labels in the language of the signed-in user, *labels* those in every language
    that the tenant has installed; columns that are no choice have none. *max_length* counts
    characters, *precision* decimal places, where the definition gives them. *is_written* says
    whether a client can give it a value when a row is created.
    """

    type: str
    date_behaviour: DateBehaviour | None = None
    options: Mapping[int, str] | None = None
    labels: Mapping[int, tuple[str, ...]] | None = None
    max_length: int | None = None
    precision: int | None = None
    is_written: bool = True


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

    @property
    def navigations(self) -> frozenset[str]:
        """The navigation properties by which its lookups are bound; case matters."""
        return frozenset(name for targets in self.lookups.values() for name in targets.values())


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
        ("$expand", "Attributes($select=LogicalName,AttributeType,IsValidForCreate)"),
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
    rows = dict(zip(_PARTS, parts, strict=True))
    behaviours = {_text(row, "LogicalName"): _behaviour(row) for row in rows[_DATES]}
    choices = {
        _text(row, "LogicalName"): tuple(_options(row)) for part in _CHOICES for row in rows[part]
    }
    lengths = _whole_numbers(rows, _LENGTHS, "MaxLength")
    precisions = _whole_numbers(rows, _PRECISIONS, "Precision")

    def attribute(row: Row) -> AttributeInfo:
        name = _text(row, "LogicalName")
        options = choices.get(name)
        return AttributeInfo(
            type=_text(row, "AttributeType"),
            date_behaviour=behaviours.get(name),
            options=None if options is None else {n: _own_label(label) for n, label in options},
            labels=None if options is None else {n: _labels(label) for n, label in options},
            max_length=lengths.get(name),
            precision=precisions.get(name),
            is_written=row.get("IsValidForCreate") is not False,
        )

    return TableInfo(
        logical_name=_text(definition, "LogicalName"),
        entity_set=_text(definition, "EntitySetName"),
        primary_id=_text(definition, "PrimaryIdAttribute"),
        attributes={
            _text(row, "LogicalName"): attribute(row) for row in _objects(definition, "Attributes")
        },
        lookups=_lookups(rows[_RELATIONSHIPS]),
    )


def _whole_numbers(
    rows: Mapping[_Part, Sequence[Row]], parts: Sequence[_Part], name: str
) -> Mapping[str, int]:
    """The values of *name* by column; a definition may leave it empty."""
    found = (row for part in parts for row in rows[part] if row.get(name) is not None)
    return {_text(row, "LogicalName"): _number(row, name) for row in found}


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


def _options(row: Row) -> Iterator[tuple[int, JsonValue]]:
    """Number and label of each option."""
    for found in (row.get("OptionSet"), row.get("GlobalOptionSet")):
        if isinstance(found, Mapping):
            for option in _objects(found, "Options"):
                yield _number(option, "Value"), option.get("Label")


def _own_label(value: JsonValue) -> str:
    """The user's own label, else the first in any language, else nothing."""
    return next(iter(_labels(value)), "")


def _labels(value: JsonValue) -> tuple[str, ...]:
    """The labels in every language, the user's own first."""
    if not isinstance(value, Mapping):
        return ()
    own = value.get("UserLocalizedLabel")
    labels = ([own] if isinstance(own, Mapping) else []) + list(_objects(value, "LocalizedLabels"))
    return tuple(dict.fromkeys(_text(label, "Label") for label in labels))


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
