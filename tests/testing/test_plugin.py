"""The fixtures hold and do what a marker or a project's settings say."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from connector.testing import faults

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from connector.testing.plugin import DataverseServer

API = "https://contoso.crm4.dynamics.com/api/data/v9.2"
ROWS = {"accounts": [{"name": "Adatum"}, {"name": "Fabrikam"}]}


def get(address: str = "accounts") -> requests.Response:
    return requests.get(f"{API}/{address}", timeout=5)


def names(emulator: Emulator) -> list[str]:
    return sorted(str(row["name"]) for row in emulator.rows("accounts"))


@pytest.mark.dataverse(seed=ROWS)
def test_rows_come_from_a_dictionary(dataverse: Emulator) -> None:
    assert names(dataverse) == ["Adatum", "Fabrikam"]


@pytest.mark.dataverse(seed="rows.json", now="2021-02-03T04:05:06+01:00")
def test_rows_come_from_a_file_beside_the_test(dataverse: Emulator) -> None:
    assert names(dataverse) == ["From a file"]
    [row] = get().json()["value"]
    assert row["createdon"] == "2021-02-03T03:05:06Z"


@pytest.mark.dataverse(seed="export", strict=True)
def test_rows_come_from_a_folder_beside_the_test(dataverse: Emulator) -> None:
    assert names(dataverse) == ["Adatum"]
    [row] = get("accounts?$expand=primarycontactid($select=lastname)").json()["value"]
    assert (row["name"], row["primarycontactid"]["lastname"]) == ("Adatum", "Li")


@pytest.mark.dataverse(seed={"accounts": [{"name": "A", "nosuch": 1}]}, lenient=True)
def test_a_lenient_seed_leaves_out_what_cannot_be_read(dataverse: Emulator) -> None:
    assert names(dataverse) == ["A"]


@pytest.mark.dataverse(seed=[ROWS, "rows.json"])
def test_the_server_is_filled_in_the_same_way(dataverse_server: DataverseServer) -> None:
    answer = requests.get(f"{dataverse_server.url}/api/data/v9.2/accounts/$count", timeout=5)
    assert answer.content.endswith(b"3")


@pytest.mark.dataverse(schema="boxes.xml", behaviour="plain", seed={"cr_boxes": [{"name": "big"}]})
def test_tables_come_from_the_model_of_a_tenant(dataverse: Emulator) -> None:
    assert get("cr_boxes?$select=name").json()["value"][0]["name"] == "big"
    assert get("salesorders").status_code == 200
    assert [row["name"] for row in dataverse.rows("cr_boxes")] == ["big"]


@pytest.mark.dataverse(schema="boxes.xml", schema_only=True, behaviour="plain")
def test_the_shipped_tables_can_be_left_out(dataverse: Emulator) -> None:
    assert get("salesorders").status_code == 501
    assert set(dataverse.store.schema.tables) == {"cr_box"}


@pytest.mark.dataverse(limits=True)
def test_limits_are_enforced_on_the_clock_of_the_test(dataverse: Emulator) -> None:
    dataverse.limits.configure(replace(dataverse.limits.settings, requests=3))
    statuses = [get("WhoAmI").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    dataverse.clock.advance(301)
    assert get("WhoAmI").status_code == 200


@pytest.mark.dataverse(auth="any")
def test_a_token_can_be_demanded(dataverse: Emulator) -> None:
    assert get().status_code == 401
    assert not dataverse.rows("accounts")


@pytest.mark.dataverse(
    privileges={"clerk@contoso.example": {"*": "global", "account": {"create": "none"}}}
)
def test_users_can_be_held_to_their_privileges(dataverse: Emulator) -> None:
    def create(user: str) -> requests.Response:
        signed = {"Authorization": f"Bearer {user}"}
        return requests.post(f"{API}/accounts", json={"name": "x"}, headers=signed, timeout=5)

    refused = create("clerk@contoso.example")
    assert refused.status_code == 403
    assert "is missing prvCreateAccount privilege" in refused.json()["error"]["message"]
    assert create("anybody else").status_code == 204
    assert names(dataverse) == ["x"]


def test_faults_happen_in_the_order_in_which_they_were_planned(dataverse: Emulator) -> None:
    dataverse.plan(
        faults.throttled(retry_after=7),
        faults.refused(403, "0x80040220"),
        faults.lost_before(method="POST"),
        faults.garbled_page(2),
    )
    busy = get()
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
    assert get().json()["error"]["code"] == "0x80040220"
    assert get().json()["value"] == []
    assert "html" in get().headers["Content-Type"]
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{API}/accounts", json={"name": "x"}, timeout=5)
    assert names(dataverse) == []


def test_a_lost_answer_leaves_the_row(dataverse: Emulator) -> None:
    dataverse.plan(faults.lost_after(method="POST"))
    with pytest.raises(requests.ConnectionError):
        requests.post(f"{API}/accounts", json={"name": "x"}, timeout=5)
    assert names(dataverse) == ["x"]


def test_answers_can_be_cut_or_late(dataverse: Emulator) -> None:
    dataverse.plan(faults.cut_short(), faults.slow(30, path="WhoAmI", times=2))
    with pytest.raises(requests.RequestException):
        get().json()
    before = dataverse.clock()
    with pytest.raises(requests.ReadTimeout):
        get("WhoAmI")
    assert (dataverse.clock() - before).total_seconds() == 5
    assert requests.get(f"{API}/WhoAmI", timeout=31).status_code == 200
    assert (dataverse.clock() - before).total_seconds() == 35


def run_pytest(folder: Path, test: str, settings: str = "") -> str:
    """What pytest prints about a test in a project of its own."""
    (folder / "pytest.ini").write_text(f"[pytest]\n{settings}", encoding="utf-8")
    (folder / "test_it.py").write_text(test, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_project_sets_rows_and_tables_for_all_of_its_tests(tmp_path: Path) -> None:
    here = Path(__file__).parent
    for name in ("rows.json", "boxes.xml"):
        (tmp_path / name).write_bytes((here / name).read_bytes())
    words = '{"clerk@contoso.example": {"account": "basic"}}'
    (tmp_path / "users.json").write_text(words, encoding="utf-8")
    test = (
        "import pytest\n"
        "def test_settings(dataverse):\n"
        "    assert len(dataverse.rows('systemusers')) == 2\n"
        "    assert [row['name'] for row in dataverse.rows('accounts')] == ['From a file']\n"
        "    assert dataverse.rows('cr_boxes') == ()\n"
        "    assert dataverse.app.parts.behaviour.name == 'plain'\n"
        "@pytest.mark.dataverse(seed=None)\n"
        "def test_marker(dataverse):\n"
        "    assert dataverse.rows('accounts') == ()\n"
    )
    settings = (
        "dataverse_seed = rows.json\ndataverse_schema = boxes.xml\ndataverse_behaviour = plain\n"
        "dataverse_privileges = users.json\n"
    )
    said = run_pytest(tmp_path, test, settings)
    assert "2 passed" in said, said


REPORTED = """
import pytest, requests
API = "https://contoso.crm4.dynamics.com/api/data/v9.2"

