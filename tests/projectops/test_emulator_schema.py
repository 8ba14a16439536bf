"""A tenant's tables as a schema file that the emulator reads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connector.dataverse.metadata import AttributeInfo
from connector.dataverse.values import DateBehaviour
from connector.emulator.schema.file import read_schema
from connector.invoicing.choices import NotToExceedStatus
from connector.projectops.choices import resolve_choices
from connector.projectops.emulator_schema import schema_of_case, schema_of_tenant
from connector.projectops.kept_columns import kept_tables
from tests.projectops.small_tenant import MAPPING, small_tenant
from tests.projectops.test_kept_columns import info

PLAIN = info("msdyn_actual", msdyn_actualid="Uniqueidentifier", new_price="Money")
ACTUAL = replace(
    PLAIN,
    entity_set="msdyn_actuals",
    attributes={
        **PLAIN.attributes,
        "msdyn_nottoexceedstatus": AttributeInfo(
            type="Picklist", options={7: "Contoso failed", 8: "Contoso passed"}
        ),
        "msdyn_billingstatus": AttributeInfo(type="Picklist", options={192350004: "Contoso"}),
        "msdyn_documentdate": AttributeInfo(
            type="DateTime", date_behaviour=DateBehaviour.TIME_ZONE_INDEPENDENT
        ),
        "msdyn_transactiondate": AttributeInfo(
            type="DateTime", date_behaviour=DateBehaviour.DATE_ONLY
        ),
        "msdyn_description": AttributeInfo(type="Memo", max_length=77),
        "new_owner": AttributeInfo(type="Lookup"),
        "new_text": AttributeInfo(type="String", max_length=9, is_written=False),
    },
    lookups={"new_owner": {"account": "new_Owner"}},
)
TENANT = replace(
    small_tenant(),
    choices=resolve_choices(MAPPING.choices, {"not_to_exceed_status": {"failed": 7}}),
)
TABLES = {"msdyn_actual": ACTUAL}


def columns_of(document: Any) -> Any:
    return document["tables"]["msdyn_actual"]["columns"]


def test_a_case_has_the_tenants_numbers_and_none_of_its_labels() -> None:
    rows: Any = ({"msdyn_nottoexceedstatus": 9, "msdyn_billingstatus": None},)

    found = schema_of_case(TENANT, TABLES, kept_tables(MAPPING, TABLES), {"actual": rows})

    assert columns_of(found)["msdyn_nottoexceedstatus"]["options"] == {
        "7": MAPPING.labels.not_to_exceed_status[NotToExceedStatus.FAILED][0],
        "8": "Choice 8",
        "9": "Choice 9",
    }
    assert columns_of(found)["msdyn_billingstatus"]["options"] == {"192350004": "Choice 192350004"}
    assert "Contoso" not in str(found)
    assert "new_" not in str(found)


def test_dates_are_meant_as_in_the_tenant() -> None:
    columns = columns_of(schema_of_tenant(TABLES, {}))

    assert columns["msdyn_documentdate"] == {
        "kind": "datetime",
        "behaviour": "TimeZoneIndependent",
    }
    assert columns["msdyn_transactiondate"] == {"kind": "date"}


def test_columns_that_the_emulator_has_are_left_as_they_are() -> None:
    shipped = {"msdyn_actual": frozenset({"msdyn_description"})}

    columns = columns_of(schema_of_tenant(TABLES, shipped))

    assert "msdyn_description" not in columns
    assert columns["msdyn_nottoexceedstatus"]["options"]["7"] == "Contoso failed"
    assert columns["new_owner"] == {
        "kind": "lookup",
        "targets": ["account"],
        "navigation": {"new_Owner": "account"},
    }
    assert columns["new_text"] == {"kind": "string", "length": 9, "read_only": True}
    assert "msdyn_actualid" not in columns


def test_what_the_tenant_lacks_the_emulator_lacks_too_and_both_are_well_formed() -> None:
    for document in (
        schema_of_tenant(TABLES, {}),
        schema_of_case(TENANT, TABLES, kept_tables(MAPPING, TABLES), {}),
    ):
        table = read_schema(document).tables["msdyn_actual"]
        assert "msdyn_nottoexceedstatus" in table.columns
        assert "msdyn_projectcontractlinefeeamount" not in table.columns
        assert table.columns["msdyn_billingstatus"].options.keys() == {192350004}
