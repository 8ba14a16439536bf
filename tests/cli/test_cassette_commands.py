"""Record, replay and conform as processes and commands of a consultant's afternoon."""

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

import connector
from tests.cassette.far_side import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

NAMES = "accounts?$select=name&$orderby=name"


@contextmanager
def started(*arguments: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of `emulator …` and the address that it printed."""
    command = [sys.executable, "-m", "connector", "emulator", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().removeprefix("listening on ").strip()
    finally:
        process.kill()
        process.communicate()


def url_of(tenant: Tenant) -> str:
    return tenant.config.read_text("utf-8").partition('url = "')[2].partition('"')[0]


@pytest.mark.skipif(os.name == "nt", reason="Windows sends a program of its own no such signal")
def test_an_afternoon_is_recorded_replayed_and_compared(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    cassette = tmp_path / "afternoon.jsonl"
    with started("record", "--to", url_of(tenant), "--out", cassette) as (process, url):
        asked = ask(url, "GET", NAMES)
        made = ask(url, "POST", "accounts", {"name": "New"})
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0
    with started("replay", cassette) as (process, url):
        again = ask(url, "GET", NAMES)
        unknown = ask(url, "GET", "contacts")

    assert (asked.status, made.status) == (200, 204)
    assert f"2 exchanges recorded in {cassette}" in err
    assert again.json()["value"] == asked.json()["value"]
    assert unknown.status == 501
    agreed = proforma("emulator", "conform", "--cassette", cassette, "--json")
    assert agreed.code == 0, agreed.err
    assert "2 exchanges: 2 agree, 0 differ" in agreed.err
    assert [one["differences"] for one in json.loads(agreed.out)["exchanges"]] == [[], []]


def test_a_difference_ends_with_exit_code_1(proforma: Proforma, tmp_path: Path) -> None:
    exchange = {
        "number": 1,
        "request": {"method": "GET", "target": f"/api/data/v9.2/{NAMES}", "headers": {}},
        "response": {"status": 404, "headers": {}},
    }
    cassette = tmp_path / "c.jsonl"
    cassette.write_text(
        f'{{"format":"proforma-cassette/1"}}\n{json.dumps(exchange)}\n', encoding="utf-8"
    )

    ended = proforma("emulator", "conform", "--cassette", cassette)

    assert ended.code == 1
    assert "1. GET /api/data/v9.2/accounts" in ended.out
    assert "status: recorded 404, emulated 200" in ended.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("record", "--to", "contoso.crm.dynamics.com"), "--to url: expected https://"),
        (("record", "--to", "http://contoso.crm.dynamics.com"), "http would show the token"),
        (("record", "--to", "https://x", "--out", "no/where.jsonl"), "cannot write the cassette"),
        (("replay", "absent.jsonl"), "cannot read the cassette absent.jsonl"),
        (("conform", "--seed", "."), "--seed and --schema belong to --cassette"),
        (("conform", "--cassette", "a", "--url", "https://x"), "--cassette is compared with"),
        (("conform", "--cassette", "absent.jsonl"), "cannot read the cassette absent.jsonl"),
    ],
)
def test_bad_input_is_one_message(proforma: Proforma, words: tuple[str, ...], said: str) -> None:
    ended = proforma("emulator", *words)

    assert ended.code == 2
    assert said in ended.err


def test_settings_for_another_tenant_are_refused(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    words = ("emulator", "record", "--to", "https://contoso.crm.dynamics.com")

    ended = proforma(*words, "--config", tenant.config, "--out", tmp_path / "c.jsonl")

    assert ended.code == 2
    assert f"is for {url_of(tenant)}, and --to says https://contoso.crm.dynamics.com" in ended.err
    assert not (tmp_path / "c.jsonl").exists()
