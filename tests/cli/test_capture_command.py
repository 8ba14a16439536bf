"""`capture` writes a seed and its schema, says what they hold, and they replay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator, load_schema

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

NAME = "Adatum shop floor portal"


def test_a_contract_becomes_two_files_that_the_emulator_takes(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    out = tmp_path / "case.json"

    ended = proforma(
        *("capture", "--config", tenant.config, "--contract", NAME, "--out", out, "--json")
    )

    assert ended.code == 0
    document = json.loads(ended.out)
    assert document["format"] == "proforma-capture/1"
    assert (document["seed"], document["schema"]) == (str(out), str(tmp_path / "case.schema.json"))
    told = {table["entity_set"]: table for table in document["tables"]}
    assert told["salesorders"]["rows"] == 1
    assert told["msdyn_actuals"]["columns"]["msdyn_amount"] == "scaled"
    assert "msdyn_actuals:" in ended.err
    assert "other columns" in ended.err
    emulator = Emulator(load_schema(tmp_path / "case.schema.json"), out)
    assert [row["name"] for row in emulator.rows("salesorders")] == ["contract 1"]
    emulator.close()
    assert NAME not in out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (("--out", "case.json"), "name the contracts"),
        (("--contract", "nobody", "--out", "case.json"), "nobody"),
        (("--contract", NAME, "--out", "no/case.json"), "its folder does not exist"),
        (("--contract", NAME, "--out", "c.json", "--scale-amounts", "0"), "a positive number"),
        (("--contract", NAME, "--out", "c.json", "--scale-amounts", "x"), "a positive number"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    proforma: Proforma,
    tenant: Tenant,
    flags: tuple[str, ...],
    said: str,
    in_an_empty_folder: Path,
) -> None:
    ended = proforma("capture", "--config", tenant.config, *flags)

    assert ended.code == 2
    assert said in ended.err
    assert list(in_an_empty_folder.iterdir()) == []
