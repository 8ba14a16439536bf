"""Every property that the reference pages list is there, and holds what they say it holds."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.metadata import documented
from tests.emulator.metadata.documented import properties
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CRM = "Microsoft.Dynamics.CRM"
SCHEMA = {
    "format": "proforma-emulator-schema/1",
    "extends": "project-operations",
    "tables": {
        "account": {
            "columns": {
                "new_file": {"kind": "file"},
                "new_image": {"kind": "image"},
                "new_tags": {"kind": "multipicklist", "options": {"1": "A"}},
                "new_count": {"kind": "integer"},
                "new_big": {"kind": "bigint"},
                "new_double": {"kind": "double"},
                "new_note": {"kind": "memo"},
            },
            "keys": {"new_key": ["new_big"]},
        }
    },
}


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    """A client of a tenant whose accounts have columns of every kind."""
    emulator = Emulator(read_schema(SCHEMA), behaviour="plain")
    yield Web(InProcess(emulator.app))
    emulator.close()


def is_label(value: Any) -> bool:
    if not isinstance(value, dict) or set(value) != {"LocalizedLabels", "UserLocalizedLabel"}:
        return False
    parts = {"Label", "LanguageCode", "IsManaged", "MetadataId", "HasChanged"}
    return all(set(one) == parts for one in value["LocalizedLabels"])


def is_managed(value: Any) -> bool:
    names = {"Value", "CanBeChanged", "ManagedPropertyLogicalName"}
    return isinstance(value, dict) and set(value) == names and isinstance(value["Value"], bool)


HOLDS: dict[str, Callable[[Any], bool]] = {
    "": lambda value: isinstance(value, str),
    "b": lambda value: isinstance(value, bool),
    "n": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "n?": lambda value: value is None or isinstance(value, int | Decimal),
    "m": is_managed,
    "l": is_label,
    "o": lambda value: isinstance(value, dict) and bool(value),
    "c": lambda value: isinstance(value, list),
    "?": lambda value: value is None or isinstance(value, str | int),
}


def check(row: Mapping[str, Any], expected: Mapping[str, str]) -> None:
    found = {name for name in row if "@" not in name}
    assert found == set(expected)
    wrong = {n: row[n] for n, kind in expected.items() if not HOLDS[kind](row[n])}
    assert wrong == {}


def test_a_table_has_every_documented_property(web: Web) -> None:
    expected = properties(documented.ENTITY)
    assert len(expected) == 114
    for row in web.rows("EntityDefinitions"):
        check(row, expected)
    selected = ",".join(expected)
    row = web("GET", f"EntityDefinitions(LogicalName='account')?$select={selected}").json()
    check(row, expected)


def test_what_clients_ask_first_is_answered(web: Web) -> None:
    address = "EntityDefinitions?$filter=LogicalName eq 'account'&$select=LogicalName,"
    for names in (
        "PrimaryImageAttribute",
        "CanChangeTrackingBeEnabled,ChangeTrackingEnabled",
        "IsCustomEntity,HasActivities,HasNotes",
        "ObjectTypeCode,SchemaName,CollectionSchemaName",
    ):
        [row] = web.rows(address + names)
        assert set(names.split(",")) <= set(row)
    [row] = web.rows(address + "ObjectTypeCode,SchemaName,HasNotes,IsActivityParty")
    assert (row["ObjectTypeCode"], row["SchemaName"]) == (1, "Account")
    assert row["HasNotes"]
    assert row["IsActivityParty"]
    assert web("GET", "EntityDefinitions?$select=LogicalName,HasNoise").status == 400


@pytest.mark.parametrize("kind", sorted(documented.ATTRIBUTE_TYPES))
def test_a_column_has_every_documented_property_of_its_type(web: Web, kind: str) -> None:
    expected = properties(documented.ATTRIBUTE, documented.ATTRIBUTE_TYPES[kind])
    rows = web.rows(f"EntityDefinitions(LogicalName='account')/Attributes/{CRM}.{kind}")
    if kind == "EntityNameAttributeMetadata":
        rows = web.rows(f"EntityDefinitions(LogicalName='contact')/Attributes/{CRM}.{kind}")
    assert rows
    for row in rows:
        check(row, expected)


def test_every_column_is_of_a_documented_type(web: Web) -> None:
    for row in web.rows("EntityDefinitions(LogicalName='account')/Attributes"):
        kind = row["@odata.type"].removeprefix(f"#{CRM}.")
        own = documented.ATTRIBUTE_TYPES.get(kind, "")
        assert own or kind in {"AttributeMetadata", "UniqueIdentifierAttributeMetadata"}
        check(row, properties(documented.ATTRIBUTE, own))


@pytest.mark.parametrize(
    ("column", "kind", "more"),
    [
        ("new_tags", "MultiSelectPicklist", ""),
        ("paymenttermscode", "Picklist", ""),
        ("statuscode", "Status", documented.STATUS_OPTION),
        ("statecode", "State", documented.STATE_OPTION),
    ],
)
def test_choices_have_every_documented_property(
    web: Web, column: str, kind: str, more: str
) -> None:
    cast = f"{CRM}.{kind}AttributeMetadata"
    table = "account" if column != "paymenttermscode" else "contact"
    address = f"EntityDefinitions(LogicalName='{table}')/Attributes(LogicalName='{column}')/{cast}"
    options = web("GET", f"{address}/OptionSet").json()
    check(options, properties(documented.OPTION_SET))
    for option in options["Options"]:
        shown = {name: value for name, value in option.items() if name != "IsHidden"}
        check(shown, properties(documented.OPTION, more))


def test_relationships_and_keys_have_every_documented_property(web: Web) -> None:
    below = "EntityDefinitions(LogicalName='account')"
    one = properties(documented.RELATIONSHIP, documented.ONE_TO_MANY)
    for kind in ("ManyToOneRelationships", "OneToManyRelationships"):
        rows = web.rows(f"{below}/{kind}")
        assert rows
        for row in rows:
            check(row, one)
            check(row["CascadeConfiguration"], properties(documented.CASCADE))
            check(row["AssociatedMenuConfiguration"], properties(documented.MENU))
    many = properties(documented.RELATIONSHIP, documented.MANY_TO_MANY)
    [*rows] = web.rows("EntityDefinitions(LogicalName='team')/ManyToManyRelationships")
    assert rows
    for row in rows:
        check(row, many)
        check(row["Entity1AssociatedMenuConfiguration"], properties(documented.MENU))
    [key] = web.rows(f"{below}/Keys")
    check(key, properties(documented.KEY))


def test_privileges_have_every_documented_property(web: Web) -> None:
    table = web("GET", "EntityDefinitions(LogicalName='account')?$select=Privileges").json()
    assert {one["Name"] for one in table["Privileges"]} >= {"prvCreateAccount", "prvReadAccount"}
    for privilege in table["Privileges"]:
        check(privilege, properties(documented.PRIVILEGE))


def test_columns_that_show_another_belong_to_it(web: Web) -> None:
    address = "EntityDefinitions(LogicalName='contact')/Attributes"
    rows = {row["LogicalName"]: row for row in web.rows(address)}
    for name, owner, kind in (
        ("parentcustomeridname", "parentcustomerid", "String"),
        ("parentcustomeridtype", "parentcustomerid", "EntityName"),
        ("statecodename", "statecode", "Virtual"),
        ("creditonholdname", "creditonhold", "Virtual"),
    ):
        row = rows[name]
        assert (row["AttributeOf"], row["AttributeType"]) == (owner, kind)
        assert not row["IsValidODataAttribute"]
        assert not row["IsValidForCreate"]
    own = {name for name, row in rows.items() if row["AttributeOf"] is None}
    assert not any(name.endswith("idname") for name in own)
    assert web("DELETE", f"{address}(LogicalName='statecodename')").status == 400


def test_the_facts_of_a_column_are_served(web: Web) -> None:
    address = "EntityDefinitions(LogicalName='{}')/Attributes(LogicalName='{}')/{}.{}"

    def read(table: str, column: str, kind: str) -> Any:
        return web("GET", address.format(table, column, CRM, f"{kind}AttributeMetadata")).json()

    assert read("contact", "lastname", "String")["MaxLength"] == 50
    assert read("contact", "lastname", "String")["RequiredLevel"]["Value"] == "ApplicationRequired"
    assert read("msdyn_actual", "msdyn_transactiondate", "DateTime")["DateTimeBehavior"] == {
        "Value": "DateOnly"
    }
    assert read("invoice", "totalamount", "Money")["Precision"] is not None
    base = read("invoice", "totalamount_base", "Money")
    assert (base["IsBaseCurrency"], base["CalculationOf"]) == (True, "totalamount")
