"""Retries, waits, pools, threads and loops of a script act in process as over a socket."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import msal
import pytest
import requests
import tenacity
from requests.adapters import HTTPAdapter
from urllib3 import Retry

from connector.emulator import Emulator
from connector.testing import faults, mount
from tests.testing.loops import all_closed

if TYPE_CHECKING:
    from collections.abc import Iterator

ORG = "https://contoso.crm4.dynamics.com"
API = f"{ORG}/api/data/v9.2"
ACCOUNTS = f"{API}/accounts"
BODY = {"name": "Adatum"}
TENANT = "11111111-1111-1111-1111-111111111111"


def names(emulator: Emulator) -> list[object]:
    return [row["name"] for row in emulator.rows("accounts")]


def session_with(retries: Retry) -> requests.Session:
    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=retries))
    return session


@pytest.fixture
def quick() -> Iterator[None]:
    """The test must not wait by the wall's clock."""
    begun = time.perf_counter()
    yield
    assert time.perf_counter() - begun < 5


def test_a_retry_that_replays_a_post_makes_two_rows_when_the_answer_was_lost(
    dataverse: Emulator,
) -> None:
    dataverse.plan(faults.lost_after())

    with session_with(Retry(total=2, allowed_methods=None)) as session:
        assert session.post(ACCOUNTS, json=BODY, timeout=5).status_code == 204

    assert names(dataverse) == ["Adatum", "Adatum"]


def test_a_retry_makes_one_row_when_the_request_was_lost(dataverse: Emulator) -> None:
    dataverse.plan(faults.lost_before())

    with session_with(Retry(total=2, allowed_methods=None)) as session:
        assert session.post(ACCOUNTS, json=BODY, timeout=5).status_code == 204

    assert names(dataverse) == ["Adatum"]


def test_a_retry_leaves_a_post_alone_unless_told_otherwise(dataverse: Emulator) -> None:
    dataverse.plan(faults.lost_after())

    with session_with(Retry(total=2)) as session, pytest.raises(requests.ConnectionError):
        session.post(ACCOUNTS, json=BODY, timeout=5)

    assert names(dataverse) == ["Adatum"]


def test_retries_that_are_used_up_are_an_error(dataverse: Emulator) -> None:
    dataverse.plan(*[faults.lost_before() for _ in range(4)])

    with session_with(Retry(total=3)) as session, pytest.raises(requests.ConnectionError):
        session.get(ACCOUNTS, timeout=5)

    assert dataverse.faults.planned == ()


@pytest.mark.usefixtures("quick")
def test_a_retry_after_is_waited_for_on_the_clock_of_the_emulator(dataverse: Emulator) -> None:
    dataverse.plan(faults.throttled(retry_after=300, times=2))
    before = dataverse.clock()

    with session_with(Retry(total=3, status_forcelist=[429])) as session:
        assert session.get(ACCOUNTS, timeout=5).status_code == 200

    assert (dataverse.clock() - before).total_seconds() == 600


@pytest.mark.dataverse(limits=True)
@pytest.mark.usefixtures("quick")
def test_a_script_that_waits_as_told_gets_through_the_limits(dataverse: Emulator) -> None:
    limits = dataverse.limits
    limits.configure(replace(limits.settings, requests=3))

    with session_with(Retry(total=3, status_forcelist=[429])) as session:
        statuses = [session.get(f"{API}/WhoAmI", timeout=5).status_code for _ in range(7)]

    assert statuses == [200] * 7
    asked = [entry.status for entry in dataverse.trace]
    assert asked.count(200) == 7
    assert asked.count(429) == 2


@pytest.mark.usefixtures("quick")
def test_a_script_of_its_own_waits_as_it_was_told(dataverse: Emulator) -> None:
    dataverse.plan(faults.throttled(retry_after=120))
    before = dataverse.clock()

    answer = requests.get(ACCOUNTS, timeout=5)
    time.sleep(int(answer.headers["Retry-After"]) + 1)

    assert requests.get(ACCOUNTS, timeout=5).status_code == 200
    assert (dataverse.clock() - before).total_seconds() == 121


