"""`activitypointers`: every activity in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from connector.emulator import Emulator

ACCOUNT = "a0000000-0000-0000-0000-000000000001"
TASK = "b0000000-0000-0000-0000-000000000001"
COLUMNS = "subject,activitytypecode,statecode,_regardingobjectid_value,scheduledend"


@pytest.fixture
def web(plain: Emulator) -> Web:
    plain.seed({"accounts": [{"accountid": ACCOUNT, "name": "Adatum"}]})
    return Web(InProcess(plain.app))


def test_an_activity_is_listed_changed_and_deleted_with_its_own_row(web: Web) -> None:
    body = {
        "activityid": TASK,
        "subject": "Call",
        "scheduledend": "2026-02-03T08:00:00Z",
        "regardingobjectid_account_task@odata.bind": f"/accounts({ACCOUNT})",
    }
    assert web("POST", "tasks", body).status == 204
    [row] = web("GET", f"activitypointers?$select={COLUMNS}").json()["value"]
    assert row["activityid"] == TASK
    assert (row["subject"], row["activitytypecode"], row["statecode"]) == ("Call", "task", 0)
    assert row["_regardingobjectid_value"] == ACCOUNT
    assert row["scheduledend"] == "2026-02-03T08:00:00Z"

    assert web("PATCH", f"tasks({TASK})", {"subject": "Write", "statecode": 1}).status == 204
    [row] = web("GET", f"activitypointers?$select={COLUMNS}").json()["value"]
    assert (row["subject"], row["statecode"]) == ("Write", 1)

    expanded = web("GET", f"accounts({ACCOUNT})?$expand=Account_ActivityPointers($select=subject)")
    assert [one["subject"] for one in expanded.json()["Account_ActivityPointers"]] == ["Write"]

    assert web("DELETE", f"tasks({TASK})").status == 204
    assert web("GET", "activitypointers").json()["value"] == []


def test_deleting_a_row_deletes_the_activities_about_it(web: Web) -> None:
    body = {"subject": "A", "regardingobjectid_account_task@odata.bind": f"/accounts({ACCOUNT})"}
    web("POST", "tasks", body)
    assert web("DELETE", f"accounts({ACCOUNT})").status == 204
    assert web("GET", "tasks").json()["value"] == []
    assert web("GET", "activitypointers").json()["value"] == []


def test_an_export_of_both_tables_is_one_row_of_each(web: Web, plain: Emulator) -> None:
    pointer = {"activityid": TASK, "activitytypecode": "task", "subject": "Call", "community": 1}
    task = {"activityid": TASK, "subject": "Call", "percentcomplete": 50}
    plain.seed({"activitypointers": [pointer], "tasks": [task]})
    [row] = web("GET", "activitypointers").json()["value"]
    assert (row["community"], row["activitytypecode"]) == (1, "task")
    [row] = web("GET", "tasks").json()["value"]
    assert (row["percentcomplete"], row["activitytypecode"]) == (50, "task")


@pytest.mark.parametrize(
    ("entity_set", "kind"),
    [("emails", "email"), ("phonecalls", "phonecall"), ("appointments", "appointment")],
)
def test_each_kind_of_activity_is_listed_by_its_name(web: Web, entity_set: str, kind: str) -> None:
    assert web("POST", entity_set, {"subject": "S"}).status == 204
    [row] = web("GET", "activitypointers?$select=activitytypecode").json()["value"]
    assert row["activitytypecode"] == kind


def test_the_table_of_all_activities_cannot_be_written(web: Web) -> None:
    answer = web("POST", "activitypointers", {"subject": "X"})
    assert (answer.status, answer.code) == (400, "0x80040800")
