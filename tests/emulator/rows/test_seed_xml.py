"""`data.xml` of the Configuration Migration tool as a seed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from connector.emulator import SeedError, SeedRules

if TYPE_CHECKING:
    from connector.emulator import Emulator

ACCOUNT = "a0000000-0000-0000-0000-000000000001"
CONTACT = "c0000000-0000-0000-0000-000000000001"
USER = "d0000000-0000-0000-0000-000000000001"
DATA = f"""<?xml version="1.0" encoding="utf-8"?>
<entities xmlns:xsd="http://www.w3.org/2001/XMLSchema" timestamp="2026-01-23T10:30:00Z">
  <entity name="account" displayname="Account">
    <records>
      <record id="{ACCOUNT}">
        <field name="accountid" value="{ACCOUNT}" />
        <field name="name" value="Adatum &amp; Sons" />
        <field name="creditlimit" value="1000.0000" />
        <field name="creditonhold" value="True" />
        <field name="customertypecode" value="3" />
        <field name="createdon" value="2025-10-01T08:30:00.0000000Z" />
        <field name="primarycontactid" value="{CONTACT}" lookupentity="contact"
               lookupentityname="Bo Li" />
        <field name="ownerid" value="{USER}" lookupentity="systemuser"
               lookupentityname="Kim Abercrombie" />
      </record>
    </records>
    <m2mrelationships />
  </entity>
  <entity name="contact" displayname="Contact">
    <records>
      <record id="{CONTACT}">
        <field name="lastname" value="Li" />
        <field name="birthdate" value="1980-02-03T00:00:00.0000000Z" />
        <field name="parentcustomerid" value="{ACCOUNT}" lookupentity="account" />
      </record>
    </records>
  </entity>
</entities>
"""


def faults_of(emulator: Emulator, text: str) -> tuple[str, ...]:
    with pytest.raises(SeedError) as caught:
        emulator.seed_content("data.xml", text.encode())
    return caught.value.problems


def test_records_become_rows_with_their_types(plain: Emulator) -> None:
    report = plain.seed_content("data.xml", DATA.encode())
    assert report.rows == 2
    assert report.kept_lookups == {"systemuser": 1}
    [account] = plain.dump()["accounts"]
    [contact] = plain.rows("contacts")
    assert (account["name"], account["creditlimit"]) == ("Adatum & Sons", Decimal(1000))
    assert (account["creditonhold"], account["customertypecode"]) == (True, 3)
    assert account["createdon"] == "2025-10-01T08:30:00Z"
    assert account["_primarycontactid_value"] == contact["contactid"] == CONTACT
    assert account["_ownerid_value"] == USER
    label = "_ownerid_value@OData.Community.Display.V1.FormattedValue"
    assert account[label] == "Kim Abercrombie"
    assert (contact["_parentcustomerid_value"], contact["birthdate"]) == (ACCOUNT, "1980-02-03")


def test_links_and_rows_inside_fields_are_named_and_left_out(plain: Emulator) -> None:
    text = f"""<entities><entity name="email"><records><record id="{ACCOUNT}">
        <field name="subject" value="Hello"/>
        <field name="to"><activitypointerrecords id="{CONTACT}"/></field>
        </record></records>
        <m2mrelationships><m2mrelationship sourceid="{USER}" targetentityname="role"
          m2mrelationshipname="systemuserroles"><targetids><targetid>{CONTACT}</targetid>
          </targetids></m2mrelationship></m2mrelationships></entity></entities>"""
    assert faults_of(plain, text) == (
        "data.xml: email record 1: 'to': rows inside a field (activity parties) are not read",
        (
            f"data.xml: email {USER}: links of the many-to-many relationship 'systemuserroles' "
            "are not read"
        ),
    )
    report = plain.seed_content("data.xml", text.encode(), SeedRules(lenient=True))
    assert (report.rows, len(report.left_out)) == (1, 2)
    assert [row["subject"] for row in plain.rows("emails")] == ["Hello"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "data.xml: no XML that can be read: no element found"),
        ("<entities>", "data.xml: no XML that can be read: no element found"),
        ("<rows/>", "data.xml: <rows> is no data.xml of the Configuration Migration tool"),
        ("<entities><entity/></entities>", "data.xml: an <entity> has no name"),
        (
            '<entities><entity name="account"><fields/></entity></entities>',
            "data.xml: account: this is a data_schema.xml",
        ),
        (
            '<entities><entity name="acount"><records/></entity></entities>',
            (
                "data.xml: acount: the schema has no such entity set or table; the nearest is "
                "'account'"
            ),
        ),
        (
            (
                '<entities><entity name="account"><records><record><field name="nme" value="A"/>'
                "</record></records></entity></entities>"
            ),
            ("data.xml: account record 1: 'nme' is no property of account; the nearest is 'name'"),
        ),
        (
            (
                '<entities><entity name="account"><records><record><field value="A"/>'
                "</record></records></entity></entities>"
            ),
            "data.xml: account record 1: a <field> has no name",
        ),
    ],
)
def test_a_faulty_file_is_refused_saying_where_and_what(
    plain: Emulator, text: str, fault: str
) -> None:
    [found] = faults_of(plain, text)
    assert found.startswith(fault.replace("account record 1: 'nme'", "accounts record 1: 'nme'"))


def test_entities_that_would_grow_or_read_files_are_refused(plain: Emulator) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><entities>&b;</entities>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><entities>&a;</entities>'
    for text in (bomb, outside):
        [fault] = faults_of(plain, text)
        assert fault.startswith("data.xml: no XML that can be read: EntitiesForbidden")
