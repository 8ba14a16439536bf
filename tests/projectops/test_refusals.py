"""Which refusals are everybody's, and what a person is told to mend."""

from __future__ import annotations

import pytest

from connector.dataverse.errors import (
    Ambiguous,
    BadRequest,
    DataverseError,
    Forbidden,
    NotFound,
    NotSent,
    SignInFailed,
    Throttled,
    Unauthorized,
)
from connector.projectops.refusals import (
    FirstRefusals,
    concerns_the_draft,
    is_everybodys,
    missing_privilege,
    remedy,
    undeclared_property,
)

#: As the service words them (Web API error messages, as public reports quote them).
UNDECLARED = (
    "Error identified in Payload provided by the user for Entity :'msdyn_transactionconnections',"
    " For more information on this error please follow this help link ----> InnerException :"
    " Microsoft.OData.ODataException: An undeclared property"
    " 'msdyn_Transaction1Lookup_msdyn_invoicelinetransaction' which only has property annotations"
    " in the payload but no property value was found in the payload."
)
INVALID = "Invalid property 'msdyn_nosuch' was found in entity 'Microsoft.Dynamics.CRM.invoice'."
NOT_THERE = "The property 'msdyn_nosuch' does not exist on type 'Microsoft.Dynamics.CRM.invoice'."
PRIVILEGE = (
    "Principal user (Id=d5a8b0f0-0000-0000-0000-000000000001, type=8, roleCount=1), is missing"
    " prvCreateInvoice privilege (Id=0d3f1c4f-0000-0000-0000-000000000000) on OTC=1090 for entity"
    " 'invoice'. context.Caller=d5a8b0f0-0000-0000-0000-000000000001."
)


def bad_request(message: str, code: str = "0x80048d19") -> BadRequest:
    return BadRequest(message, request=None, status=400, code=code)


def forbidden(message: str = PRIVILEGE, code: str = "0x80040220") -> Forbidden:
    return Forbidden(message, request=None, status=403, code=code)


@pytest.mark.parametrize(
    ("message", "name"),
    [
        (UNDECLARED, "msdyn_Transaction1Lookup_msdyn_invoicelinetransaction"),
        (INVALID, "msdyn_nosuch"),
        (NOT_THERE, "msdyn_nosuch"),
    ],
)
def test_an_undeclared_property_is_everybodys_and_named(message: str, name: str) -> None:
    error = bad_request(message)

    assert undeclared_property(error) == name
    assert is_everybodys(error)
    assert not concerns_the_draft(error)
    assert remedy(error).startswith(f"The tenant has no property '{name}': correct the mapping")


@pytest.mark.parametrize(
    "error",
    [
        bad_request("Cannot convert the literal 'x' to the expected type 'Edm.Decimal'."),
        bad_request(INVALID, code="0x80040265"),
        bad_request("The plug-in says no", code="0x80040265"),
    ],
)
def test_another_bad_request_concerns_its_draft(error: BadRequest) -> None:
    assert not is_everybodys(error)
    assert concerns_the_draft(error)


@pytest.mark.parametrize(
    "error",
    [
        Unauthorized("no", request=None, status=401),
        SignInFailed("no"),
        Throttled("no"),
        NotSent("no"),
    ],
)
def test_what_the_next_contract_would_meet_too_is_everybodys(error: DataverseError) -> None:
    assert is_everybodys(error)
    assert not concerns_the_draft(error)
    assert remedy(error)


def test_an_answer_that_was_lost_is_nobodys_but_the_drafts() -> None:
    assert not is_everybodys(Ambiguous("lost"))


def test_a_missing_privilege_is_named_with_its_table() -> None:
    assert missing_privilege(forbidden()) == "prvCreateInvoice for invoice"
    assert missing_privilege(forbidden("SecLib::AccessCheckEx failed.")) is None
    assert remedy(forbidden()) == (
        "Give the signed-in user prvCreateInvoice for invoice;"
        " docs/permissions.md lists what it needs."
    )
    assert not is_everybodys(forbidden())
    assert not concerns_the_draft(forbidden())


def test_a_tenant_without_the_action_is_sent_to_the_mapping() -> None:
    missing = NotFound("the tenant has none of the actions a, b", request=None, status=404)

    assert remedy(missing) == 'Correct [actions] in the mapping, or set write_mode = "rows".'


def noted(*refusals: Forbidden | None) -> list[bool]:
    first = FirstRefusals()
    return [first.note(refusal) for refusal in refusals]


def test_three_contracts_refused_alike_before_any_is_written_halt_the_run() -> None:
    assert noted(forbidden(), forbidden(), forbidden()) == [False, False, True]


def test_one_contract_that_was_written_settles_it_for_the_whole_run() -> None:
    assert noted(None, *[forbidden()] * 5) == [False] * 6
    assert noted(forbidden(), None, *[forbidden()] * 5) == [False] * 7


def test_fewer_contracts_than_that_are_everybody_when_none_is_written() -> None:
    first = FirstRefusals()
    assert first.everybodys is None
    refusal = forbidden()
    first.note(refusal)
    assert first.everybodys is refusal
    first.note(None)
    assert first.everybodys is None


def test_refusals_of_different_kinds_are_their_contracts_own() -> None:
    sharing = forbidden("SecLib::AccessCheckEx failed.", code="0x80040220")

    assert noted(forbidden(), sharing, *[forbidden()] * 4) == [False] * 6
