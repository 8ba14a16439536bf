"""Addresses of records in an environment."""

from __future__ import annotations

from uuid import UUID

import pytest

from connector.report.links import record_link

RECORD = UUID("934e0e65-af69-5fa1-9ce9-f7beea6d1deb")


@pytest.mark.parametrize("end", ["", "/"])
def test_a_record_opens_in_the_form_of_its_table(end: str) -> None:
    link = record_link(f"https://contoso.crm4.dynamics.com{end}", "salesorder", RECORD)

    assert link == (
        "https://contoso.crm4.dynamics.com/main.aspx?etn=salesorder&pagetype=entityrecord"
        "&id=934e0e65-af69-5fa1-9ce9-f7beea6d1deb"
    )


def test_the_name_of_a_table_cannot_add_to_the_address() -> None:
    link = record_link("https://contoso.crm.dynamics.com", "a&id=x", RECORD)

    assert "etn=a%26id%3Dx&pagetype" in link
