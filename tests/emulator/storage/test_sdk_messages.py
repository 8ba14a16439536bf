"""How a client asks which messages a table takes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

if TYPE_CHECKING:
    from connector.emulator import Emulator
    from tests.emulator.web import Web

TAKEN = (
    "sdkmessagefilters?$select=sdkmessagefilterid&$filter=sdkmessageid/name eq @m "
    "and primaryobjecttypecode eq @t&@m='{}'&@t='{}'"
)


@pytest.mark.parametrize(
    ("message", "table", "count"),
    [
        ("CreateMultiple", "account", 1),
        ("UpdateMultiple", "msdyn_actual", 1),
        ("UpsertMultiple", "invoice", 1),
        ("CreateMultiple", "teammembership", 0),
        ("CreateMultiple", "usersettings", 0),
        ("CreateMultiple", "contoso_thing", 0),
        ("DeleteMultiple", "account", 0),
        ("Assign", "account", 1),
        ("Assign", "transactioncurrency", 0),
        ("NoSuchMessage", "account", 0),
    ],
)
def test_a_client_asks_whether_a_table_takes_a_message(
    web: Web, message: str, table: str, count: int
) -> None:
    assert len(web.rows(TAKEN.format(message, table))) == count


def test_what_a_table_does_not_take_is_refused(web: Web) -> None:
    target = {"@odata.type": "Microsoft.Dynamics.CRM.usersettings"}
    for message in ("CreateMultiple", "UpdateMultiple", "UpsertMultiple"):
        address = f"usersettingscollection/Microsoft.Dynamics.CRM.{message}"
        answer = web("POST", address, {"Targets": [target]})
        assert (answer.status, answer.code) == (405, "0x80040800")


def test_messages_are_rows_that_are_found_and_expanded(web: Web) -> None:
    [message] = web.rows("sdkmessages?$select=name&$filter=name eq 'CreateMultiple'")
    assert message["name"] == "CreateMultiple"
    assert web.rows("sdkmessages?$filter=name eq 'NoSuchMessage'") == []
    [found] = web.rows(f"{TAKEN.format('Create', 'contact')}&$expand=sdkmessageid($select=name)")
    assert found["sdkmessageid"]["name"] == "Create"


def test_fetchxml_asks_the_same(web: Web) -> None:
    fetch = (
        "<fetch><entity name='sdkmessagefilter'><attribute name='sdkmessagefilterid'/>"
        "<filter><condition attribute='primaryobjecttypecode' operator='eq' value='account'/>"
        "</filter><link-entity name='sdkmessage' from='sdkmessageid' to='sdkmessageid'>"
        "<filter><condition attribute='name' operator='eq' value='CreateMultiple'/></filter>"
        "</link-entity></entity></fetch>"
    )
    assert len(web.rows(f"sdkmessagefilters?fetchXml={quote(fetch)}")) == 1


def test_a_new_table_takes_messages_and_a_deleted_one_none(web: Web) -> None:
    assert web.rows(TAKEN.format("Create", "new_thing")) == []
    body = {
        "SchemaName": "new_Thing",
        "DisplayName": {"LocalizedLabels": [{"Label": "Thing", "LanguageCode": 1033}]},
        "Attributes": [
            {
                "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata",
                "SchemaName": "new_Name",
                "IsPrimaryName": True,
            }
        ],
    }
    assert web("POST", "EntityDefinitions", body).status == 204
    assert len(web.rows(TAKEN.format("Create", "new_thing"))) == 1
    assert web("DELETE", "EntityDefinitions(LogicalName='new_thing')").status == 204
    assert web.rows(TAKEN.format("Create", "new_thing")) == []


def test_dumps_leave_the_rows_of_the_platform_out(plain: Emulator, web: Web) -> None:
    web.rows("sdkmessages?$top=1")
    assert not {"sdkmessages", "sdkmessagefilters", "timezonedefinitions"} & set(plain.dump())
    counted = web("GET", "/_emulator/rows").json()["rows"]
    assert not {"sdkmessages", "sdkmessagefilters", "timezonedefinitions"} & set(counted)
