"""An emulator filled from a tenant holds the due contracts and nothing of the others."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
import requests

from connector.dataverse.metadata import AttributeInfo
from connector.invoicing.ids import ContractId
from connector.usecases.tenant_emulator import RehearsalFailed, tenant_emulator
from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path

NAME = "Adatum shop floor portal"


def rows(url: str, entity_set: str) -> list[dict[str, object]]:
    answer = requests.get(f"{url}/api/data/v9.2/{entity_set}", timeout=10)
    found: list[dict[str, object]] = answer.json()["value"]
    return found


def test_it_holds_the_contracts_that_were_asked_for_and_who_they_name(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        adatum = tenant.contract(NAME)
        contracts = [ContractId(UUID(adatum["salesorderid"]))]
        with tenant_emulator(connector._environment, contracts) as there:
            found = rows(there.url, "salesorders")
            accounts = rows(there.url, "accounts")
            actuals = rows(there.url, "msdyn_actuals")

    assert [row["name"] for row in found] == [NAME]
    assert found[0]["_customerid_value"] in [row["accountid"] for row in accounts]
    assert there.left_out == ()
    assert len(actuals) == len(there.world["actual"]) > 0


def test_it_listens_no_more_afterwards(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        with tenant_emulator(connector._environment, ()) as there:
            assert rows(there.url, "salesorders") == []
        with pytest.raises(requests.ConnectionError):
            rows(there.url, "salesorders")


def test_the_emulator_is_not_imported_until_somebody_rehearses() -> None:
    code = (
        "import sys, connector.connector, connector.cli.entry;"
        "print([name for name in sys.modules if name.split('.')[:2] == ['connector', 'emulator']])"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert ended.stdout.strip() == "[]"


def test_tables_that_it_cannot_take_are_a_clear_message(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        environment = connector._environment
        [info] = environment.client.metadata.tables(["salesorder"]).values()
        # No tenant shows such a name; what is read of it is kept for the client's life.
        info.attributes["No Name"] = AttributeInfo(type="String")  # type: ignore[index]

        with (
            pytest.raises(RehearsalFailed, match="No Name"),
            tenant_emulator(environment, ()),
        ):
            pass
