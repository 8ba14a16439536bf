"""The rows that reads of a cassette show are those that were there before it wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cassette import read_cassette
from connector.cassette.seed import seed_of
from tests.cassette.far_side import ask, recording, sample

if TYPE_CHECKING:
    from pathlib import Path


def test_rows_are_taken_as_they_were_seen_first_and_new_ones_are_not(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        account = emulator.rows("accounts")[0]["accountid"]
        there = f"accounts({account})"
        name = ask(ours, "GET", f"{there}?$select=name").json()["name"]
        ask(ours, "PATCH", there, {"name": "Changed"})
        ask(ours, "GET", there)
        made = ask(ours, "POST", "contacts", {"lastname": "New"}).headers["odata-entityid"]
        ask(ours, "GET", made.removeprefix(ours))
        ask(ours, "GET", "WhoAmI")
        ask(ours, "GET", "EntityDefinitions?$select=LogicalName&$top=1")
        ask(ours, "GET", "accounts/$count")

    assert seed_of(read_cassette(tmp_path / "c.jsonl")) == {
        "accounts": [{"accountid": account, "name": name}]
    }


def test_rows_of_a_batch_and_labels_of_lookups_are_taken(tmp_path: Path) -> None:
    body = (
        "--b\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        "GET /api/data/v9.2/salesorders?$select=name,_customerid_value&$top=1 HTTP/1.1\r\n"
        'Prefer: odata.include-annotations="*"\r\n\r\n\r\n--b--\r\n'
    )
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "POST", "$batch", body, {"Content-Type": "multipart/mixed; boundary=b"})

    [row] = seed_of(read_cassette(tmp_path / "c.jsonl"))["salesorders"]
    assert "_customerid_value@OData.Community.Display.V1.FormattedValue" in row
