from __future__ import annotations

import http.client
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from connector.emulator import (
    ConnectionDropped,
    Emulator,
    EmulatorOptions,
    FaultKind,
    LimitSettings,
    ScriptedFault,
    VirtualClock,
)
from tests.emulator.web import InProcess, OverSocket, Web

if TYPE_CHECKING:
    from tests.emulator.web import Answer

ADATUM = {"accounts": [{"accountid": "a0000000-0000-0000-0000-000000000001", "name": "Adatum"}]}


def control(web: Web, method: str, name: str, body: object = None) -> Answer:
    return web(method, f"/_emulator/{name}", body)


def test_a_snapshot_is_a_seed_and_can_be_restored(web: Web) -> None:
    assert control(web, "POST", "seed", ADATUM).json()["rows"] == 1
    saved = control(web, "GET", "snapshot").body
    web("PATCH", "accounts(a0000000-0000-0000-0000-000000000001)", {"name": "Changed"})
    web.create("accounts", name="Other")
    assert control(web, "GET", "rows").json()["rows"]["accounts"] == 2
    answer = web("POST", "/_emulator/restore", saved)
    assert answer.status == 200, answer.body
    assert [row["name"] for row in web.rows("accounts")] == ["Adatum"]


def test_a_restore_that_cannot_be_read_leaves_everything_as_it_was(web: Web) -> None:
    control(web, "POST", "seed", ADATUM)
    answer = control(web, "POST", "restore", {"accounts": [{"nosuch": 1}]})
    assert answer.status == 400
    assert "accounts row 1: 'nosuch'" in answer.message
    assert [row["name"] for row in web.rows("accounts")] == ["Adatum"]


def test_a_reset_forgets_rows_faults_trace_and_time(web: Web) -> None:
    control(web, "POST", "seed", ADATUM)
    control(web, "POST", "faults", {"kind": "status", "status": 503, "times": 9})
    control(web, "POST", "clock", {"advance": 60})
    control(web, "POST", "reset")
    assert web.rows("accounts") == []
    assert len(control(web, "GET", "trace").json()["trace"]) == 1
    assert control(web, "GET", "clock").json() == {"now": "2020-10-01T08:00:00+00:00"}


def test_equal_scripts_give_equal_ids() -> None:
    first, second = (Web(InProcess(Emulator(behaviour="plain").app)) for _ in range(2))
    assert first.create("accounts", name="A") == second.create("accounts", name="A")


def test_the_clock_is_set_and_advanced_and_stamps_rows(web: Web) -> None:
    control(web, "POST", "clock", {"set": "2021-03-04T05:06:07+00:00"})
    control(web, "POST", "clock", {"advance": 3})
    row_id = web.create("accounts", name="A")
    assert web.row("accounts", row_id)["createdon"] == "2021-03-04T05:06:10Z"
    assert control(web, "POST", "clock", {"advance": -1}).status == 400
    assert control(web, "POST", "clock", {"set": "2021-03-04T05:06:07"}).status == 400


def test_a_clock_may_follow_a_real_one() -> None:
    instants = iter([datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 2, tzinfo=UTC)])
    clock = VirtualClock(source=lambda: next(instants))
    clock.reset()
    assert clock() == datetime(2030, 1, 1, tzinfo=UTC)
    assert clock.advance(60) == datetime(2030, 1, 2, 0, 1, tzinfo=UTC)


def test_planned_failures_are_answered_in_order_and_then_used_up(web: Web) -> None:
    control(
        web,
        "POST",
        "faults",
        [
            {"kind": "status", "status": 429, "code": "0x80072322", "retry_after": 7},
            {"kind": "status", "status": 502, "body": "<html>bad gateway</html>", "skip": 1},
        ],
    )
    answer = web("POST", "accounts", {"name": "A"})
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (429, "0x80072322", "7")
    assert web("POST", "accounts", {"name": "B"}).status == 204
    answer = web("POST", "accounts", {"name": "C"})
    assert (answer.status, answer.body) == (502, b"<html>bad gateway</html>")
    assert web("POST", "accounts", {"name": "D"}).status == 204
    assert [row["name"] for row in web.rows("accounts?$orderby=name")] == ["B", "D"]
    assert control(web, "GET", "faults").json() == {"planned": []}


def test_a_fault_befalls_only_the_requests_it_is_meant_for(web: Web) -> None:
    fault = {"kind": "status", "method": "GET", "path": "^/contacts", "times": 2}
    control(web, "POST", "faults", fault)
    assert web("GET", "accounts").status == 200
    assert web("POST", "contacts", {}).status == 204
    assert [web("GET", "contacts").status for _ in range(3)] == [503, 503, 200]


@pytest.mark.parametrize(
    "fault", [{"kind": "nosuch"}, {"kind": "status", "color": 1}, {"kind": "slow", "path": "("}, 1]
)
def test_a_fault_that_cannot_be_read_is_refused(web: Web, fault: object) -> None:
    assert control(web, "POST", "faults", fault).status == 400
    assert control(web, "GET", "faults").json() == {"planned": []}


@pytest.mark.parametrize(("kind", "rows"), [(FaultKind.DROP_BEFORE, 0), (FaultKind.DROP_AFTER, 1)])
def test_a_dropped_connection_is_on_the_planned_side_of_the_commit(
    plain: Emulator, kind: FaultKind, rows: int
) -> None:
    plain.plan(ScriptedFault(kind=kind), ScriptedFault(kind=kind))
    with plain.serve() as server:
        web = Web(OverSocket(server.port))
        with pytest.raises(http.client.RemoteDisconnected):
            web("POST", "accounts", {"name": "A"})
    assert len(plain.rows("accounts")) == rows
    with pytest.raises(ConnectionDropped) as caught:
        Web(InProcess(plain.app))("POST", "accounts", {"name": "B"})
    assert caught.value.committed == (rows == 1)
    assert len(plain.rows("accounts")) == 2 * rows