@pytest.mark.usefixtures("quick")
def test_tenacity_waits_as_it_was_told(dataverse: Emulator) -> None:
    dataverse.plan(faults.throttled(retry_after=60))
    before = dataverse.clock()

    @tenacity.retry(wait=tenacity.wait_fixed(90), stop=tenacity.stop_after_attempt(2))
    def read() -> int:
        answer = requests.get(ACCOUNTS, timeout=5)
        answer.raise_for_status()
        return answer.status_code

    assert read() == 200
    assert (dataverse.clock() - before).total_seconds() == 90


@pytest.mark.usefixtures("quick")
def test_tasks_of_a_loop_wait_side_by_side(dataverse: Emulator) -> None:
    dataverse.plan(faults.throttled(retry_after=300, times=3))
    before = dataverse.clock()

    async def asked(session: aiohttp.ClientSession) -> tuple[int, str]:
        async with session.get(ACCOUNTS) as answer:
            return answer.status, answer.headers.get("Retry-After", "")

    async def whole() -> list[tuple[int, str]]:
        async with aiohttp.ClientSession() as session:
            first = await asyncio.gather(*(asked(session) for _ in range(3)))
            await asyncio.gather(*(asyncio.sleep(int(wait)) for _, wait in first))
            second = await asyncio.gather(*(asked(session) for _ in range(3)))
        await all_closed()
        return [*first, *second]

    assert asyncio.run(whole()) == [(429, "300")] * 3 + [(200, "")] * 3
    assert (dataverse.clock() - before).total_seconds() == 300


def test_any_other_sleep_is_a_sleep(dataverse: Emulator) -> None:
    dataverse.plan(faults.throttled(retry_after=300))
    requests.get(ACCOUNTS, timeout=5)
    begun, before = time.perf_counter(), dataverse.clock()

    time.sleep(0.05)

    assert time.perf_counter() - begun >= 0.05
    assert dataverse.clock() == before


@pytest.mark.usefixtures("quick")
def test_latency_passes_on_the_clock_of_the_emulator(dataverse: Emulator) -> None:
    dataverse.limits.configure(replace(dataverse.limits.settings, latency=20.0))
    before = dataverse.clock()

    assert requests.get(ACCOUNTS, timeout=21).status_code == 200
    with pytest.raises(requests.ReadTimeout):
        requests.get(ACCOUNTS, timeout=19)

    assert (dataverse.clock() - before).total_seconds() == 39


def test_threads_of_a_script_write_side_by_side(dataverse: Emulator) -> None:
    def write(number: int) -> int:
        return requests.post(ACCOUNTS, json={"name": f"{number:03}"}, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(100))) == {204}

    assert sorted(map(str, names(dataverse))) == [f"{number:03}" for number in range(100)]


def test_tasks_of_a_loop_write_side_by_side(dataverse: Emulator) -> None:
    async def whole() -> set[int]:
        async with httpx.AsyncClient(timeout=30) as client:
            answers = await asyncio.gather(
                *(client.post(ACCOUNTS, json={"name": f"{number:02}"}) for number in range(30))
            )
        await all_closed()
        return {answer.status_code for answer in answers}

    assert asyncio.run(whole()) == {204}
    assert sorted(map(str, names(dataverse))) == [f"{number:02}" for number in range(30)]


def test_a_session_that_outlives_a_test_finds_the_next_emulator() -> None:
    found = []
    with requests.Session() as session:
        for name in ("first", "second"):
            emulator = Emulator(seed={"accounts": [{"name": name}]})
            with mount(emulator):
                found += [row["name"] for row in session.get(ACCOUNTS, timeout=5).json()["value"]]
            emulator.close()

    assert found == ["first", "second"]


