"""A mounted emulator answers scripts as the environment itself would, and nothing else answers."""

from __future__ import annotations

import io
from contextlib import closing
from typing import TYPE_CHECKING, Any

import msal
import pytest
import requests

from connector.emulator import Emulator, FaultKind, ScriptedFault
from connector.testing import mount

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.testing.plugin import DataverseServer

ORG = "https://contoso.crm4.dynamics.com"
ACCOUNTS = f"{ORG}/api/data/v9.2/accounts"
ADATUM = "00000000-0000-0000-0000-00000000ada7"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with closing(Emulator()) as emulator:
        yield emulator


def names(emulator: Emulator) -> list[object]:
    return [row["name"] for row in emulator.rows("accounts")]


def created(key: str, headers: dict[str, str]) -> int:
    body = {"name": "Adatum"}
    answer = requests.patch(f"{ACCOUNTS}({key})", json=body, headers=headers, timeout=5)
    return answer.status_code


def test_a_row_that_a_script_creates_is_in_the_emulator(emulator: Emulator) -> None:
    with mount(emulator):
        answer = requests.post(ACCOUNTS, json={"name": "Adatum"}, timeout=5)

    assert answer.status_code == 204
    assert answer.headers["OData-EntityId"].startswith(f"{ORG}/api/data/v9.2/accounts(")
    assert names(emulator) == ["Adatum"]


def test_queries_arrive_as_they_were_sent(emulator: Emulator) -> None:
    emulator.seed({"accounts": [{"name": "O'Neill & Söhne 100%"}, {"name": "Adatum"}]})

    with mount(emulator):
        params = {"$filter": "name eq 'O''Neill & Söhne 100%'", "$select": "name"}
        found = requests.get(ACCOUNTS, params=params, timeout=5).json()["value"]

    assert [row["name"] for row in found] == ["O'Neill & Söhne 100%"]


def test_pages_follow_each_other_under_the_mounted_address(emulator: Emulator) -> None:
    emulator.seed({"accounts": [{"name": f"Account {number}"} for number in range(5)]})

    with mount(emulator):
        url, seen = f"{ACCOUNTS}?$select=name", 0
        while url:
            headers = {"Prefer": "odata.maxpagesize=2"}
            page = requests.get(url, headers=headers, timeout=5).json()
            url, seen = page.get("@odata.nextLink"), seen + len(page["value"])

    assert seen == 5


@pytest.mark.parametrize(
    "body",
    ['{"name": "Adatum"}', b'{"name": "Adatum"}', io.BytesIO(b'{"name": "Adatum"}')],
    ids=["text", "bytes", "file"],
)
def test_bodies_of_every_kind_arrive(emulator: Emulator, body: Any) -> None:
    headers = {"Content-Type": "application/json"}
    with mount(emulator):
        requests.post(ACCOUNTS, data=body, headers=headers, timeout=5).raise_for_status()

    assert names(emulator) == ["Adatum"]


def test_a_condition_header_is_obeyed(emulator: Emulator) -> None:
    with mount(emulator):
        statuses = [created(ADATUM, {"If-None-Match": "*"}) for _ in range(2)]

    assert statuses == [204, 412]


@pytest.mark.parametrize(
    ("kind", "error", "left_behind"),
    [
        (FaultKind.DROP_BEFORE, requests.exceptions.ConnectionError, []),
        (FaultKind.DROP_AFTER, requests.exceptions.ConnectionError, ["Adatum"]),
        (FaultKind.HALF_BODY, requests.exceptions.ChunkedEncodingError, ["Adatum"]),
    ],
)
def test_broken_connections_reach_the_script_as_errors_of_requests(
    emulator: Emulator, kind: FaultKind, error: type[Exception], left_behind: list[str]
) -> None:
    emulator.plan(ScriptedFault(kind=kind, method="POST"))

    headers = {"Prefer": "return=representation"}
    with mount(emulator), pytest.raises(error):
        requests.post(ACCOUNTS, json={"name": "Adatum"}, headers=headers, timeout=5)

    assert names(emulator) == left_behind


def test_a_host_that_is_not_mounted_cannot_be_reached(emulator: Emulator) -> None:
    with mount(emulator, ORG), pytest.raises(requests.exceptions.ConnectionError):
        requests.get("https://fabrikam.crm4.dynamics.com/api/data/v9.2/accounts", timeout=5)


@pytest.mark.parametrize(
    "address",
    [
        "https://contoso.crm4.dynamics.com.example.org/",
        "https://example.org/contoso.crm4.dynamics.com/",
        "http://contoso.crm4.dynamics.com/",
    ],
)
def test_an_address_is_matched_as_a_whole(emulator: Emulator, address: str) -> None:
    with mount(emulator), pytest.raises(requests.exceptions.ConnectionError):
        requests.get(address, timeout=5)


def test_the_network_is_as_before_once_the_mount_is_over(
    emulator: Emulator, dataverse_server: DataverseServer
) -> None:
    with mount(emulator):
        pass

    answer = requests.get(f"{dataverse_server.url}/api/data/v9.2/WhoAmI()", timeout=5)
    assert answer.status_code == 200


def test_msal_signs_in_at_the_mounted_sign_in_service(emulator: Emulator) -> None:
    with mount(emulator):
        application = msal.ConfidentialClientApplication(
            "script",
            client_credential="any-secret",
            authority="https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111",
            instance_discovery=False,
        )
        token = application.acquire_token_for_client([f"{ORG}/.default"])

    assert "access_token" in token


def test_the_fixture_answers_every_environment(dataverse: Emulator) -> None:
    requests.post(ACCOUNTS, json={"name": "Adatum"}, timeout=5)

    assert names(dataverse) == ["Adatum"]


def test_the_server_fixture_answers_on_loopback(dataverse_server: DataverseServer) -> None:
    url = f"{dataverse_server.url}/api/data/v9.2/accounts"

    requests.post(url, json={"name": "Adatum"}, timeout=5).raise_for_status()

    assert names(dataverse_server.emulator) == ["Adatum"]


def test_the_server_can_be_used_beside_a_mounted_environment(
    dataverse: Emulator, dataverse_server: DataverseServer
) -> None:
    url = f"{dataverse_server.url}/api/data/v9.2/accounts"

    requests.post(url, json={"name": "Adatum"}, timeout=5).raise_for_status()

    assert (names(dataverse), names(dataverse_server.emulator)) == ([], ["Adatum"])
