"""`emulator seed` and `emulator snapshot` against a running emulator, and `serve --schema`."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from tests.cli.test_emulator_serve import ONE_ACCOUNT, names, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cli.conftest import Ended

    Proforma = Callable[..., Ended]

CONTACT = "c0000000-0000-0000-0000-000000000001"
SCHEMA = {
    "format": "proforma-emulator-schema/1",
    "tables": {
        "cr_crate": {"columns": {"cr_crateid": {"kind": "guid"}, "name": {"kind": "string"}}}
    },
}


@pytest.fixture
def running() -> Iterator[tuple[Emulator, str]]:
    """An empty emulator and its address."""
    emulator = Emulator(behaviour="plain")
    with emulator.serve() as server:
        yield emulator, server.url
    emulator.close()


def written(folder: Path, name: str, document: object) -> Path:
    file = folder / name
    file.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return file


def test_rows_of_a_file_are_loaded_into_a_running_emulator(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    emulator, url = running
    ended = proforma("emulator", "seed", "--url", url, written(tmp_path, "rows.json", ONE_ACCOUNT))

    assert (ended.code, ended.out) == (0, "1 rows loaded\n")
    assert [row["name"] for row in emulator.rows("accounts")] == ["Only one"]


def test_a_snapshot_is_a_seed_with_every_digit(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    emulator, url = running
    amount = '{"accounts": [{"name": "A", "creditlimit": 12345678901234.5670}]}'
    proforma("emulator", "seed", "--url", f"{url}/", written(tmp_path, "rows.json", amount))
    before = emulator.dump()
    ended = proforma("emulator", "snapshot", "--url", url, "--out", tmp_path / "all.json")
    assert ended.code == 0
    assert re.search(r"^\d+ rows written to .*all\.json$", ended.out)
    emulator.reset()

    proforma("emulator", "seed", "--url", url, tmp_path / "all.json")

    [row] = emulator.rows("accounts")
    assert row["creditlimit"] == before["accounts"][0]["creditlimit"]
    assert emulator.dump().keys() == before.keys()


def test_a_seed_with_faults_is_refused_with_each_of_them(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    emulator, url = running
    wrong = {"accounts": [{"name": "A"}, {"nme": "B"}], "boxes": []}
    ended = proforma("emulator", "seed", "--url", url, written(tmp_path, "rows.json", wrong))

    assert ended.code == 2
    assert "accounts row 2: 'nme'" in ended.err
    assert "boxes: the schema has no such entity set" in ended.err
    assert emulator.rows("accounts") == ()
    assert "--lenient" in ended.err

    ended = proforma(
        "emulator", "seed", "--lenient", "--url", url, written(tmp_path, "rows.json", wrong)
    )
    assert (ended.code, ended.out) == (0, "2 rows loaded\n")
    assert "left out, 2 faults:" in ended.err
    assert "accounts row 2: 'nme' is no property of account; the nearest is 'name'" in ended.err


def test_files_and_folders_are_loaded_together_or_not_at_all(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    emulator, url = running
    folder = tmp_path / "export"
    folder.mkdir()
    written(folder, "contacts.csv", f"contactid,lastname\n{CONTACT},Li\n")
    account = {"name": "A", "_primarycontactid_value": CONTACT}
    rows = written(tmp_path, "rows.json", {"accounts": [account]})
    ended = proforma("emulator", "seed", "--strict", "--url", url, rows, folder)
    assert (ended.code, ended.out) == (0, "2 rows loaded\n")

    emulator.reset()
    deeper = folder / "deeper"
    deeper.mkdir()
    empty = proforma("emulator", "seed", "--url", url, deeper)
    assert (empty.code, "no file of a seed" in empty.err) == (2, True)
    written(deeper, "accounts.csv", "creditlimit\nmany\n")
    ended = proforma("emulator", "seed", "--url", url, rows, folder)
    assert ended.code == 2
    assert f"{deeper / 'accounts.csv'}: accounts line 2: 'creditlimit'" in ended.err
    assert emulator.rows("contacts") == ()


def test_lookups_to_rows_that_were_not_exported_are_counted_or_refused(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    rows = written(tmp_path, "rows.json", {"accounts": [{"_primarycontactid_value": CONTACT}]})
    kept = proforma("emulator", "seed", "--url", running[1], rows)
    refused = proforma("emulator", "seed", "--strict", "--url", running[1], rows)
    assert (kept.code, kept.out) == (0, "1 rows loaded\n")
    assert "1 lookups lead to rows that are not there" in kept.err
    assert refused.code == 2
    assert f"{rows}: accounts row 1: '_primarycontactid_value': there is no contact" in refused.err


@pytest.mark.parametrize("command", ["seed", "snapshot"])
def test_an_address_without_an_emulator_ends_with_4(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path, command: str
) -> None:
    rest = (
        (written(tmp_path, "rows.json", ONE_ACCOUNT),)
        if command == "seed"
        else ("--out", tmp_path / "x.json")
    )
    for url in ("http://127.0.0.1:9", f"{running[1]}/api"):
        ended = proforma("emulator", command, "--url", url, *rest)
        assert ended.code == 4
        assert url in ended.err
    assert not (tmp_path / "x.json").exists()


def test_a_file_that_is_no_json_is_a_usage_error(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    file = written(tmp_path, "rows.json", "{")
    assert proforma("emulator", "seed", "--url", running[1], file).code == 2


def test_a_folder_that_is_not_there_is_a_usage_error(
    proforma: Proforma, running: tuple[Emulator, str], tmp_path: Path
) -> None:
    out = tmp_path / "nowhere" / "all.json"
    ended = proforma("emulator", "snapshot", "--url", running[1], "--out", out)
    assert (ended.code, "nowhere" in ended.err) == (2, True)


def test_tables_come_from_a_schema_file(tmp_path: Path) -> None:
    schema = written(tmp_path, "schema.json", SCHEMA)
    seed = written(tmp_path, "rows.json", {"cr_crates": [{"name": "big"}]})
    with serving("--schema", schema, "--seed", seed, "--behaviour", "plain") as (_, url):
        assert names(url, "cr_crates") == ["big"]


def test_serving_takes_several_seeds_of_any_kind(proforma: Proforma, tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    written(folder, "accounts.csv", "name\nFrom a file\n")
    seed = written(tmp_path, "rows.json", ONE_ACCOUNT)
    with serving("--seed", seed, "--seed", folder, "--behaviour", "plain") as (_, url):
        assert names(url) == ["From a file", "Only one"]
    written(folder, "notes.txt", "-")
    ended = proforma("emulator", "serve", "--seed", folder)
    assert ended.code == 2
    assert "notes.txt: this kind of file is no seed" in ended.err


def test_tables_come_from_the_model_of_a_tenant(tmp_path: Path) -> None:
    model = written(
        tmp_path,
        "model.xml",
        '<Edmx><Schema><EntityType Name="cr_box"><Key><PropertyRef Name="cr_boxid"/></Key>'
        '<Property Name="cr_boxid" Type="Edm.Guid"/><Property Name="name" Type="Edm.String"/>'
        '</EntityType><EntityContainer><EntitySet Name="cr_boxes" EntityType="mscrm.cr_box"/>'
        "</EntityContainer></Schema></Edmx>",
    )
    said = {"EntityLogicalName": "cr_box", "LogicalName": "name", "AttributeType": "String"}
    said_file = written(tmp_path, "said.json", {**said, "MaxLength": 3})
    with serving("--schema", model, "--definitions", said_file) as (_, url):
        assert names(url, "cr_boxes") == []
        assert "Adatum shop floor portal" in names(url, "salesorders")


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--schema", "bad.json"), "bad.json"),
        (("--schema", "bad.xml"), "cr_box"),
        (("--schema-only",), "--schema-only"),
        (("--definitions", "bad.json"), "--schema"),
        (("--privileges", "bad.json"), "bad.json"),
        (("--privileges", "high.json"), "'clerk', 'invoices': there is no table of that name"),
    ],
)
def test_a_file_with_a_fault_is_a_usage_error(
    proforma: Proforma, in_an_empty_folder: Path, flags: tuple[str, ...], words: str
) -> None:
    written(in_an_empty_folder, "bad.json", "{")
    written(in_an_empty_folder, "high.json", '{"clerk": {"invoices": "global"}}')
    written(
        in_an_empty_folder,
        "bad.xml",
        '<Edmx><EntityType Name="cr_box"><Property/></EntityType></Edmx>',
    )
    ended = proforma("emulator", "serve", *flags)
    assert ended.code == 2
    assert words in ended.err
