"""JSON as a seed: OData pages, lists of them, and answers with one row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator, SeedRules
from tests.emulator.rows.sources import ACCOUNT, CONTACT, CONTEXT, faults_of, names, page, written

if TYPE_CHECKING:
    from pathlib import Path


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
