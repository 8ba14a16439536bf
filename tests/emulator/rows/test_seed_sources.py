"""What is a seed: mappings, OData pages, files of several kinds, folders and archives."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import Emulator, SeedError, SeedRules

if TYPE_CHECKING:
    from pathlib import Path

CONTEXT = "https://contoso.crm4.dynamics.com/api/data/v9.2/$metadata#"
ACCOUNT = "a0000000-0000-0000-0000-000000000001"
CONTACT = "c0000000-0000-0000-0000-000000000001"


def page(entity_set: str, *rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"@odata.context": f"{CONTEXT}{entity_set}", **more, "value": list(rows)}


def names(emulator: Emulator, entity_set: str = "accounts") -> list[str]:
    return sorted(str(row["name"]) for row in emulator.rows(entity_set))


def written(folder: Path, name: str, document: object) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    text = document if isinstance(document, str) else json.dumps(document)
    file.write_text(text, "utf-8")
    return file


def faults_of(emulator: Emulator, *sources: Any) -> tuple[str, ...]:
    with pytest.raises(SeedError) as caught:
        emulator.seed(*sources)
    return caught.value.problems


@pytest.mark.parametrize(
    "context", ["accounts", "accounts(name,revenue)", "Collection(Microsoft.Dynamics.CRM.accounts)"]
)
def test_a_page_names_its_table_in_its_context(plain: Emulator, context: str) -> None:
    plain.seed(page(context, {"name": "A"}, {"name": "B"}))
    assert names(plain) == ["A", "B"]


def test_a_list_of_pages_is_loaded_together(plain: Emulator) -> None:
    lookup = {"name": "A", "_primarycontactid_value": CONTACT}
    pages = [page("accounts", lookup), page("contacts", {"contactid": CONTACT, "lastname": "Li"})]
    report = plain.seed(pages, rules=SeedRules(strict=True))
    assert report.rows == 2


def test_an_answer_with_one_row_is_that_row(plain: Emulator) -> None:
    plain.seed({"@odata.context": f"{CONTEXT}accounts/$entity", "name": "A", "accountid": ACCOUNT})
    assert [(row["name"], row["accountid"]) for row in plain.rows("accounts")] == [("A", ACCOUNT)]


def test_a_table_whose_last_page_is_missing_is_told(plain: Emulator) -> None:
    more = {"@odata.nextLink": f"{CONTEXT}accounts?$skiptoken=1"}
    first, last = page("accounts", {"name": "A"}, **more), page("accounts", {"name": "B"})
    contacts = page("contacts", {"lastname": "C"}, **more)
    assert plain.seed([first, last]).notes == ()
    report = plain.seed(first, contacts)
    beginnings = [note.partition(":")[0] for note in report.notes]
    assert beginnings == ["accounts", "contacts"]
    assert report.notes[0].endswith(": the last page says that more rows follow (@odata.nextLink)")


@pytest.mark.parametrize("order", [["@odata.context", "value"], ["value", "@odata.context"]])
def test_a_page_in_a_file_is_read_wherever_its_context_stands(
    plain: Emulator, tmp_path: Path, order: list[str]
) -> None:
    members = {"@odata.context": f"{CONTEXT}accounts", "value": [{"name": "A"}]}
    plain.seed(written(tmp_path, "any.json", {name: members[name] for name in order}))
    assert names(plain) == ["A"]


def test_a_page_without_context_is_of_the_table_that_its_file_is_named_after(
    plain: Emulator, tmp_path: Path
) -> None:
    plain.seed(written(tmp_path, "accounts.json", {"value": [{"name": "A"}]}))
    assert names(plain) == ["A"]
    [fault] = faults_of(plain, {"value": [{"name": "A"}]})
    assert fault.startswith("a page without @odata.context does not say its table; expected:")


def test_pages_in_a_file_may_be_a_list(plain: Emulator, tmp_path: Path) -> None:
    pages = [page("accounts", {"name": "A"}), page("accounts", {"name": "B"})]
    plain.seed(written(tmp_path, "pages.json", "\ufeff " + json.dumps(pages)))
    assert names(plain) == ["A", "B"]


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


def test_rows_that_were_expanded_are_rows_of_their_own_tables(plain: Emulator) -> None:
    account = {
        "accountid": ACCOUNT,
        "name": "A",
        "primarycontactid": {"contactid": CONTACT, "lastname": "Li"},
        "Account_Tasks": [{"subject": "Call"}, {"subject": "Write", "percentcomplete": 101}],
    }
    report = plain.seed({"accounts": [account]}, rules=SeedRules(lenient=True))
    assert report.rows == 4
    [row] = plain.rows("accounts")
    assert row["_primarycontactid_value"] == CONTACT
    tasks = plain.rows("tasks")
    assert {one["subject"] for one in tasks} == {"Call", "Write"}
    assert {one["_regardingobjectid_value"] for one in tasks} == {ACCOUNT}
    [told] = report.left_out
    assert told == (
        "accounts/Account_Tasks row 1: 'percentcomplete': 101 is not accepted; expected: a whole "
        "number from 0 to 100"
    )


def test_numbers_may_be_texts_and_binds_are_lookups(plain: Emulator) -> None:
    row = {
        "name": "A",
        "creditlimit": "1234.5600",
        "numberofemployees": "12",
        "primarycontactid@odata.bind": f"/contacts({CONTACT})",
    }
    plain.seed({"accounts": [row], "contacts": [{"contactid": CONTACT, "birthdate": None}]})
    [stored] = plain.rows("accounts")
    assert (stored["creditlimit"], stored["numberofemployees"]) == (Decimal("1234.56"), 12)
    assert stored["_primarycontactid_value"] == CONTACT
    [fault] = faults_of(plain, {"accounts": [{"primarycontactid@odata.bind": "/contacts(a='b')"}]})
    assert fault.endswith("\"/contacts(a='b')\" is not accepted; expected: /contacts(id)")


def test_a_managed_property_is_named_as_what_is_not_kept(plain: Emulator) -> None:
    flag = {"Value": True, "CanBeChanged": True, "ManagedPropertyLogicalName": "iscustomizable"}
    [fault] = faults_of(plain, {"roles": [{"name": "R", "iscustomizable": flag}]})
    assert fault == (
        "roles row 1: 'iscustomizable' is a managed property, which the emulator does not keep"
    )
