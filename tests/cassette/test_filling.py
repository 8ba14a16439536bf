"""An emulator is filled with what reads show, and with the rows that writes are bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.cassette import read_cassette
from connector.cassette.filling import fill
from connector.emulator import Emulator
from tests.cassette.far_side import ask, recording, sample

if TYPE_CHECKING:
    from pathlib import Path


def test_a_row_that_a_write_was_bound_to_is_there_with_its_id_alone(tmp_path: Path) -> None:
    with sample() as tenant, recording(tenant.app, tmp_path / "c.jsonl") as (ours, _):
        account = tenant.rows("accounts")[0]["accountid"]
        bound = {"parentcustomerid_account@odata.bind": f"/accounts({account})"}
        absent = {"parentcustomerid_account@odata.bind": f"/accounts({account[:-1]}f)"}
        made = ask(ours, "POST", "contacts", {"lastname": "New", **bound})
        wrong = ask(ours, "POST", "contacts", {"lastname": "Wrong", **absent})
        contact = made.headers["odata-entityid"].removeprefix(ours)
        account_of = {"primarycontactid@odata.bind": contact}
        ask(ours, "PATCH", f"accounts({account})", account_of)

    emulator = Emulator()
    remarks = fill(emulator, read_cassette(tmp_path / "c.jsonl"))
    accounts, contacts = emulator.rows("accounts"), emulator.rows("contacts")
    emulator.close()

    assert (made.status, wrong.status) == (204, 404)
    assert [(row["accountid"], row["name"]) for row in accounts] == [(account, None)]
    assert (contacts, remarks) == ((), ())


def test_a_row_has_the_name_that_lookups_to_it_were_shown_with(tmp_path: Path) -> None:
    label = "_customerid_value@OData.Community.Display.V1.FormattedValue"
    wish = {"Prefer": 'odata.include-annotations="*"'}
    with sample() as tenant, recording(tenant.app, tmp_path / "c.jsonl") as (ours, _):
        read = "salesorders?$select=name,_customerid_value&$top=1"
        [order] = ask(ours, "GET", read, headers=wish).json()["value"]
        customer = order["_customerid_value"]
        bound = {"parentcustomerid_account@odata.bind": f"/accounts({customer})"}
        ask(ours, "POST", "contacts", {"lastname": "New", **bound})

    emulator = Emulator()
    fill(emulator, read_cassette(tmp_path / "c.jsonl"))
    names = [row["name"] for row in emulator.rows("accounts")]
    emulator.close()

    assert names == [order[label]]