def test_two_environments_are_two_emulators() -> None:
    first, second = Emulator(), Emulator()
    with (
        mount(first, "https://one.crm.dynamics.com"),
        mount(second, "https://two.crm.dynamics.com"),
    ):
        for host in ("one", "two", "two"):
            url = f"https://{host}.crm.dynamics.com/api/data/v9.2/accounts"
            requests.post(url, json={"name": host}, timeout=5).raise_for_status()

    assert (names(first), names(second)) == (["one"], ["two", "two"])


def test_an_address_without_tls_and_a_port_of_its_own_can_be_answered() -> None:
    emulator = Emulator()
    addresses = ("http://plain.example", "https://own.example:8443")
    with mount(emulator, *addresses):
        for address in addresses:
            requests.post(f"{address}/api/data/v9.2/accounts", json=BODY, timeout=5)

    assert names(emulator) == ["Adatum", "Adatum"]


@pytest.mark.parametrize(
    "authority",
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"],
)
@pytest.mark.parametrize("discovery", [None, True, False])
def test_msal_signs_in_in_every_cloud(
    dataverse: Emulator,
    authority: str,
    discovery: bool | None,  # noqa: FBT001  a case
) -> None:
    application = msal.ConfidentialClientApplication(
        "script",
        client_credential="any-secret",
        authority=f"https://{authority}/{TENANT}",
        instance_discovery=discovery,
    )
    token = application.acquire_token_for_client([f"{ORG}/.default"])

    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert requests.get(ACCOUNTS, headers=headers, timeout=5).status_code == 200
    grant = dataverse.tokens.grant_of(token["access_token"])
    assert grant is not None
    assert (grant.client_id, grant.resource) == ("script", ORG)


def test_a_name_that_is_sent_to_a_name_server_is_refused(dataverse: Emulator) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        for server in ("192.0.2.53", "127.0.0.53"):
            with pytest.raises(ConnectionRefusedError, match=r"53:53 was not reached"):
                connection.sendto(b"question", (server, 53))
    assert dataverse.trace == ()


def test_proxies_of_the_environment_are_not_used(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://proxy.example.com:3128")
    dataverse = request.getfixturevalue("dataverse")

    assert requests.post(ACCOUNTS, json=BODY, timeout=5).status_code == 204
    assert httpx.post(ACCOUNTS, json=BODY, timeout=5).status_code == 204
    assert "HTTPS_PROXY" not in os.environ
    assert len(dataverse.rows("accounts")) == 2


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_servers_of_the_test_itself_stay_reachable(dataverse: Emulator) -> None:
    with HTTPServer(("localhost", 0), _Answers) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        answer = requests.get(f"http://localhost:{server.server_port}/", timeout=5)
        thread.join()

    assert answer.status_code == 204
    assert dataverse.trace == ()


@pytest.mark.dataverse(allow=["nowhere.invalid", "192.0.2.*"])
def test_what_a_test_allows_is_left_to_the_network(dataverse: Emulator) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("nowhere.invalid", 443)
    with socket.socket() as connection:
        connection.settimeout(0)
        assert connection.connect_ex(("192.0.2.7", 9)) != 0
    with pytest.raises(ConnectionRefusedError, match="was not reached"):
        socket.getaddrinfo("elsewhere.invalid", 443)
    assert dataverse.trace == ()


def test_everything_is_as_before_once_the_mount_is_over() -> None:
    def everything() -> tuple[object, ...]:
        return (
            socket.getaddrinfo,
            socket.gethostbyname,
            socket.socket.connect,
            socket.socket.connect_ex,
            socket.socket.sendto,
            time.sleep,
            asyncio.sleep,
            dict(os.environ),
        )

    before = everything()
    with mount(Emulator()):
        assert everything() != before
    assert everything() == before


@pytest.mark.parametrize(
    "address", ["contoso.crm4.dynamics.com", "ftp://a.example", "https://a.example/b"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    refused = pytest.raises(ValueError, match="is no address to answer: expected https://HOST")
    with refused, mount(Emulator(), address):
        pytest.fail("it was mounted")
