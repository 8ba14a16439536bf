"""Privileges by name and id, and those whose ids a tenant gave."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.emulator.access.catalog import catalog_of, foreign_ids
from connector.emulator.faults import DataverseFault
from connector.emulator.schema.file import read_schema
from connector.emulator.storage.store import Store

if TYPE_CHECKING:
    from connector.emulator import Emulator

OWN = UUID("99999999-0000-4000-8000-000000000001")


def test_every_privilege_is_found_by_name_and_by_id(plain: Emulator) -> None:
    with plain.store.reading() as tx:
        catalog = catalog_of(tx)

    assert len(catalog.ids) == len(catalog.names) == len(plain.rows("privileges"))
    assert catalog.names[catalog.ids["prvReadInvoice"]] == "prvReadInvoice"


def test_ids_of_a_tenant_are_told_apart_from_the_emulators_own(plain: Emulator) -> None:
    plain.seed({"privileges": [{"privilegeid": str(OWN), "name": "prvReadInvoice"}]})
    with plain.store.reading() as tx:
        catalog, foreign = catalog_of(tx), foreign_ids(tx)

    assert catalog.ids["prvReadInvoice"] == OWN
    assert foreign == {"prvReadInvoice": str(OWN)}


def test_a_schema_without_privileges_has_none_to_tell() -> None:
    document = {"format": "proforma-emulator-schema/1", "tables": {}}
    store = Store(read_schema(document))
    with store.reading() as tx:
        assert foreign_ids(tx) == {}
        with pytest.raises(DataverseFault) as refused:
            catalog_of(tx)
    store.close()
    assert refused.value.status == 501
