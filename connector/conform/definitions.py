"""Checks of definitions: tables, columns, choices, relationships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from connector.conform.check import check
from connector.conform.findings import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.conform.findings import Difference
    from connector.conform.probe import Answer, Probe
    from connector.dataverse.message import JsonValue, Row

_ACCOUNT: Final = "EntityDefinitions(LogicalName='account')"
_ATTRIBUTES: Final = f"{_ACCOUNT}/Attributes"
_CRM: Final = "Microsoft.Dynamics.CRM."
_ACTUAL: Final = "EntityDefinitions(LogicalName='msdyn_actual')"
_READY: Final = (192350004, "Ready to Invoice")


def member(value: JsonValue, *names: str) -> JsonValue:
    """What lies at a path of member names; None where it ends early."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def named(answer: Answer, name: str) -> Row:
    """The row of a list with this logical name; empty when there is none."""
    return next((row for row in answer.rows if row.get("LogicalName") == name), {})


def labels(column: Row) -> dict[JsonValue, JsonValue]:
    """The options of a choice column, value by label."""
    options = member(column, "OptionSet", "Options")
    found = options if isinstance(options, list) else []
    return {
        member(one, "Value"): member(one, "Label", "UserLocalizedLabel", "Label") for one in found
    }


@check("A table's definition names its set, key and primary column")
def table(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    expected = {
        "EntitySetName": "accounts",
        "PrimaryIdAttribute": "accountid",
        "PrimaryNameAttribute": "name",
    }
    answer = probe.get(f"{_ACCOUNT}?$select=LogicalName,{','.join(expected)}")
    yield from answer.succeeds()
    for name, value in expected.items():
        yield from answer.same(name, answer.row.get(name), value)
    found = "MetadataId" in answer.row
    yield from answer.holds("MetadataId", found, "always there", ok=found)


@check("Definitions are filtered by logical name")
def filtered(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    answer = probe.get("EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'systemuser'")
    yield from answer.same(
        "tables", [one.get("LogicalName") for one in answer.rows], ["systemuser"]
    )


@check("A definition that does not exist is 404")
def missing(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    answer = probe.get("EntityDefinitions(LogicalName='proforma_nothing')")
    yield from answer.same("status", answer.status, 404)


@check("Choice columns show their options with labels")
def choices(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    cast = f"{_ATTRIBUTES}/{_CRM}PicklistAttributeMetadata"
    answer = probe.get(f"{cast}?$select=LogicalName&$expand=OptionSet($select=Options)")
    yield from answer.succeeds()
    found = labels(named(answer, "customertypecode"))
    whole = bool(found) and all(isinstance(value, int) and text for value, text in found.items())
    yield from answer.holds("customertypecode", found, "numbers with labels", ok=whole)


@check("Status columns tell the state of each reason")
def states(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    cast = f"{_ATTRIBUTES}/{_CRM}StatusAttributeMetadata"
    answer = probe.get(f"{cast}?$select=LogicalName&$expand=OptionSet")
    options = member(named(answer, "statuscode"), "OptionSet", "Options")
    found = [member(one, "State") for one in options] if isinstance(options, list) else []
    yield from answer.holds("states", found, "0 and 1 among them", ok={0, 1} <= set(found))


@check("Money columns tell their precision, date columns their behaviour")
def facets(probe: Probe) -> Iterator[Difference]:
    """Page "Behavior and format of the date and time column"."""
    cast = f"{_ATTRIBUTES}/{_CRM}MoneyAttributeMetadata?$select=LogicalName,Precision"
    money = probe.get(cast)
    found = named(money, "creditlimit")
    yield from money.holds("creditlimit", found, "has Precision", ok="Precision" in found)
    cast = f"{_ATTRIBUTES}/{_CRM}DateTimeAttributeMetadata?$select=LogicalName,DateTimeBehavior"
    dates = probe.get(cast)
    behaviour = member(named(dates, "createdon"), "DateTimeBehavior", "Value")
    yield from dates.same("createdon", behaviour, "UserLocal")


@check("Relationships name the property that binds a lookup")
def relationships(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    name = "ReferencingEntityNavigationPropertyName"
    answer = probe.get(f"{_ACCOUNT}/ManyToOneRelationships?$select=ReferencingAttribute,{name}")
    yield from answer.succeeds()
    found = {row.get("ReferencingAttribute"): row.get(name) for row in answer.rows}
    yield from answer.same("primarycontactid", found.get("primarycontactid"), "primarycontactid")


@check("Global choices take no filter")
def global_choices(probe: Probe) -> Iterator[Difference]:
    """Page "Query table definitions using the Web API"."""
    answer = probe.get("GlobalOptionSetDefinitions?$filter=Name eq 'x'")
    yield from answer.same("status", answer.status, 400)


@check("Actuals of Project Operations are ready to invoice under the known number")
def billing_status(probe: Probe) -> Iterator[Difference | Skipped]:
    """The number is what the shipped mapping writes; the label is checked in English only."""
    cast = f"{_ACTUAL}/Attributes/{_CRM}PicklistAttributeMetadata"
    answer = probe.get(f"{cast}?$select=LogicalName&$expand=OptionSet($select=Options)")
    if answer.status == 404:  # noqa: PLR2004 - no such table
        yield Skipped("the environment has no actuals")
        return
    found = labels(named(answer, "msdyn_billingstatus"))
    yield from answer.same("label", found.get(_READY[0]), _READY[1])


CHECKS: Final = (
    table,
    filtered,
    missing,
    choices,
    states,
    facets,
    relationships,
    global_choices,
    billing_status,
)
