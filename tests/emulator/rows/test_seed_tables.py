"""Rows of a seed: expanded rows, binds, and values in other forms."""

from __future__ import annotations

from decimal import Decimal

from connector.emulator import Emulator, SeedRules
from tests.emulator.rows.sources import ACCOUNT, CONTACT, faults_of


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
