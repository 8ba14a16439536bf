"""Values of a seed in JSON: the usual form, the others that exports have, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.emulator.rows.seed_values import expected
from connector.emulator.schema.load import load_schema
from tests.emulator.rows.sources import faults_of

if TYPE_CHECKING:
    from connector.emulator import Emulator

LARGE = 922337203685477


@pytest.mark.parametrize(
    ("entity_set", "column", "given", "stored"),
    [
        ("accounts", "revenue", Decimal("1.2500"), Decimal("1.25")),
        ("accounts", "revenue", "1.2500", Decimal("1.25")),
        ("accounts", "numberofemployees", "7", 7),
        ("contacts", "birthdate", "1980-02-03T00:00:00Z", "1980-02-03"),
        ("accounts", "lastusedincampaign", "2026-02-03", "2026-02-03T00:00:00Z"),
        ("accounts", "address1_latitude", 12, 12.0),
        ("accounts", "creditonhold", None, None),
    ],
)
def test_a_value_is_taken_in_each_form_that_exports_have(
    plain: Emulator, entity_set: str, column: str, given: object, stored: object
) -> None:
    plain.seed({entity_set: [{column: given}]})
    assert [row[column] for row in plain.rows(entity_set)] == [stored]


@pytest.mark.parametrize(
    ("entity_set", "column", "given", "words"),
    [
        ("accounts", "creditonhold", "yes", "'yes' is not accepted; expected: true or false"),
        ("accounts", "creditonhold", 1, "1 is not accepted; expected: true or false"),
        (
            "contacts",
            "birthdate",
            "1980-02-03T10:00:00Z",
            "'1980-02-03T10:00:00Z' is not accepted; expected: a date such as 2026-02-03",
        ),
        (
            "accounts",
            "numberofemployees",
            -1,
            "-1 is not accepted; expected: a whole number from 0 to 2147483647",
        ),
        (
            "accounts",
            "tickersymbol",
            "TOO LONG FOR IT",
            "'TOO LONG FOR IT' is not accepted; expected: a text of at most 10 characters",
        ),
        ("accounts", "accountid", "1", "'1' is not accepted; expected: an id such as 8da6e5b9-"),
        ("accounts", "name", "a" * 200, f"'{'a' * 79}… is not accepted; expected: a text"),
        ("accounts", "name", {"a": "\x1b"}, "{'a': '\\x1b'} is not accepted"),
    ],
)
def test_a_value_that_is_refused_is_shown_with_what_is_accepted(
    plain: Emulator, entity_set: str, column: str, given: object, words: str
) -> None:
    [fault] = faults_of(plain, {entity_set: [{column: given}]})
    assert fault.startswith(f"{entity_set} row 1: '{column}': {words}")


def test_many_choices_are_listed_in_part() -> None:
    industry = load_schema().tables["account"].columns["industrycode"]
    assert expected(industry).startswith("the number of a choice: 1 Accounting, 2 Agriculture")
    assert expected(industry).endswith(", 30 Transportation and 3 more")
