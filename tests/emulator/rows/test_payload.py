"""Values of choices in a body: which are taken, and what a refusal names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.file import read_schema
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Iterator

OPTIONS = {"1": "Red", "2": "Green", "12": "Blue"}
SCHEMA = {
    "format": "proforma-emulator-schema/1",
    "extends": "project-operations",
    "tables": {
        "thing": {
            "set": "things",
            "columns": {
                "thingid": {"kind": "guid"},
                "tags": {"kind": "multipicklist", "options": OPTIONS},
                "color": {"kind": "picklist", "options": OPTIONS},
            },
        }
    },
}


@pytest.fixture
def web() -> Iterator[Web]:
    """A client of an emulator with a table of choices."""
    emulator = Emulator(read_schema(SCHEMA), behaviour="plain")
    yield Web(InProcess(emulator.app))
    emulator.close()


@pytest.mark.parametrize("raw", ["", " ", ",", "1,", ",1", "1,,2", "1;2", "a", "1.0", "٣"])
def test_choices_without_a_number_in_every_place_are_refused(web: Web, raw: str) -> None:
    thing = web.create("things", tags="1")
    for answer in (
        web("POST", "things", {"tags": raw}),
        web("PATCH", f"things({thing})", {"tags": raw}),
    ):
        assert (answer.status, answer.code) == (400, "0x80048d19")
    [row] = web.rows("things")
    assert row["tags"] == "1"


def test_null_clears_a_choice_of_several(web: Web) -> None:
    thing = web.create("things", tags="12,1")
    assert web.row("things", thing)["tags"] == "1,12"
    assert web("PATCH", f"things({thing})", {"tags": None}).status == 204
    assert web.row("things", thing)["tags"] is None


@pytest.mark.parametrize("body", [{"color": 3}, {"tags": "1,3"}])
def test_an_unknown_choice_names_the_accepted_values(web: Web, body: dict[str, object]) -> None:
    answer = web("POST", "things", body)
    assert (answer.status, answer.code) == (400, "0x8004431a")
    assert answer.message.endswith("Accepted Values: 1,2,12")
