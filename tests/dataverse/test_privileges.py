"""What a user holds and what a table asks for, over answers in the documented shape."""

from __future__ import annotations

from urllib.parse import unquote
from uuid import UUID

import pytest

from connector.dataverse.errors import Forbidden, MalformedAnswer, NotFound
from connector.dataverse.privileges import (
    Depth,
    Right,
    TablePrivilege,
    effective_depths,
    table_privileges,
    user_privileges,
)
from tests.dataverse.far_side import answer, client_of, error, multipart, scripted

USER, READ, WRITE = UUID(int=1), UUID(int=2), UUID(int=3)


def held(privilege: UUID, depth: str) -> dict[str, str]:
    return {
        "Depth": depth,
        "PrivilegeId": str(privilege),
        "BusinessUnitId": str(UUID(int=9)),
        "PrivilegeName": "prvAnything",
    }


def defined(privilege: UUID, kind: str, *depths: str) -> dict[str, object]:
    can = {f"CanBe{word}": word in depths for word in ("Basic", "Local", "Deep", "Global")}
    name = f"prv{kind}Invoice"
    return {"Name": name, "PrivilegeId": str(privilege), "PrivilegeType": kind, **can}


def test_a_users_privileges_are_told_by_id_with_their_depth() -> None:
    rows = [held(READ, "Global"), held(WRITE, "Local")]
    client, far = client_of(scripted(answer(200, {"RolePrivileges": rows})))

    assert user_privileges(client, USER) == {READ: Depth.GLOBAL, WRITE: Depth.LOCAL}
    expected = f"systemusers({USER})/Microsoft.Dynamics.CRM.RetrieveUserPrivileges()"
    assert [request.path for request in far.requests] == [expected]


def test_the_deepest_of_a_privilege_that_is_told_twice_counts() -> None:
    rows = [held(READ, "Local"), held(READ, "Deep"), held(READ, "RecordFilter")]
    client, _ = client_of(scripted(answer(200, {"RolePrivileges": [*rows, held(WRITE, "Basic")]})))

    assert user_privileges(client, USER) == {READ: Depth.DEEP, WRITE: Depth.BASIC}


def test_a_record_filter_is_the_least_of_depths() -> None:
    rows = [held(READ, "RecordFilter")]
    client, _ = client_of(scripted(answer(200, {"RolePrivileges": rows})))

    assert user_privileges(client, USER)[READ] is min(Depth)


def test_depths_in_force_are_asked_by_name_at_most_forty_at_once() -> None:
    names = [f"prvRead{number}" for number in range(41)]
    first = answer(200, {"RolePrivileges": [held(READ, "Deep")]})
    second = answer(200, {"RolePrivileges": [held(WRITE, "Basic")]})
    client, far = client_of(scripted(first, second))

    assert effective_depths(client, USER, names) == {READ: Depth.DEEP, WRITE: Depth.BASIC}
    assert [request.path.count("prvRead") for request in far.requests] == [40, 1]
    asked = unquote(far.requests[1].path)
    message = "Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames"
    assert asked == f'systemusers({USER})/{message}(PrivilegeNames=@names)?@names=["prvRead40"]'


def test_no_names_need_no_request() -> None:
    client, far = client_of(scripted(error(500)))

    assert effective_depths(client, USER, ()) == {}
    assert far.requests == []


def test_a_tables_privileges_have_the_least_depth_that_a_role_may_give() -> None:
    rows = [
        defined(READ, "Read", "Basic", "Local", "Deep", "Global"),
        defined(WRITE, "AppendTo", "Global"),
        defined(UUID(int=4), "Share", "Basic", "Global"),
    ]
    client, far = client_of(scripted(multipart(answer(200, {"value": rows}))))

    assert table_privileges(client, ["invoice"]) == {
        "invoice": (
            TablePrivilege(id=READ, name="prvReadInvoice", right=Right.READ, least=Depth.BASIC),
            TablePrivilege(
                id=WRITE, name="prvAppendToInvoice", right=Right.APPEND_TO, least=Depth.GLOBAL
            ),
        )
    }
    assert b"EntityDefinitions(LogicalName='invoice')/Privileges HTTP" in (
        far.requests[0].body or b""
    )


def test_a_table_that_may_be_missing_is_left_out() -> None:
    missing = error(404, "0x80040217")
    client, _ = client_of(scripted(multipart(answer(200, {"value": []}), missing)))

    assert table_privileges(client, ["invoice", "jobs"], ["jobs"]) == {"invoice": ()}


def test_a_table_that_must_be_there_raises() -> None:
    client, _ = client_of(scripted(multipart(error(404), answer(200, {"value": []}))))

    with pytest.raises(NotFound):
        table_privileges(client, ["invoice", "jobs"], ["jobs"])


def test_privileges_that_may_not_be_read_raise() -> None:
    client, _ = client_of(scripted(error(403, "0x80040220")))

    with pytest.raises(Forbidden):
        user_privileges(client, USER)


@pytest.mark.parametrize(
    "body",
    [{}, {"RolePrivileges": "none"}, {"RolePrivileges": [held(READ, "Total")]}],
)
def test_an_answer_of_another_shape_is_malformed(body: dict[str, object]) -> None:
    client, _ = client_of(scripted(answer(200, body)))

    with pytest.raises(MalformedAnswer):
        user_privileges(client, USER)