def test_half_a_body_breaks_off_after_the_commit(plain: Emulator) -> None:
    plain.plan(ScriptedFault(kind=FaultKind.HALF_BODY))
    with plain.serve() as server:
        web = Web(OverSocket(server.port))
        with pytest.raises(http.client.IncompleteRead):
            web("POST", "accounts", {"name": "A"}, Prefer="return=representation")
    assert len(plain.rows("accounts")) == 1


def test_a_garbled_page_is_no_json_though_its_status_is_200(web: Web) -> None:
    control(web, "POST", "faults", {"kind": "garbled", "path": "skiptoken"})
    for number in range(3):
        web.create("accounts", name=str(number))
    page = web("GET", "accounts", Prefer="odata.maxpagesize=2").json()
    link = page["@odata.nextLink"]
    answer = web("GET", link[link.index("/api/") :], Prefer="odata.maxpagesize=2")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html")
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_slow_answer_takes_its_time_on_the_virtual_clock() -> None:
    options = EmulatorOptions(limits=LimitSettings(advances_clock=True, latency=0.5))
    emulator = Emulator(behaviour="plain", options=options)
    emulator.plan(ScriptedFault(kind=FaultKind.SLOW, seconds=30))
    before = emulator.clock()
    Web(InProcess(emulator.app))("GET", "accounts")
    assert (emulator.clock() - before).total_seconds() == 30.5


def test_a_slow_answer_really_takes_its_time_over_a_socket(plain: Emulator) -> None:
    plain.plan(ScriptedFault(kind=FaultKind.SLOW, seconds=0.3))
    with plain.serve() as server:
        carrier = OverSocket(server.port)
        carrier.connection.timeout = 0.05
        with pytest.raises(TimeoutError):
            Web(carrier)("GET", "accounts")


def test_the_trace_tells_what_was_sent_but_no_token(web: Web) -> None:
    web("GET", "accounts?$select=name", Authorization="Bearer secret-token")
    answer = control(web, "GET", "trace")
    (entry,) = answer.json()["trace"]
    assert (entry["method"], entry["target"]) == ("GET", "/accounts?$select=name")
    assert (entry["status"], entry["operations"]) == (200, 1)
    assert b"secret-token" not in answer.body
    control(web, "DELETE", "trace")
    assert control(web, "GET", "trace").json() == {"trace": []}


def limited(**settings: Any) -> tuple[Emulator, Web]:
    limits = LimitSettings(enforced=True, **settings)
    emulator = Emulator(behaviour="plain", options=EmulatorOptions(limits=limits))
    return emulator, Web(InProcess(emulator.app))


def test_too_many_requests_in_the_window_are_refused_until_it_has_moved_on() -> None:
    emulator, web = limited(requests=3)
    emulator.clock.advance(100)
    assert [web("GET", "accounts").status for _ in range(3)] == [200] * 3
    answer = web("GET", "accounts")
    assert (answer.status, answer.code) == (429, "0x80072322")
    assert answer.headers["retry-after"] == "300"
    emulator.clock.advance(299)
    assert web("GET", "accounts").headers["retry-after"] == "1"
    emulator.clock.advance(1)
    assert web("GET", "accounts").status == 200


def test_too_much_execution_time_is_refused_until_enough_has_left_the_window() -> None:
    emulator, web = limited(execution_seconds=10, operation_seconds=4, concurrent=99)
    for _ in range(3):
        assert web("GET", "accounts").status == 200
        emulator.clock.advance(50)
    answer = web("GET", "accounts")
    assert (answer.status, answer.code) == (429, "0x80072321")
    assert answer.headers["retry-after"] == "150"
    emulator.clock.advance(150)
    assert web("GET", "accounts").status == 200


def test_too_many_requests_at_once_are_refused_while_they_run() -> None:
    emulator, web = limited(concurrent=2, operation_seconds=30)
    assert [web("GET", "accounts").status for _ in range(2)] == [200, 200]
    answer = web("GET", "accounts")
    assert (answer.status, answer.code) == (429, "0x80072326")
    assert answer.headers["retry-after"] == "30"
    emulator.clock.advance(30)
    assert web("GET", "accounts").status == 200


def test_each_user_has_limits_of_its_own_and_sees_what_is_left() -> None:
    _, web = limited(requests=2)
    for _ in range(2):
        answer = web("GET", "accounts", Authorization="Bearer one")
    assert answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "0"
    assert web("GET", "accounts", Authorization="Bearer one").status == 429
    assert web("GET", "accounts", Authorization="Bearer two").status == 200


def test_limits_are_set_while_the_emulator_runs(web: Web) -> None:
    answer = control(web, "POST", "limits", {"enforced": True, "requests": 1, "parallelism": 3})
    assert (answer.status, answer.json()["requests"]) == (200, 1)
    assert web("GET", "accounts").headers["x-ms-dop-hint"] == "3"
    assert web("GET", "accounts").status == 429
    for wrong in ({"nosuch": 1}, {"requests": "x"}, {"enforced": 1}, {"requests": True}):
        assert control(web, "POST", "limits", wrong).status == 400


def test_the_control_plane_says_what_it_offers(web: Web) -> None:
    answer = control(web, "GET", "").json()
    assert answer["behaviour"] == "plain"
    assert "POST /_emulator/reset" in answer["offers"]
    assert control(web, "GET", "nosuch").status == 404
