"""Tables and columns as this tenant has them: read in one batch, kept for the client's life."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from connector.dataverse import definitions
from connector.dataverse.calls import Batch
from connector.dataverse.errors import DataverseError
from connector.dataverse.message import Method, Request, Response, RetrySafety
from connector.dataverse.query import any_of, encoded_options, field, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.dataverse.batching import BatchAnswer
    from connector.dataverse.pipeline import Pipeline
    from connector.dataverse.values import DateBehaviour

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

_tables = definitions.reader(definitions.Table)
_dates = definitions.reader(definitions.DateColumn)
_choices = definitions.reader(definitions.ChoiceColumn)
_texts = definitions.reader(definitions.TextColumn)
_numbers = definitions.reader(definitions.NumberColumn)
_relationships = definitions.reader(definitions.Relationship)


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


#: Tables of a tenant by logical name.
Tables: TypeAlias = "Mapping[str, TableInfo]"


class Metadata:
    """The tenant's definitions; tables that were read once are not read again."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._known: dict[str, TableInfo] = {}
        self._lock = threading.Lock()

    def tables(self, names: Sequence[str]) -> Tables:
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
        found = {table.logical_name: table for table in _tables(_succeeded(answers[0]))}
        for position, name in enumerate(names):
            if name in found:
                at = 1 + position * len(_PARTS)
                parts = [_succeeded(answer) for answer in answers[at : at + len(_PARTS)]]
                yield _table(found[name], dict(zip(_PARTS, parts, strict=True)))


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


def _table(table: definitions.Table, parts: Mapping[_Part, Response]) -> TableInfo:
    behaviours = {row.logical_name: row.date_time_behavior.value for row in _dates(parts[_DATES])}
    choices = {row.logical_name: _labels(row) for part in _CHOICES for row in _choices(parts[part])}
    lengths = {row.logical_name: row.max_length for part in _LENGTHS for row in _texts(parts[part])}
    precisions = {
        row.logical_name: row.precision for part in _PRECISIONS for row in _numbers(parts[part])
    }

    def attribute(column: definitions.Column) -> AttributeInfo:
        name = column.logical_name
        labels = choices.get(name)
        return AttributeInfo(
            type=column.attribute_type,
            date_behaviour=behaviours.get(name),
            options=None if labels is None else {n: next(iter(t), "") for n, t in labels.items()},
            labels=labels,
            max_length=lengths.get(name),
            precision=precisions.get(name),
            is_written=column.is_valid_for_create is not False,
        )

    return TableInfo(
        logical_name=table.logical_name,
        entity_set=table.entity_set_name,
        primary_id=table.primary_id_attribute,
        attributes={column.logical_name: attribute(column) for column in table.attributes},
        lookups=_lookups(_relationships(parts[_RELATIONSHIPS])),
    )


def _labels(choice: definitions.ChoiceColumn) -> Mapping[int, tuple[str, ...]]:
    """The labels of each value in every language, the user's own first."""
    return {
        option.value: () if option.label is None else option.label.texts
        for option in choice.options
    }


def _lookups(found: Sequence[definitions.Relationship]) -> Mapping[str, Mapping[str, str]]:
    lookups: dict[str, dict[str, str]] = {}
    for row in found:
        targets = lookups.setdefault(row.referencing_attribute, {})
        targets[row.referenced_entity] = row.referencing_entity_navigation_property_name
    return lookups
