"""What is a seed: mappings, OData pages, files of several kinds, folders and archives."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator, SeedRules
from tests.emulator.rows.sources import CONTACT, faults_of, names, written

if TYPE_CHECKING:
    from pathlib import Path


def test_files_are_loaded_together_in_any_order(plain: Emulator, tmp_path: Path) -> None:
    row = {"name": "A", "_primarycontactid_value": CONTACT}
    first = written(tmp_path, "a.json", {"accounts": [row]})
    second = written(tmp_path, "contacts.csv", f"contactid,lastname\n{CONTACT},Li\n")
    assert plain.seed(first, second, rules=SeedRules(strict=True)).rows == 2


def test_a_folder_is_all_of_its_files(plain: Emulator, tmp_path: Path) -> None:
    written(tmp_path, "1.json", {"accounts": [{"name": "A"}]})
    written(tmp_path, "accounts.csv", "name\nB\n")
    written(tmp_path, ".hidden", "no seed")
    written(tmp_path, "data_schema.xml", "<entities/>")
    written(tmp_path, "more/2.json", {"accounts": [{"name": "C"}]})
    plain.seed(tmp_path)
    assert names(plain) == ["A", "B", "C"]


def test_a_folder_with_other_files_or_none_is_refused(plain: Emulator, tmp_path: Path) -> None:
    [fault] = faults_of(plain, tmp_path)
    assert fault.startswith(f"{tmp_path}: no file of a seed; expected: .json, .csv, .zip")
    odd = written(tmp_path, "notes.txt", "hello")
    [fault] = faults_of(plain, tmp_path)
    assert fault.startswith(f"{odd}: this kind of file is no seed; expected: .json")


def test_an_archive_is_all_of_its_files(plain: Emulator, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("a.json", json.dumps({"accounts": [{"name": "A"}]}))
        archive.writestr("folder/accounts.csv", "name\nB\n")
        archive.writestr("[Content_Types].xml", "<Types/>")
    plain.seed(tmp_path / "export.zip")
    assert names(plain) == ["A", "B"]


def test_contents_of_file_columns_beside_a_data_xml_are_no_seeds(
    plain: Emulator, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("data.xml", '<entities><entity name="account"/></entities>')
        archive.writestr("files/account/logo.bin", b"\x89PNG")
    assert plain.seed(tmp_path / "data.zip").rows == 0


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04 and so on", b"no archive"])
def test_a_broken_archive_is_a_fault(plain: Emulator, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    [fault] = faults_of(plain, tmp_path / "x.zip")
    assert fault.startswith(f"{tmp_path / 'x.zip'}: no archive that can be read")


def test_archives_are_not_followed_for_ever(plain: Emulator, tmp_path: Path) -> None:
    inner = tmp_path / "0"
    inner.write_text("{}", encoding="utf-8")
    for number in range(1, 4):
        with zipfile.ZipFile(tmp_path / str(number), "w") as archive:
            archive.write(tmp_path / str(number - 1), str(number - 1))
    [fault] = faults_of(plain, tmp_path / "3")
    assert fault.endswith("3/2/1: an archive that deep inside others is not read")


def test_every_fault_of_every_source_is_told_and_nothing_is_loaded(
    plain: Emulator, tmp_path: Path
) -> None:
    good = written(tmp_path, "good.json", {"accounts": [{"name": "A"}]})
    cut = written(tmp_path, "cut.json", '{"accounts": [{"name": "B"}, {"name"')
    line = written(tmp_path, "contacts.csv", "lastname,creditlimit\nLi,many\n")
    table: dict[str, list[object]] = {"acounts": []}
    found = faults_of(plain, good, cut, line, tmp_path / "none.json", table)
    assert [fault.partition(": ")[0] for fault in found] == [
        str(cut),
        str(line),
        str(tmp_path / "none.json"),
        "acounts",
    ]
    assert "contacts line 2: 'creditlimit': 'many' is not accepted; expected: an amount" in found[1]
    assert found[3] == (
        "acounts: the schema has no such entity set or table; the nearest is 'accounts'"
    )
    assert plain.rows("accounts") == ()


def test_a_lenient_seed_loads_the_rest_and_lists_what_it_left_out(
    plain: Emulator, tmp_path: Path
) -> None:
    cut = written(tmp_path, "cut.json", '{"accounts": [{"name": "B"}, {"name"')
    rows = [{"name": "A", "creditlimit": "x", "nosuch": 1}, 7, {"statecode": 0, "statuscode": 2}]
    report = plain.seed(cut, {"accounts": rows, "boxes": []}, rules=SeedRules(lenient=True))

    assert report.rows == 3
    assert {(row["name"], row["statuscode"]) for row in plain.rows("accounts")} == {
        ("A", 1),
        ("B", 1),
        (None, 1),
    }
    assert [row["creditlimit"] for row in plain.rows("accounts")] == [None] * 3
    beginnings = [
        f"{cut}: ",
        "accounts row 1: 'creditlimit': 'x' is not accepted; expected: an amount",
        "accounts row 1: 'nosuch' is no property of account",
        "accounts row 2: an object was expected, not 7",
        "accounts row 3: 'statuscode': 2 Inactive belongs to statecode 1 Inactive, the row has 0",
        "boxes: the schema has no such entity set or table",
    ]
    assert len(report.left_out) == len(beginnings)
    for told, beginning in zip(report.left_out, beginnings, strict=True):
        assert told.startswith(beginning)
    assert report.remarks[0] == "left out, 6 faults:"
