"""Whatever library a script uses acts against the fixture as it does against a tenant."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from connector.testing import faults
from tests.testing.libraries import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.emulator import Emulator
    from connector.testing.plugin import DataverseServer
    from tests.testing.libraries import Library

ORG = "https://contoso.crm4.dynamics.com"
ACCOUNTS = f"{ORG}/api/data/v9.2/accounts"
BODY = {"name": "Adatum"}
#: Sockets of these do not block: nobody can ask them how long they would wait.
IN_A_LOOP = ("httpx in a loop", "aiohttp")


@pytest.fixture(params=list(LIBRARIES))
def library(request: pytest.FixtureRequest) -> Library:
    return LIBRARIES[request.param]


def names(emulator: Emulator) -> list[object]:
    return [row["name"] for row in emulator.rows("accounts")]


def test_a_request_is_answered_by_the_emulator(dataverse: Emulator, library: Library) -> None:
    status, text = library.send("POST", ACCOUNTS, BODY, 5)

    assert (status, json.loads(text)["name"]) == (201, "Adatum")
    assert names(dataverse) == ["Adatum"]


def test_links_in_an_answer_lead_to_the_host_that_was_asked(
    dataverse: Emulator, library: Library
) -> None:
    dataverse.seed({"accounts": [{"name": "A"}]})

    _, text = library.send("GET", f"{ACCOUNTS}?$select=name", None, 5)

    assert json.loads(text)["@odata.context"] == f"{ORG}/api/data/v9.2/$metadata#accounts(name)"


def test_a_connection_lost_before_the_write_is_an_error_of_the_library(
    dataverse: Emulator, library: Library
) -> None:
    dataverse.plan(faults.lost_before())

    with pytest.raises(library.lost):
        library.send("POST", ACCOUNTS, BODY, 5)
    assert names(dataverse) == []


def test_a_connection_lost_after_the_write_is_the_same_error_and_leaves_the_row(
    dataverse: Emulator, library: Library
) -> None:
    dataverse.plan(faults.lost_after())

    with pytest.raises(library.lost):
        library.send("POST", ACCOUNTS, BODY, 5)
    assert names(dataverse) == ["Adatum"]


def test_half_an_answer_is_an_error_of_the_library(dataverse: Emulator, library: Library) -> None:
    dataverse.plan(faults.cut_short())

    with pytest.raises(library.cut):
        library.send("POST", ACCOUNTS, BODY, 5)
    assert names(dataverse) == ["Adatum"]


def test_an_answer_later_than_the_time_out_is_a_time_out(
    dataverse: Emulator, library: Library
) -> None:
    dataverse.plan(faults.slow(30))
    begun = time.perf_counter()

    with pytest.raises(library.late):
        library.send("POST", ACCOUNTS, BODY, 0.3)

    assert time.perf_counter() - begun < 5
    assert names(dataverse) == ["Adatum"]


@pytest.mark.parametrize("name", [name for name in LIBRARIES if name not in IN_A_LOOP])
def test_a_late_answer_within_the_time_out_passes_on_the_clock_of_the_emulator(
    dataverse: Emulator, name: str
) -> None:
    dataverse.plan(faults.slow(30))
    begun, before = time.perf_counter(), dataverse.clock()

    status, _ = LIBRARIES[name].send("POST", ACCOUNTS, BODY, 60)

    assert status == 201
    assert time.perf_counter() - begun < 5
    assert (dataverse.clock() - before).total_seconds() == 30


@pytest.mark.parametrize("name", [name for name in LIBRARIES if name not in IN_A_LOOP])
def test_a_time_out_passes_on_the_clock_of_the_emulator(dataverse: Emulator, name: str) -> None:
    dataverse.plan(faults.slow(600))
    begun, before = time.perf_counter(), dataverse.clock()

    with pytest.raises(LIBRARIES[name].late):
        LIBRARIES[name].send("POST", ACCOUNTS, BODY, 45)

    assert time.perf_counter() - begun < 5
    assert (dataverse.clock() - before).total_seconds() == 45


@pytest.mark.parametrize("name", IN_A_LOOP)
def test_in_a_loop_a_late_answer_is_really_late(dataverse: Emulator, name: str) -> None:
    dataverse.plan(faults.slow(0.2))
    begun = time.perf_counter()

    status, _ = LIBRARIES[name].send("POST", ACCOUNTS, BODY, 5)

    assert status == 201
    assert 0.2 <= time.perf_counter() - begun < 4


@pytest.mark.parametrize(
    "address",
    [
        "https://api.example.com/orders",
        "https://192.0.2.7/orders",
        "https://[2001:db8::7]/orders",
        "https://contoso.crm4.dynamics.com.example.org/api/data/v9.2/accounts",
        "https://contoso.crm4.dynamics.com:8443/api/data/v9.2/accounts",
    ],
    ids=["name", "IPv4", "IPv6", "longer name", "another port"],
)
def test_another_host_is_refused_by_name(
    dataverse: Emulator, library: Library, address: str
) -> None:
    with pytest.raises(library.unreachable) as refused:
        library.send("GET", address, None, 5)

    host = urlsplit(address).hostname or ""
    assert any(
        host in said and "was not reached: while a Dataverse is emulated" in said
        for said in said_by(refused.value)
    )
    assert dataverse.trace == ()


def said_by(error: BaseException | None) -> Iterator[str]:
    """What an error says, and each that led to it: a traceback shows them all."""
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


def test_the_server_fixture_lets_no_library_out_either(
    dataverse_server: DataverseServer, library: Library
) -> None:
    with pytest.raises(library.unreachable, match="was not reached"):
        library.send("GET", f"{ORG}/api/data/v9.2/accounts", None, 5)
    assert dataverse_server.emulator.trace == ()


@pytest.mark.parametrize(
    "host",
    [
        "login.microsoftonline.com",
        "login.microsoft.com",
        "login.windows.net",
        "sts.windows.net",
        "login.microsoftonline.us",
        "login.partner.microsoftonline.cn",
        "login.chinacloudapi.cn",
        "login.microsoftonline.de",
    ],
)
def test_the_sign_in_of_every_cloud_is_the_emulators(dataverse: Emulator, host: str) -> None:
    tenant = "11111111-1111-1111-1111-111111111111"

    status, text = LIBRARIES["requests"].send(
        "GET", f"https://{host}/{tenant}/v2.0/.well-known/openid-configuration", None, 5
    )

    found = json.loads(text)
    assert status == 200
    assert found["token_endpoint"] == f"https://{host}/{tenant}/oauth2/v2.0/token"
    assert dataverse.rows("accounts") == ()


@pytest.mark.parametrize(
    "host",
    [
        "contoso.crm.dynamics.com",
        "contoso.api.crm11.dynamics.com",
        "contoso.crm.microsoftdynamics.us",
        "contoso.crm.appsplatform.us",
        "contoso.crm.dynamics.cn",
        "CONTOSO.CRM4.DYNAMICS.COM",
    ],
)
def test_the_environments_of_every_cloud_are_the_emulators(dataverse: Emulator, host: str) -> None:
    status, _ = LIBRARIES["http.client"].send(
        "POST", f"https://{host}/api/data/v9.2/accounts", BODY, 5
    )

    assert status == 201
    assert names(dataverse) == ["Adatum"]
