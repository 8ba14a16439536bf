"""The emulator among the answers of a test that uses `responses` already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
import responses

from connector.emulator import Emulator, FaultKind, ScriptedFault
from connector.testing import answer_through

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANT = "https://contoso.crm4.dynamics.com/api/data/v9.2"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    found = Emulator(seed={"accounts": [{"name": "Adatum Corporation"}]})
    yield found
    found.close()


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


def test_the_tenant_is_emulated_and_other_answers_stay_the_tests_own(
    mock: responses.RequestsMock, emulator: Emulator
) -> None:
    mock.get("https://rates.example/eur", json={"rate": "1.17"})
    answer_through(mock, emulator)

    rows = requests.get(f"{TENANT}/accounts?$select=name", timeout=5).json()["value"]

    assert [row["name"] for row in rows] == ["Adatum Corporation"]
    assert requests.get("https://rates.example/eur", timeout=5).json() == {"rate": "1.17"}


def test_only_the_named_addresses_are_emulated(
    mock: responses.RequestsMock, emulator: Emulator
) -> None:
    answer_through(mock, emulator, "https://contoso.crm4.dynamics.com")

    assert requests.get(f"{TENANT}/WhoAmI", timeout=5).status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get("https://other.crm4.dynamics.com/api/data/v9.2/WhoAmI", timeout=5)


def test_a_written_row_is_kept(mock: responses.RequestsMock, emulator: Emulator) -> None:
    answer_through(mock, emulator)

    created = requests.post(f"{TENANT}/accounts", json={"name": "Fabrikam"}, timeout=5)

    assert created.status_code == 204
    assert {row["name"] for row in emulator.dump()["accounts"]} == {
        "Adatum Corporation",
        "Fabrikam",
    }


def test_a_connection_that_breaks_is_the_librarys_own_error(
    mock: responses.RequestsMock, emulator: Emulator
) -> None:
    answer_through(mock, emulator)
    emulator.plan(ScriptedFault(kind=FaultKind.DROP_BEFORE))

    with pytest.raises(requests.exceptions.ConnectionError):
        requests.get(f"{TENANT}/WhoAmI", timeout=5)
