"""CSV files as seeds: the forms that are documented, and what is wrong with a file."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import SeedError, SeedRules

if TYPE_CHECKING:
    from connector.emulator import Emulator

CONTACT = "c0000000-0000-0000-0000-000000000001"


def seeded(emulator: Emulator, text: str, name: str = "accounts.csv") -> dict[str, Any]:
    """The one row that a CSV file with *text* leads to."""
    emulator.seed_content(name, text.encode())
    [row] = emulator.rows("accounts")
    return dict(row)


def faults_of(emulator: Emulator, content: bytes, name: str = "accounts.csv") -> tuple[str, ...]:
    with pytest.raises(SeedError) as caught:
        emulator.seed_content(name, content)
    return caught.value.problems


@pytest.mark.parametrize("name", ["accounts.csv", "account.csv", "Account.CSV", "in/accounts.csv"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_file_is_a_table_and_its_first_line_names_the_columns(
    plain: Emulator, name: str, separator: str
) -> None:
    text = f"\ufeffname{separator}telephone1\r\nA{separator}1\r\n"
    row = seeded(plain, text, name)
    assert (row["name"], row["telephone1"]) == ("A", "1")


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("creditlimit", "1234.5", Decimal("1234.5")),
        ("revenue", " -12 ", -12),
        ("numberofemployees", "12", 12),
        ("address1_latitude", "12.5", 12.5),
        ("creditonhold", "true", True),
        ("creditonhold", "No", False),
        ("creditonhold", "0", False),
        ("customertypecode", "3", 3),
        ("customertypecode", "reseller", 9),
        ("lastusedincampaign", "2026-02-03", "2026-02-03T00:00:00Z"),
        ("lastusedincampaign", "2026-02-03T10:00:00+02:00", "2026-02-03T08:00:00Z"),
        ("name", " A ", " A "),
        ("name", "", None),
        ("_primarycontactid_value", CONTACT, CONTACT),
        ("primarycontactid", f"{{{CONTACT.upper()}}}", CONTACT),
        ("primarycontactid", f"/contacts({CONTACT})", CONTACT),
        ("primarycontactid", "", None),
    ],
)
def test_a_cell_is_read_by_the_kind_of_its_column(
    plain: Emulator, column: str, cell: str, value: object
) -> None:
    row = seeded(plain, f"{column},accountnumber\n{cell},1\n")
    assert row["_primarycontactid_value" if "primarycontact" in column else column] == value


def test_several_choices_are_numbers_or_labels() -> None:
    from connector.emulator import Emulator  # noqa: PLC0415 - one test has tables of its own
    from connector.emulator.schema.file import read_schema  # noqa: PLC0415

    options = {"1": "Red", "2": "Green", "3": "Blue"}
    columns = {
        "cr_boxid": {"kind": "guid"},
        "name": {"kind": "string"},
        "colours": {"kind": "multipicklist", "options": options},
    }
    schema = read_schema(
        {"format": "proforma-emulator-schema/1", "tables": {"cr_box": {"columns": columns}}}
    )
    emulator = Emulator(schema, behaviour="plain")
    emulator.seed_content("cr_box.csv", b'name,colours\nA,"3,1"\nB,Blue;red\nC,"[-1,2,-1]"\nD,\n')
    found = {row["name"]: row["colours"] for row in emulator.rows("cr_boxs")}
    assert found == {"A": "1,3", "B": "1,3", "C": "2", "D": None}
    [fault] = faults_of(emulator, b"colours\nPink;1\n", "cr_box.csv")
    assert fault.endswith("expected: numbers separated by commas: 1 Red, 2 Green, 3 Blue")


def test_a_date_column_takes_midnights_too(plain: Emulator) -> None:
    plain.seed_content("contacts.csv", b"birthdate\n1980-02-03\n1980-02-03T00:00:00.0000000Z\n")
    assert {row["birthdate"] for row in plain.rows("contacts")} == {"1980-02-03"}


def test_type_and_label_of_a_lookup_stand_beside_it(plain: Emulator) -> None:
    text = f"name,customerid,customeridtype,customeridname\nQ,{CONTACT},contact,Bo Li\n"
    report = plain.seed_content("quotes.csv", text.encode())
    assert report.kept_lookups == {"contact": 1}
    [row] = plain.dump()["quotes"]
    assert row["_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "contact"
    assert row["_customerid_value@OData.Community.Display.V1.FormattedValue"] == "Bo Li"


def test_a_cell_may_hold_separators_quotes_and_lines(plain: Emulator) -> None:
    row = seeded(plain, 'name,description\n"A, ""B""","one\ntwo"\n')
    assert (row["name"], row["description"]) == ('A, "B"', "one\ntwo")


def test_faults_name_the_line_in_which_a_row_begins(plain: Emulator) -> None:
    text = b'description,creditlimit\n"one\ntwo",1\n\nthree,x\nfour\n"five\n\nsix",y\n'
    assert faults_of(plain, text) == (
        "accounts.csv: line 6: 1 cells, expected were 2 as in line 1",
        (
            "accounts.csv: accounts line 5: 'creditlimit': 'x' is not accepted; expected: an "
            "amount such as 1234.56 from 0 to 100000000000000"
        ),
        (
            "accounts.csv: accounts line 7: 'creditlimit': 'y' is not accepted; expected: an "
            "amount such as 1234.56 from 0 to 100000000000000"
        ),
    )


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "accounts.csv: the first line must name the columns"),
        (b"name,,x\n", "accounts.csv: line 1: a column has no name"),
        (b"name,name\n", "accounts.csv: line 1: 'name' names two columns"),
        (b"name\n\xff\n", "accounts.csv: not UTF-8 at byte 5: save it as CSV UTF-8"),
        (b'name\n"A', "accounts.csv: no CSV that can be read: line 2: unexpected end of data"),
        (
            b"nme\nA\nB\n",
            (
                "accounts.csv: accounts line 2: 'nme' is no property of account; the nearest is "
                "'name' (and in 1 more rows)"
            ),
        ),
        (
            b"industrycode\nFarming\n",
            (
                "accounts.csv: accounts line 2: 'industrycode': 'Farming' is not accepted; "
                "expected: the number of a choice: 1 Accounting, 2 Agriculture"
            ),
        ),
        (
            b"parentaccountid\nAdatum\n",
            (
                "accounts.csv: accounts line 2: 'parentaccountid': 'Adatum' is not accepted; "
                "expected: the id of a row"
            ),
        ),
    ],
)
def test_a_faulty_file_is_refused_saying_where_and_what(
    plain: Emulator, content: bytes, fault: str
) -> None:
    [found] = faults_of(plain, content)
    assert found.startswith(fault)


def test_a_file_of_no_table_is_refused_with_the_nearest_name(plain: Emulator) -> None:
    [fault] = faults_of(plain, b"name\nA\n", "Acount.csv")
    assert fault.startswith("Acount.csv: Acount: the schema has no such entity set or table")
    assert fault.endswith("; the nearest is 'account'")


def test_a_column_that_is_left_out_does_not_keep_the_row_out(plain: Emulator) -> None:
    report = plain.seed_content("accounts.csv", b"name,nosuch\nA,1\nB,2\n", SeedRules(lenient=True))
    assert (report.rows, len(report.left_out)) == (2, 1)
