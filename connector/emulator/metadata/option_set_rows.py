"""Definitions of choices: the option sets of columns and those that columns share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.emulator.metadata.rows import INTRODUCED, MetadataRow, label, managed
from connector.emulator.schema.identity import metadata_id
from connector.emulator.schema.model import Column, ColumnKind, Table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.languages import Languages

_TYPES: Final = {
    ColumnKind.STATE: "State",
    ColumnKind.STATUS: "Status",
    ColumnKind.BOOLEAN: "Boolean",
}
_NO_TEXTS: Final[Mapping[int, str]] = {}


def option_set_row(table: Table, column: Column, languages: Languages) -> MetadataRow:
    """The OptionSet of a choice, state, status or yes/no column."""
    name = column.option_set or f"{table.logical_name}_{column.logical_name}"
    body = (
        _yes_and_no(name, column, languages)
        if column.kind is ColumnKind.BOOLEAN
        else {"Options": _options(table, name, column, languages)}
    )
    shown = _set_properties(name, _TYPES.get(column.kind, "Picklist"), languages)
    is_global = column.option_set is not None
    parents = {} if column.kind is ColumnKind.BOOLEAN else {"ParentOptionSetName": None}
    return {
        **body,
        **shown,
        **parents,
        "IsGlobal": is_global,
        "IsCustomOptionSet": column.custom or name.startswith("msdyn_"),
    }


def global_option_set_row(
    name: str,
    options: Mapping[int, str],
    labels: Mapping[int, Mapping[int, str]],
    languages: Languages,
) -> MetadataRow:
    """A global option set."""
    rows = [
        _option(value, text, name, labels.get(value, _NO_TEXTS), languages)
        for value, text in options.items()
    ]
    return {
        "@odata.type": "#Microsoft.Dynamics.CRM.OptionSetMetadata",
        "Options": rows,
        **_set_properties(name, "Picklist", languages),
        "ParentOptionSetName": None,
    }


def _options(table: Table, name: str, column: Column, languages: Languages) -> list[MetadataRow]:
    rows = []
    for value, text in column.options.items():
        own = column.option_labels.get(value, _NO_TEXTS)
        row = _option(value, text, name, own, languages)
        if column.kind is ColumnKind.STATUS:
            row["State"] = column.states.get(value)
            row["TransitionData"] = None
        elif column.kind is ColumnKind.STATE:
            row["DefaultStatus"] = _default_status(table, value)
            row["InvariantName"] = text
        rows.append(row)
    return rows


def _yes_and_no(name: str, column: Column, languages: Languages) -> MetadataRow:
    labels = {0: "No", 1: "Yes", **column.options}
    own = column.option_labels
    return {
        "TrueOption": _option(1, labels[1], name, own.get(1, _NO_TEXTS), languages),
        "FalseOption": _option(0, labels[0], name, own.get(0, _NO_TEXTS), languages),
    }


def _set_properties(name: str, set_type: str, languages: Languages) -> MetadataRow:
    return {
        "MetadataId": metadata_id("optionset", name),
        "HasChanged": None,
        "Name": name,
        "ExternalTypeName": None,
        "IntroducedVersion": INTRODUCED,
        "IsGlobal": True,
        "IsCustomOptionSet": name.startswith("msdyn_"),
        "IsCustomizable": managed("iscustomizable", value=True),
        "IsManaged": True,
        "OptionSetType": set_type,
        "DisplayName": label(languages, name, "optionset", name),
        "Description": label(languages, None),
    }


def _option(
    value: int, text: str, set_name: str, own: Mapping[int, str], languages: Languages
) -> MetadataRow:
    return {
        "Value": value,
        "Label": label(languages, text, "option", set_name, str(value), own=own),
        "Description": label(languages, None),
        "Color": None,
        "ExternalValue": None,
        "IsManaged": True,
        "MetadataId": None,
        "HasChanged": None,
        "ParentValues": [],
        "Tag": None,
        "IsHidden": False,
    }


def _default_status(table: Table, state: int) -> int | None:
    statuses = table.columns.get("statuscode")
    found = statuses.states.items() if statuses else ()
    return next((status for status, belongs_to in found if belongs_to == state), None)
