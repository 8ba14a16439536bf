"""`emulator serve` as a process of its own: says where it is, answers, and stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
import trustme

import connector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Ended

    Proforma = Callable[..., Ended]

ONE_ACCOUNT = {
    "accounts": [{"accountid": "b3e6a1de-52a4-4c60-9d41-2f4f5f0d1a11", "name": "Only one"}]
}


@contextmanager
def serving(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and the address that it printed."""
    command = [sys.executable, "-c", "import sys; from connector.cli import main; sys.exit(main())"]
    process = subprocess.Popen(
        [*command, "emulator", "serve", "--port", "0", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, line.removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def names(url: str, entity_set: str = "accounts", verify: str | None = None) -> list[str]:
    answer = requests.get(
        f"{url}/api/data/v9.2/{entity_set}?$select=name", timeout=10, verify=verify or True
    )
    return sorted(row["name"] for row in answer.json()["value"])


@pytest.mark.skipif(os.name == "nt", reason="Windows sends a program of its own no such signal")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_the_sample_tenant_until_it_is_told_to_stop(number: signal.Signals) -> None:
    with serving() as (process, url):
        contracts = names(url, "salesorders")
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

        assert "Adatum shop floor portal" in contracts
        assert process.returncode == 0
        assert (out, err) == ("", "")
        with pytest.raises(requests.ConnectionError):
            names(url)


def test_users_are_held_to_the_privileges_of_a_file(tmp_path: Path) -> None:
    words = {"*": {"*": "global", "account": {"read": "none"}}, "boss": "administrator"}
    file = tmp_path / "privileges.json"
    file.write_text(json.dumps(words), encoding="utf-8")

    with serving("--privileges", file) as (_process, url):
        accounts = f"{url}/api/data/v9.2/accounts"
        answer = requests.get(accounts, timeout=10)
        boss = requests.get(accounts, headers={"Authorization": "Bearer boss"}, timeout=10)

        assert names(url, "salesorders")
        assert answer.json()["error"]["code"] == "0x80040220"
        assert boss.status_code == 200


def test_rows_come_from_the_seed_and_stay_in_the_store(tmp_path: Path) -> None:
    seed, store = tmp_path / "seed.json", tmp_path / "store.sqlite"
    seed.write_text(json.dumps(ONE_ACCOUNT), encoding="utf-8")

    with serving("--seed", seed, "--store", store, "--behaviour", "plain") as (process, url):
        first = names(url)
        process.terminate()
        process.wait(timeout=20)
    with serving("--store", store) as (_, url):
        second = names(url)

    assert first == second == ["Only one"]


def test_it_speaks_tls_with_a_given_certificate(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    certificate, key, root = (tmp_path / name for name in ("cert.pem", "key.pem", "root.pem"))
    issued.cert_chain_pems[0].write_to_path(certificate)
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(root)

    with serving("--tls-cert", certificate, "--tls-key", key) as (_, url):
        assert url.startswith("https://127.0.0.1:")
        assert "Adatum Corporation" in names(url, verify=str(root))


def test_a_seed_with_faults_is_refused_with_its_row(proforma: Proforma, tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text('{"accounts": [{"nam": "x"}]}', encoding="utf-8")

    ended = proforma("emulator", "serve", "--seed", seed)

    assert ended.code == 2
    assert "accounts row 1" in ended.err


def test_a_port_that_is_taken_is_a_usage_error(proforma: Proforma) -> None:
    with serving() as (_, url):
        ended = proforma("emulator", "serve", "--port", url.rpartition(":")[2])

    assert ended.code == 2
    assert "cannot listen on port" in ended.err


def test_certificate_and_key_belong_together(proforma: Proforma, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()

    ended = proforma("emulator", "serve", "--tls-cert", tmp_path / "cert.pem")

    assert ended.code == 2
    assert "belong together" in ended.err
