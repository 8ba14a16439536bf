"""RetrieveMetadataChanges: the definitions that a query expression asks for, in one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.access.catalog import foreign_ids
from connector.emulator.metadata.naming import attributes_of, definition_of
from connector.emulator.metadata.privilege_rows import with_ids
from connector.emulator.operations.reads import aliases_of
from connector.emulator.protocol.addressing import unquote_text
from connector.emulator.protocol.json_text import load_object
from connector.emulator.schema.editing.body import Body
from connector.emulator.storage.user_view import languages_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from connector.emulator.metadata.rows import MetadataRow
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.languages import Languages
    from connector.emulator.schema.model import Table

_NAME: Final = "RetrieveMetadataChanges"
_ALWAYS: Final = ("MetadataId", "LogicalName", "HasChanged")
_NOT_OFFERED: Final = ("RelationshipQuery", "KeyQuery", "LabelQuery")
_NO_ROWS: Final = frozenset(
    {"Keys", "OneToManyRelationships", "ManyToOneRelationships", "ManyToManyRelationships"}
)


def retrieve_metadata_changes(scope: Scope, segment: Segment) -> Response:
    """
    Answer the tables, and columns with them, that meet the criteria of a query expression.

    Every table counts as changed: version stamps of earlier answers are refused by name.
    """
    query = _query(segment.arguments or "", aliases_of(scope))
    languages, ids = languages_of(scope.tx), foreign_ids(scope.tx)
    tables = [
        with_ids(_entity(table, query, languages), ids)
        for table in scope.schema.tables.values()
        if _meets(definition_of(table, languages), query.inner("Criteria"))
    ]
    answer = {
        "@odata.context": f"{scope.root}$metadata#Microsoft.Dynamics.CRM.{_NAME}Response",
        "ServerVersionStamp": "0",
        "EntityMetadata": tables,
        "DeletedMetadata": None,
    }
    return scope.json(answer)


def _query(arguments: str, aliases: Mapping[str, str]) -> Body:
    name, _, text = arguments.partition("=")
    alias, _, others = text.partition(",") if text.startswith("@") else (text, "", "")
    if name.strip() != "Query" or others:
        other = (others or arguments).partition("=")[0].strip()
        raise faults.unsupported(feature=f"the parameter '{other}' of {_NAME}")
    value = aliases.get(alias.strip(), alias)
    query = Body(load_object((unquote_text(value) if value.startswith("'") else value).encode()))
    for part in _NOT_OFFERED:
        if query.has(part):
            raise faults.unsupported(feature=f"'{part}' of {_NAME}")
    return query


def _entity(table: Table, query: Body, languages: Languages) -> MetadataRow:
    names = _properties(query)
    refused = sorted(_NO_ROWS & set(names or ()))
    if refused:
        raise faults.unsupported(feature=f"the property '{refused[0]}' in {_NAME}")
    row = _selected(definition_of(table, languages), names)
    if names is None or "Attributes" in names:
        row["Attributes"] = _attributes(table, query.inner("AttributeQuery") or Body({}), languages)
    return row


def _attributes(table: Table, query: Body, languages: Languages) -> list[MetadataRow]:
    names, criteria = _properties(query), query.inner("Criteria")
    found = (row for row in attributes_of(table, languages) if _meets(row, criteria))
    return [{"@odata.type": row["@odata.type"], **_selected(row, names)} for row in found]


def _properties(query: Body) -> tuple[str, ...] | None:
    """The names of the properties to answer; None for all."""
    properties = query.inner("Properties")
    if properties is None or properties.flag("AllProperties", default=False):
        return None
    return properties.texts("PropertyNames") if properties.has("PropertyNames") else ()


def _selected(row: Mapping[str, object], names: tuple[str, ...] | None) -> MetadataRow:
    """The named properties that the row has, as an expression may name those of every kind."""
    shown = {name.removeprefix("\0"): value for name, value in row.items()}
    kept = shown if names is None else dict.fromkeys((*_ALWAYS, *names))
    return {name: shown[name] for name in kept if name in shown}


def _meets(row: Mapping[str, object], criteria: Body | None) -> bool:
    """Whether a definition meets a filter expression."""
    if criteria is None:
        return True
    found = [_holds(row, one) for one in criteria.objects("Conditions")]
    found += [_meets(row, one) for one in criteria.objects("Filters")]
    operator = criteria.text("FilterOperator", "And")
    if operator not in {"And", "Or"}:
        raise faults.bad_request(message=f"'{operator[:40]}' is no operator of a filter.")
    return not found or (all(found) if operator == "And" else any(found))


def _holds(row: Mapping[str, object], condition: Body) -> bool:
    operator = condition.text("ConditionOperator")
    compare = _OPERATORS.get(operator)
    if compare is None:
        raise faults.unsupported(feature=f"the operator '{operator[:40]}' of {_NAME}")
    value = condition.inner("Value")
    wanted = value.members.get("Value") if value is not None else None
    expected = wanted if isinstance(wanted, list) else [wanted]
    found = _plain(row.get(condition.text("PropertyName")))
    return compare(found, [_plain(one) for one in expected])


def _plain(value: object) -> str:
    """A value as text, that of a managed property without its surroundings."""
    found = value.get("Value") if isinstance(value, dict) else value
    return str(found).lower() if isinstance(found, bool) else str(found)


_OPERATORS: Final[Mapping[str, Callable[[str, list[str]], bool]]] = {
    "Equals": lambda found, expected: found in expected,
    "NotEquals": lambda found, expected: found not in expected,
    "In": lambda found, expected: found in expected,
    "NotIn": lambda found, expected: found not in expected,
}
