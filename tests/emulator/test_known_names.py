"""What the service has and the emulator lacks is refused by name; what nobody has is not found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.known_names import is_known_entity_set, is_known_message, is_known_property
from connector.emulator.schema.file import shipped_schema

if TYPE_CHECKING:
    from tests.emulator.web import Answer, Web

ID = "00000000-0000-0000-0000-0000000000a1"


def refusal(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.code


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "SendEmail"),
        ("POST", "Merge"),
        ("POST", "WinOpportunity"),
        ("POST", "msdyn_CreateProjectV1"),
        ("GET", "RetrieveDuplicates"),
        ("GET", "Search(q='x')"),
        ("POST", "accounts/Microsoft.Dynamics.CRM.BulkRetain"),
        ("POST", f"accounts({ID})/Microsoft.Dynamics.CRM.AddToQueue"),
        ("GET", f"accounts({ID})/Microsoft.Dynamics.CRM.CalculateRollupField"),
    ],
)
def test_a_message_of_the_service_that_is_missing_here_is_named(
    web: Web, method: str, address: str
) -> None:
    web("POST", "accounts", {"accountid": ID})
    answer = web(method, address, {} if method == "POST" else None)
    assert refusal(answer) == (501, "0x80060888")
    assert address.partition("(Q")[0].rpartition(".")[2].partition("(")[0] in answer.message


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("POST", "SendMail"),
        ("POST", "contoso_DoIt"),
        ("GET", "WhoAreYou()"),
        ("GET", "sendemail"),
        ("POST", "accounts/Microsoft.Dynamics.CRM.contoso_DoIt"),
        ("POST", f"accounts({ID})/Microsoft.Dynamics.CRM.contoso_DoIt"),
        ("GET", f"accounts({ID})/Microsoft.Dynamics.CRM.contoso_Ask()"),
    ],
)
def test_a_message_that_nobody_has_is_not_found(web: Web, method: str, address: str) -> None:
    web("POST", "accounts", {"accountid": ID})
    answer = web(method, address, {} if method == "POST" else None)
    assert refusal(answer) == (404, "0x8006088a")


def test_an_entity_set_of_the_service_is_named_and_another_is_not_found(web: Web) -> None:
    known = web("GET", "knowledgearticles")
    assert refusal(known) == (501, "0x80060888")
    assert "'knowledgearticles'" in known.message
    assert refusal(web("GET", "contoso_things")) == (404, "0x8006088a")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("$select=adx_createdbyusername", 501),
        ("$filter=adx_createdbyipaddress eq 'x'", 501),
        ("$orderby=adx_modifiedbyusername", 501),
        ("$expand=account_PostFollows", 501),
        ("$expand=account_SharepointDocumentLocation", 501),
        ("$select=revenues", 400),
        ("$filter=Name eq 'x'", 400),
        ("$expand=account_things", 400),
        ("$expand=contact_Tasks", 400),
    ],
)
def test_a_property_of_the_service_is_named_and_another_is_the_callers_mistake(
    web: Web, query: str, status: int
) -> None:
    assert web("GET", f"accounts?{query}").status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"adx_createdbyusername": "x"}, 501),
        ({"slaid@odata.bind": f"/slas({ID})"}, 501),
        ({"account_PostFollows": []}, 501),
        ({"name ": "x"}, 400),
        ({"Name": "x"}, 400),
        ({"contoso_x@odata.bind": f"/accounts({ID})"}, 400),
    ],
)
def test_a_body_is_told_the_same(web: Web, body: dict[str, object], status: int) -> None:
    assert web("POST", "accounts", body).status == status
    assert web.rows("accounts") == []


def test_the_lists_hold_the_names_that_every_tenant_has() -> None:
    assert is_known_message("GrantAccess")
    assert is_known_entity_set("opportunities")
    assert is_known_property("account", "adx_createdbyusername")
    assert not is_known_message("grantaccess")
    assert not is_known_entity_set("Accounts")
    assert not is_known_property("account", "Adx_createdbyusername")


def test_every_shipped_table_of_the_platform_is_a_known_set() -> None:
    sets = {
        table.entity_set
        for table in shipped_schema().tables.values()
        if "_" not in table.logical_name and not table.is_intersect
    }
    assert {name for name in sets if not is_known_entity_set(name)} <= {
        "bookableresources",
        "bookableresourcecategories",
        "bookableresourcecategoryassns",
        "invoices",
        "invoicedetails",
        "roletemplates",
        "salesorderdetails",
    }
