"""Definitions are answered to each caller by its own address, as they are at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator import Emulator
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = "EntityDefinitions(LogicalName='account')/Keys?$select=SchemaName"
NAMES = "EntityDefinitions?$select=LogicalName&$filter=LogicalName eq 'new_box'"
BOX = {
    "SchemaName": "new_Box",
    "DisplayName": {"LocalizedLabels": [{"Label": "Box", "LanguageCode": 1033}]},
    "HasNotes": False,
    "Attributes": [
        {
            "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
            "SchemaName": "new_Name",
            "IsPrimaryName": True,
            "MaxLength": 100,
            "RequiredLevel": {"Value": "None"},
        }
    ],
}


def two_tenants() -> Iterator[tuple[Emulator, Web]]:
    for host in ("one.crm.dynamics.com", "two.crm.dynamics.com"):
        emulator = Emulator(behaviour="plain")
        carrier = InProcess(emulator.app)
        carrier.host = host
        yield emulator, Web(carrier)


def test_each_tenant_speaks_of_its_own_address_however_often_it_is_asked() -> None:
    for emulator, web in two_tenants():
        for _ in range(2):
            context = str(web("GET", KEYS).json()["@odata.context"])
            assert f"//{web.carrier.host}/" in context  # type: ignore[attr-defined]
        emulator.close()


def test_a_table_that_one_tenant_makes_is_seen_there_at_once_and_nowhere_else() -> None:
    (first, here), (second, there) = two_tenants()
    assert here("GET", NAMES).json()["value"] == []

    assert here("POST", "EntityDefinitions", BOX).status == 204

    assert [row["LogicalName"] for row in here("GET", NAMES).json()["value"]] == ["new_box"]
    assert there("GET", NAMES).json()["value"] == []
    first.close()
    second.close()
