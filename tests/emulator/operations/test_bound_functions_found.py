"""Functions bound to rows and tables: found by name, or refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from connector.emulator.operations import bound_functions
from connector.emulator.operations.parameters import parameters_of

if TYPE_CHECKING:
    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.protocol.exchange import Response
    from connector.emulator.storage.store import StoredRow
    from tests.emulator.web import Web

CRM = "Microsoft.Dynamics.CRM"


def test_all_time_zones_are_listed_by_a_function_of_their_table(web: Web) -> None:
    zones = web.rows(f"timezonedefinitions/{CRM}.GetAllTimeZonesWithDisplayName(LocaleId=1033)")
    assert len(zones) == len(web.rows("timezonedefinitions"))
    assert {"timezonecode", "userinterfacename"} <= set(zones[0])
    missing = web("GET", f"timezonedefinitions/{CRM}.GetAllTimeZonesWithDisplayName()")
    assert (missing.status, missing.code) == (400, "0x80060888")


def test_a_function_of_a_row_gets_the_row_and_its_parameters(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    def answer(scope: Scope, row: StoredRow, segment: Segment) -> Response:
        target = parameters_of(scope, segment).row("Target", scope)
        return scope.json({"of": str(row.id), "target": str(target.id)})

    handlers = {("account", "IsNear"): answer}
    monkeypatch.setattr(bound_functions, "OF_ROWS", handlers)
    near, far = web.create("accounts", name="A"), web.create("accounts", name="B")
    call, target = "IsNear(Target=@t)", f'@t={{"@odata.id":"accounts({far})"}}'
    reply = web("GET", f"accounts({near})/{CRM}.{call}?{target}")
    assert reply.json() == {"of": near, "target": far}
    assert web("GET", f"accounts({near})/{call}?{target}").status == 404
    contact = web.create("contacts", lastname="C")
    assert web("GET", f"contacts({contact})/{CRM}.{call}?{target}").status == 404


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("accounts(%s)/{crm}.CalculateRollupField(FieldName='x')", 501, "0x80060888"),
        ("accounts(%s)/{crm}.DoNothing()", 404, "0x8006088a"),
        ("accounts/{crm}.CalculateRollupField()", 501, "0x80060888"),
        ("accounts/{crm}.DoNothing()", 404, "0x8006088a"),
    ],
)
def test_what_the_service_has_is_501_and_what_nobody_has_404(
    web: Web, address: str, status: int, code: str
) -> None:
    account = web.create("accounts", name="A")
    place = address.replace("{crm}", CRM).replace("%s", account)
    answer = web("GET", place)
    assert (answer.status, answer.code) == (status, code)
