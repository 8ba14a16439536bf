"""BulkDelete over HTTP: the job is done when its id is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator import Emulator
from connector.emulator.schema.values import parse_guid
from tests.emulator.project_tenant import tenant_rows
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from tests.emulator.web import Answer


def condition(column: str, operator: str, *values: object) -> dict[str, object]:
    return {"AttributeName": column, "Operator": operator, "Values": list(values)}


def bulk_delete(web: Web, table: str, *conditions: dict[str, object], **query: object) -> Answer:
    criteria = {"FilterOperator": "And", "Conditions": list(conditions)}
    body = {
        "JobName": "Clean up",
        "RecurrencePattern": "",
        "QuerySet": [{"EntityName": table, "Criteria": criteria, **query}],
    }
    return web("POST", "BulkDelete", body)


def test_rows_of_a_list_of_ids_are_gone_when_the_job_id_is_answered(web: Web) -> None:
    first, second, third = (web.create("accounts", name=name) for name in "abc")
    typed = [{"Value": one, "Type": "System.Guid"} for one in (first, second)]

    answer = bulk_delete(web, "account", condition("accountid", "In", *typed))

    assert answer.status == 200
    assert parse_guid(answer.json()["JobId"])
    assert [row["accountid"] for row in web.rows("accounts")] == [third]


@pytest.mark.parametrize(
    ("operator", "values", "left"),
    [
        ("Equal", ["a"], "bc"),
        ("NotEqual", ["a"], "a"),
        ("BeginsWith", ["b"], "ac"),
        ("Null", [], "abc"),
        ("NotNull", [], ""),
    ],
)
def test_conditions_choose_what_is_deleted(
    web: Web, operator: str, values: list[object], left: str
) -> None:
    for name in "abc":
        web.create("accounts", name=name)

    assert bulk_delete(web, "account", condition("name", operator, *values)).status == 200

    assert "".join(sorted(row["name"] for row in web.rows("accounts"))) == left


def test_more_rows_than_a_page_are_deleted() -> None:
    """Notes, because nothing refers to them: 5,100 rows that need no look around."""
    emulator = Emulator(seed={"annotations": [{"subject": f"{n}"} for n in range(5_100)]})
    web = Web(InProcess(emulator.app))

    assert bulk_delete(web, "annotation").status == 200

    assert web.rows("annotations") == []


def test_what_the_product_protects_stays_and_so_does_everything_else() -> None:
    emulator = Emulator(seed=tenant_rows(msdyn_actuals=[{"msdyn_description": "Work"}]))
    web = Web(InProcess(emulator.app))
    queries = [{"EntityName": name} for name in ("account", "msdyn_actual")]

    answer = web("POST", "BulkDelete", {"JobName": "All", "QuerySet": queries})

    assert answer.status == 400
    assert len(web.rows("accounts")) == 2
    assert len(web.rows("msdyn_actuals")) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"JobName": "x"}, 400),
        ({"JobName": "x", "QuerySet": []}, 400),
        ({"JobName": "x", "QuerySet": ["account"]}, 400),
        ({"JobName": "x", "QuerySet": [{"EntityName": "nosuch"}]}, 501),
        ({"JobName": "x", "QuerySet": [{"EntityName": "account", "TopCount": 1}]}, 501),
        ({"JobName": "x", "RecurrencePattern": "FREQ=DAILY;", "QuerySet": [{}]}, 501),
    ],
)
def test_what_is_no_job_or_none_that_is_known_is_refused(
    web: Web, body: dict[str, object], status: int
) -> None:
    web.create("accounts", name="a")

    assert web("POST", "BulkDelete", body).status == status

    assert len(web.rows("accounts")) == 1


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (condition("name", "EqualRoleBusinessId"), 501),
        (condition("nosuch", "Equal", "a"), 400),
        (condition("name", "Equal"), 400),
        ({"AttributeName": "name"}, 400),
    ],
)
def test_a_condition_that_cannot_be_kept_deletes_nothing(
    web: Web, asked: dict[str, object], status: int
) -> None:
    web.create("accounts", name="a")

    assert bulk_delete(web, "account", asked).status == status

    assert len(web.rows("accounts")) == 1


def test_only_post_starts_a_job(web: Web) -> None:
    assert web("GET", "BulkDelete").status in (404, 405)


def test_deleting_many_by_the_set_is_not_implemented_as_documented(web: Web) -> None:
    answer = web("POST", "accounts/Microsoft.Dynamics.CRM.DeleteMultiple", {"Targets": []})

    assert (answer.status, answer.message) == (400, "DeleteMultiple has not yet been implemented.")
