"""Keys in addresses: which characters the service takes, and how dates stand in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.emulator import Emulator
from connector.emulator.faults import DataverseFault
from connector.emulator.protocol.addressing import parse_key, relative_reference, split_path
from connector.emulator.schema.file import read_schema
from tests.emulator.web import ROOT, InProcess, Web

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REFUSED = "/<>*%&:\\?+"
SCHEMA = {
    "format": "proforma-emulator-schema/1",
    "extends": "project-operations",
    "tables": {
        "thing": {
            "set": "things",
            "name": "code",
            "columns": {
                "thingid": {"kind": "guid"},
                "code": {"kind": "string"},
                "day": {"kind": "date"},
                "at": {"kind": "datetime"},
                "account": {
                    "kind": "lookup",
                    "targets": ["account"],
                    "navigation": {"Account": "account"},
                },
            },
            "keys": {"code": ["code"], "dated": ["day"], "timed": ["at"], "owned": ["account"]},
        },
        "part": {
            "set": "parts",
            "columns": {
                "partid": {"kind": "guid"},
                "whole": {
                    "kind": "lookup",
                    "targets": ["thing"],
                    "navigation": {"Whole": "thing"},
                },
            },
        },
    },
}


@pytest.fixture
def web() -> Iterator[Web]:
    """A client of an emulator with a table of alternate keys."""
    emulator = Emulator(read_schema(SCHEMA), behaviour="plain")
    yield Web(InProcess(emulator.app))
    emulator.close()


def at(address: str) -> str:
    """An address sent exactly as it stands."""
    return f"{ROOT}{address}"


@pytest.mark.parametrize("character", REFUSED)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_key_with_a_character_that_is_taken_for_an_attack_is_refused(
    web: Web, character: str, method: str
) -> None:
    code = f"%{ord(character):02X}"
    answer = web(method, at(f"things(code='A{code}B')"), {"code": "X"})
    assert (answer.status, answer.code) == (400, "0x80060888")
    assert web.rows("things") == []


@pytest.mark.parametrize("raw", ["A/B", "A\\B", "A<B", "A:B", "A+B", "A", "A?B"])
def test_a_bare_character_in_an_address_is_refused_too(web: Web, raw: str) -> None:
    unclosed = raw in {"A", "A?B"}
    address = f"things(code='{raw}" + ("" if unclosed else "')")
    assert web("GET", at(address)).status == 400


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_number_sign_is_not_found(web: Web, method: str) -> None:
    assert web(method, at("things(code='A%23B')"), {}).status == 404
    assert web.rows("things") == []


@pytest.mark.parametrize(
    ("reference", "status"),
    [
        ("/things(code='A/B')", 400),
        ("/things(code='A%2FB')", 400),
        ("things(code='A\\B')", 400),
        ("things(code='A#B')", 400),
        ("things(code='A%23B')", 404),
        ("https://org.crm.dynamics.com/api/data/v9.2/things(code='A%3AB')", 400),
        ("things(code='A B')", 404),
    ],
)
def test_a_bound_key_is_held_to_the_same_characters(web: Web, reference: str, status: int) -> None:
    web.create("things", code="A/B")
    answer = web("POST", "parts", {"Whole@odata.bind": reference})
    assert answer.status == status
    assert web.rows("parts") == []


def test_such_a_value_is_kept_and_found_by_a_filter(web: Web) -> None:
    thing = web.create("things", code="A/B:C")
    [found] = web.rows("things?$filter=code eq 'A/B:C'")
    assert found["thingid"] == thing


def test_a_parameter_alias_may_hold_any_character(web: Web) -> None:
    thing = web.create("things", code="A/B")
    assert web("GET", at("things(code=@k)?@k='A%2FB'")).json()["thingid"] == thing


def test_a_row_is_addressed_by_a_date(web: Web) -> None:
    assert web("PATCH", at("things(day=2020-10-14)"), {"code": "D"}).status == 204
    [row] = web.rows("things")
    assert (row["day"], row["code"]) == ("2020-10-14", "D")
    assert web("GET", at("things(day=2020-10-14)")).json()["code"] == "D"
    assert web("GET", at("things(day=2020-10-15)")).status == 404


@pytest.mark.parametrize("sent", ["2020-10-14T08:30:00Z", "2020-10-14T10:30:00%2B02:00"])
def test_a_row_is_addressed_by_an_instant(web: Web, sent: str) -> None:
    thing = web.create("things", at="2020-10-14T08:30:00Z")
    assert web("GET", at(f"things(at={sent})")).json()["thingid"] == thing


def test_a_row_is_addressed_by_a_lookup(web: Web) -> None:
    account = web.create("accounts", name="A")
    thing = web.create("things", **{"Account@odata.bind": f"/accounts({account})"})
    assert web("GET", at(f"things(_account_value={account})")).json()["thingid"] == thing


@pytest.mark.parametrize(
    "key", ["day='2020-10-14'", "code=2020-10-14", "at=2020-13-14T08:30:00Z", "day=2020-02-30"]
)
def test_a_date_of_the_wrong_kind_is_no_key(web: Web, key: str) -> None:
    answer = web("GET", at(f"things({key})"))
    assert (answer.status, answer.code) == (400, "0x80060888")


def test_keys_are_read_by_their_kind() -> None:
    assert parse_key("t", "a=1,b='x''y',c=true,d=2020-10-14") == {
        "a": 1,
        "b": "x'y",
        "c": True,
        "d": date(2020, 10, 14),
    }


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_addresses(text: str) -> None:
    for read in (split_path, relative_reference, lambda one: parse_key("thing", one)):
        assert refusal(read, text) in {None, 400, 404}


def refusal(read: Callable[[str], object], text: str) -> int | None:
    """The status with which a text is refused; None when it is read."""
    try:
        read(text)
    except DataverseFault as fault:
        return fault.status
    return None