def test_a(dataverse):
    answer = requests.post(f"{API}/accounts", json={"nmae": "Adatum"}, timeout=5,
                           headers={"Authorization": "Bearer of-the-user"})
    answer.raise_for_status()

def test_b(dataverse, dataverse_server):
    with pytest.raises(requests.HTTPError):
        test_a(dataverse)

def test_c(dataverse_server):
    requests.get(f"{dataverse_server.url}/api/data/v9.2/accounts(1)", timeout=5)
    assert False

def test_d(dataverse):
    assert not dataverse.exchanges and False
"""


def test_the_report_of_a_failed_test_shows_what_was_said(tmp_path: Path) -> None:
    said = run_pytest(tmp_path, REPORTED)

    assert "3 failed, 1 passed" in said, said
    _, first, third, fourth = re.split(r"_+ test_\w _+\n", said)
    assert "-- exchanges with dataverse --" in first
    assert "POST https://contoso.crm4.dynamics.com/api/data/v9.2/accounts\n" in first
    assert '        {"nmae": "Adatum"}\n    400 Bad Request\n' in first
    assert "'nmae'" in first.partition("400 Bad Request\n")[2]
    assert "of-the-user" not in first.partition("exchanges with")[2]
    assert "-- exchanges with dataverse_server --" in third
    assert "/api/data/v9.2/accounts(1)\n    400 Bad Request\n" in third
    assert "nothing was asked of the emulator" in fourth


#: A marker that cannot be followed, and what is said about it.
FAULTS = {
    "sead={}": "does not know 'sead'",
    "{}": "does not know what has no name",
    "seed={'accounts': [{'nme': 1}]}": "'nme' is no property of account",
    "seed='nowhere.json'": "nowhere.json",
    "schema='nowhere.xml'": "nowhere.xml",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """What pytest says of each of those markers, all of them in one project."""
    tests = "".join(
        f"@pytest.mark.dataverse({mark})\ndef test_{place}(dataverse): pass\n"
        for place, mark in enumerate(FAULTS)
    )
    printed = run_pytest(tmp_path_factory.mktemp("faulty"), f"import pytest\n{tests}")
    assert f"{len(FAULTS)} errors" in printed, printed
    first, *sections = printed.split("ERROR at setup of test_")
    del first
    return tuple(sections)


@pytest.mark.parametrize(("place", "words"), list(enumerate(FAULTS.values())), ids=list(FAULTS))
def test_a_marker_with_a_fault_is_named(said: tuple[str, ...], place: int, words: str) -> None:
    assert said[place].startswith(f"{place} ")
    assert words in said[place].partition("short test summary")[0]


def test_the_plugin_costs_a_project_that_does_not_use_it_nothing() -> None:
    code = "import sys, connector.testing.plugin; print('connector.emulator' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
