"""The options of choice and yes/no columns, local or shared."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.schema.editing import refusals
from connector.emulator.schema.editing.body import Body
from connector.emulator.schema.editing.naming import schema_name
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.model import Column, ColumnKind, Schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.emulator.schema.labels import OptionLabels

_SHARED: Final = re.compile(
    r".*GlobalOptionSetDefinitions\((?:Name='([^']*)'|([0-9a-fA-F-]{36}))\)"
)
# Values that the platform gives where none is named, the option value prefix of a new publisher.
_FIRST_VALUE: Final = 100_000_000
_NO_DEFAULT: Final = -1


def apply_choices(schema: Schema, column: Column, body: Body) -> Column:
    """*column* with the options and the default that its definition gives."""
    if column.kind is ColumnKind.BOOLEAN:
        return _yes_or_no(column, body)
    if column.kind not in (ColumnKind.PICKLIST, ColumnKind.MULTIPICKLIST):
        return column
    inner = body.inner("OptionSet")
    shared = _shared(schema, body, inner)
    if shared is not None:
        labels = schema.option_set_labels.get(shared, {})
        options = schema.option_sets[shared]
        found = replace(column, options=options, option_labels=labels, option_set=shared)
    elif inner is not None and not inner.flag("IsGlobal", default=False):
        options, labels = options_of(inner.objects("Options"))
        found = replace(column, options=options, option_labels=labels)
    else:
        message = f"The choice {column.logical_name} has no option set."
        raise refusals.invalid(message)
    return replace(found, default=_default(found, body))


def options_of(bodies: Sequence[Body]) -> tuple[dict[int, str], OptionLabels]:
    """Options by value with their other languages; raises 400 for a value that comes twice."""
    found: dict[int, str] = {}
    labels: OptionLabels = {}
    for place, body in enumerate(bodies):
        value = body.integer("Value", None)
        value = _FIRST_VALUE + place if value is None else value
        if value in found:
            message = f"The option value {value} comes twice."
            raise refusals.invalid(message)
        found[value] = body.label("Label") or str(value)
        if others := body.translations("Label", {}):
            labels[value] = others
    return found, labels


def with_option_set(schema: Schema, body: Body) -> tuple[Schema, str]:
    """*schema* with a new global option set, and its name."""
    if body.type_name() not in ("", "OptionSetMetadata"):
        raise faults.unsupported(feature=f"a global option set of the type {body.type_name()}")
    name = schema_name(Body({"SchemaName": body.text("Name")}), "option set").lower()
    if name in schema.option_sets:
        raise refusals.duplicate_table(name)
    options, labels = options_of(body.objects("Options"))
    sets = {**schema.option_sets, name: options}
    translated = {**schema.option_set_labels, name: labels} if labels else schema.option_set_labels
    return replace(schema, option_sets=sets, option_set_labels=translated), name


def without_option_set(schema: Schema, name: str) -> Schema:
    """*schema* without a global option set that no column uses."""
    users = [
        f"{table.logical_name}.{column.logical_name}"
        for table in schema.tables.values()
        for column in table.columns.values()
        if column.option_set == name
    ]
    if users:
        raise refusals.option_set_in_use(", ".join(users))
    kept = {key: values for key, values in schema.option_sets.items() if key != name}
    labels = {key: values for key, values in schema.option_set_labels.items() if key != name}
    return replace(schema, option_sets=kept, option_set_labels=labels)


def _yes_or_no(column: Column, body: Body) -> Column:
    inner = body.inner("OptionSet")
    options, labels = yes_and_no(inner) if inner is not None else ({}, {})
    default = body.flag("DefaultValue", default=False)
    return replace(
        column,
        options={0: options.get(0) or "No", 1: options.get(1) or "Yes"},
        option_labels=labels,
        default=int(default),
    )


def yes_and_no(body: Body) -> tuple[dict[int, str], OptionLabels]:
    """The options of a yes/no column as its option set names them, with other languages."""
    told = {
        value: option
        for value, name in enumerate(("FalseOption", "TrueOption"))
        if (option := body.inner(name)) is not None
    }
    labels = {value: one.translations("Label", {}) for value, one in told.items()}
    return (
        {value: one.label("Label") or "" for value, one in told.items()},
        {value: texts for value, texts in labels.items() if texts},
    )


def _shared(schema: Schema, body: Body, inner: Body | None) -> str | None:
    bound = body.text("GlobalOptionSet@odata.bind", "")
    if not bound:
        is_global = inner is not None and inner.flag("IsGlobal", default=False)
        name = inner.text("Name") if inner is not None and is_global else None
        return _known(schema, name, body) if name is not None else None
    match = _SHARED.fullmatch(bound)
    if match is None:
        raise faults.wrong_type(
            name="GlobalOptionSet@odata.bind", value=bound, expected="a global option set"
        )
    wanted = (match[2] or "").lower()
    by_id = {metadata_id("optionset", name): name for name in schema.option_sets}
    return _known(schema, match[1] or by_id.get(wanted), body)


def _known(schema: Schema, name: str | None, body: Body) -> str:
    if name is None or name not in schema.option_sets:
        message = f"The option set of {body.text('SchemaName', '')} does not exist."
        raise refusals.invalid(message)
    return name


def _default(column: Column, body: Body) -> int | None:
    value = body.integer("DefaultFormValue", None)
    if value is None or value == _NO_DEFAULT:
        return None
    if value not in column.options or column.kind is not ColumnKind.PICKLIST:
        message = f"The default {value} is no option of {column.logical_name}."
        raise refusals.invalid(message)
    return value
