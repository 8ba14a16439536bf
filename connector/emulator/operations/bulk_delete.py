"""BulkDelete: the asynchronous job of the Web API, which is carried out here at once."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final
from uuid import UUID

from connector.emulator import faults
from connector.emulator.protocol.json_text import load_object
from connector.emulator.query.annotations import NO_ANNOTATIONS
from connector.emulator.query.fetch_run import run_fetch
from connector.emulator.query.fetch_syntax import (
    Fetch,
    FetchAttribute,
    FetchCondition,
    FetchEntity,
    FetchFilter,
)
from connector.emulator.query.fetching import Context
from connector.emulator.query.formatting import Formatter
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.privileges import BULK_DELETE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.schema.model import Table

_CONTEXT: Final = "$metadata#Microsoft.Dynamics.CRM.BulkDeleteResponse"
_OPERATORS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Equal": "eq",
        "NotEqual": "ne",
        "GreaterThan": "gt",
        "GreaterEqual": "ge",
        "LessThan": "lt",
        "LessEqual": "le",
        "In": "in",
        "NotIn": "not-in",
        "Null": "null",
        "NotNull": "not-null",
        "Like": "like",
        "NotLike": "not-like",
        "BeginsWith": "begins-with",
        "EndsWith": "ends-with",
        "Between": "between",
        "On": "on",
        "OnOrAfter": "on-or-after",
        "OnOrBefore": "on-or-before",
    }
)
_NOT_OFFERED: Final = ("LinkEntities", "TopCount", "Distinct", "SubQueryExpression")


def bulk_delete(scope: Scope) -> Response:
    """
    Delete what the queries of *QuerySet* find; answers the id of the job.

    A row that may not be deleted refuses the whole call, where a tenant's job would go on.
    """
    scope.tx.demand_named(BULK_DELETE)
    body = Body(load_object(scope.request.body))
    body.text("JobName")
    if body.text("RecurrencePattern", ""):
        raise faults.unsupported(feature="'RecurrencePattern' of BulkDelete")
    queries = _objects(body, "QuerySet")
    if not queries:
        raise faults.payload_error(message="the parameter 'QuerySet' must list queries")
    for query in queries:
        _delete(scope, query)
    job = scope.tx.new_id()
    return scope.json({"@odata.context": f"{scope.root}{_CONTEXT}", "JobId": str(job)})


def _delete(scope: Scope, query: Body) -> None:
    """Delete page by page, until the query finds nothing more."""
    for name in _NOT_OFFERED:
        if query.members.get(name):
            raise faults.unsupported(feature=f"'{name}' in a query of BulkDelete")
    table = scope.schema.table(query.text("EntityName").lower())
    fetch = _fetch(table, query)
    context = Context(
        tx=scope.tx,
        base_url=scope.root,
        annotations=NO_ANNOTATIONS,
        formatter=Formatter(scope.tx),
    )
    while rows := run_fetch(context, fetch).rows:
        for row in rows:
            found = scope.tx.get(table, UUID(str(row[table.primary_id])))
            if found is not None:
                scope.writer.delete(found)


def _fetch(table: Table, query: Body) -> Fetch:
    criteria = query.inner("Criteria")
    filters = (_filter(criteria),) if criteria else ()
    key = FetchAttribute(name=table.primary_id)
    return Fetch(entity=FetchEntity(name=table.logical_name, attributes=(key,), filters=filters))


def _filter(criteria: Body) -> FetchFilter:
    word = criteria.text("FilterOperator", "And")
    if word not in ("And", "Or"):
        raise faults.payload_error(message=f"there is no filter operator '{word[:60]}'")
    parts: tuple[FetchCondition | FetchFilter, ...] = (
        *map(_condition, _objects(criteria, "Conditions")),
        *map(_filter, _objects(criteria, "Filters")),
    )
    return FetchFilter(is_or=word == "Or", parts=parts)


def _condition(condition: Body) -> FetchCondition:
    name = condition.text("Operator")
    operator = _OPERATORS.get(name)
    if operator is None:
        raise faults.unsupported(feature=f"the operator '{name[:60]}' in a query of BulkDelete")
    values = condition.members.get("Values") or []
    if not isinstance(values, list):
        raise faults.payload_error(message="'Values' of a condition must be a list")
    return FetchCondition(
        attribute=condition.text("AttributeName"),
        operator=operator,
        values=tuple(map(_value, values)),
    )


def _value(value: object) -> str:
    """The text of a value, bare or with its type beside it."""
    inner = value.get("Value") if isinstance(value, dict) else value
    return str(inner).lower() if isinstance(inner, bool) else str(inner)


def _objects(body: Body, name: str) -> list[Body]:
    found = body.members.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise faults.wrong_type(name, found, "a list of objects")
    return [Body(one) for one in found]
