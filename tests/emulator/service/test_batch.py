from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connector.emulator import BatchSettings, Emulator, EmulatorOptions
from tests.emulator.web import InProcess, Web

if TYPE_CHECKING:
    from tests.emulator.web import Answer

WIRE = Path(__file__).parents[2] / "wire" / "batch"
BATCH = {"Content-Type": 'multipart/mixed; boundary="b"'}


def operation(method: str, address: str, body: str = "", content_id: str = "", **named: str) -> str:
    """One part of a batch, without its boundary."""
    label = f"Content-ID: {content_id}\r\n" if content_id else ""
    fields = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in named.items())
    return (
        f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{label}\r\n"
        f"{method} {address} HTTP/1.1\r\nContent-Type: application/json\r\n{fields}\r\n{body}\r\n"
    )


def change_set(*operations: str) -> str:
    inside = "".join(f"--c\r\n{one}" for one in operations)
    return f"Content-Type: multipart/mixed; boundary=c\r\n\r\n{inside}--c--\r\n"


def batch(*items: str) -> bytes:
    return ("".join(f"--b\r\n{item}" for item in items) + "--b--\r\n").encode()


def create(name: str, content_id: str = "", entity_set: str = "accounts") -> str:
    body = json.dumps({"lastname" if entity_set == "contacts" else "name": name})
    return operation("POST", f"/api/data/v9.2/{entity_set}", body, content_id)


def statuses(answer: Answer) -> list[int]:
    return [int(found) for found in re.findall(rb"^HTTP/1\.1 (\d+)", answer.body, re.MULTILINE)]


def names(web: Web) -> list[str]:
    return sorted(row["name"] for row in web.rows("accounts?$select=name"))


BAD = create("x" * 500)


def test_the_documented_batch_writes_its_rows_and_answers_in_order(plain: Emulator) -> None:
    web = Web(InProcess(plain.app))
    head, _, body = (WIRE / "change-set-and-get.request").read_bytes().partition(b"\r\n\r\n")
    assert b'boundary="batch_1"' in head
    body = body.replace(b"/tasks ", b"/accounts ").replace(b'"subject"', b'"name"')
    answer = web("POST", "$batch", body, {"Content-Type": 'multipart/mixed; boundary="batch_1"'})
    assert (answer.status, statuses(answer)) == (200, [204, 204, 200])
    assert names(web) == ["Task 1 in batch", "Task 2 in batch"]
    assert answer.body.startswith(b"--batchresponse_")
    assert re.search(rb"--changesetresponse_.*Content-ID: 2", answer.body, re.DOTALL)
    assert b"OData-EntityId: https://org.crm.dynamics.com/api/data/v9.2/accounts(" in answer.body


def test_a_failing_change_set_rolls_back_as_a_whole(web: Web) -> None:
    body = batch(change_set(create("kept?", "1"), create("x" * 500, "2"), create("z", "3")))
    answer = web("POST", "$batch", body, BATCH)
    assert (answer.status, statuses(answer)) == (400, [400])
    assert names(web) == []
    assert b"changesetresponse_" in answer.body
    assert b"Content-ID: 2" in answer.body
    assert b"0x80044331" in answer.body
    assert b"REQ_ID: " in answer.body


def test_a_failing_change_set_can_be_answered_by_a_bare_part() -> None:
    bare = EmulatorOptions(batch=BatchSettings(nested_failures=False))
    web = Web(InProcess(Emulator(behaviour="plain", options=bare).app))
    answer = web("POST", "$batch", batch(change_set(create("x" * 500, "1"))), BATCH)
    assert (answer.status, statuses(answer)) == (400, [400])
    assert b"changesetresponse_" not in answer.body


def test_without_continue_on_error_the_first_failure_ends_the_batch(web: Web) -> None:
    answer = web("POST", "$batch", batch(create("a"), BAD, create("b")), BATCH)
    assert (answer.status, statuses(answer)) == (400, [204, 400])
    assert names(web) == ["a"]


def test_with_continue_on_error_every_operation_is_answered(web: Web) -> None:
    body = batch(create("a"), BAD, change_set(create("x" * 500, "1")), create("b"))
    answer = web("POST", "$batch", body, BATCH, Prefer="odata.continue-on-error")
    assert (answer.status, statuses(answer)) == (200, [204, 400, 400, 204])
    assert names(web) == ["a", "b"]


def test_an_operation_may_refer_to_an_earlier_one_by_its_content_id(web: Web) -> None:
    body = batch(
        change_set(
            create("Owner", "1", "contacts"),
            operation(
                "POST",
                "/api/data/v9.2/accounts",
                '{"name":"A","primarycontactid@odata.bind":"$1"}',
                "2",
            ),
            operation("PATCH", "$1", '{"firstname":"F"}', "3"),
            operation("PUT", "$2/name", '{"value":"$1 stays text"}', "4"),
            operation("POST", "$2/contact_customer_accounts/$ref", '{"@odata.id":"$1"}', "5"),
        )
    )
    answer = web("POST", "$batch", body, BATCH)
    assert (answer.status, statuses(answer)) == (200, [204, 204, 204, 204, 204])
    (account,) = web.rows("accounts?$expand=primarycontactid($select=firstname)")
    assert account["name"] == "$1 stays text"
    assert account["primarycontactid"]["firstname"] == "F"
    assert len(web.rows(f"accounts({account['accountid']})/contact_customer_accounts")) == 1


def test_a_row_that_came_back_as_representation_cannot_be_referred_to(web: Web) -> None:
    made = operation(
        "POST", "/api/data/v9.2/accounts", '{"name":"A"}', "1", Prefer="return=representation"
    )
    answer = web(
        "POST", "$batch", batch(change_set(made, operation("PATCH", "$1", "{}", "2"))), BATCH
    )
    assert answer.status == 400
    assert b"Content-ID Reference: '$1' does not exist in the batch context." in answer.body
    assert names(web) == []


def test_a_reference_to_no_earlier_operation_is_refused(web: Web) -> None:
    body = batch(change_set(operation("PATCH", "$2", "{}", "1"), create("a", "2")))
    answer = web("POST", "$batch", body, BATCH)
    assert answer.status == 400
    assert b"Content-ID Reference: '$2' does not exist in the batch context." in answer.body
    assert names(web) == []


def test_one_content_id_twice_in_a_change_set_is_refused(web: Web) -> None:
    answer = web("POST", "$batch", batch(change_set(create("a", "1"), create("b", "1"))), BATCH)
    assert answer.status == 400
    assert names(web) == []


def test_conditions_hold_inside_a_batch(web: Web) -> None:
    row_id = web.create("accounts", name="old")
    target = f"/api/data/v9.2/accounts({row_id})"
    refused = operation("PATCH", target, '{"name":"new"}', "1", If_None_Match="*")
    answer = web("POST", "$batch", batch(change_set(create("other", "0"), refused)), BATCH)
    assert answer.status == 412
    assert names(web) == ["old"]


def test_a_get_with_raw_spaces_is_answered_inside_a_batch(web: Web) -> None:
    web.create("accounts", name="A b")
    read = operation("GET", "/api/data/v9.2/accounts?$select=name&$filter=name eq 'A b'")
    answer = web("POST", "$batch", batch(read), BATCH)
    assert b'"name":"A b"' in answer.body


def test_a_batch_of_more_than_a_thousand_operations_is_refused_whole(web: Web) -> None:
    one = operation("PATCH", "/api/data/v9.2/accounts(55555555-5555-5555-5555-555555555555)", "{}")
    counted = [change_set(*(create(str(n), str(n)) for n in range(600))), *[one] * 401]
    assert web("POST", "$batch", batch(*counted), BATCH).status == 400
    assert names(web) == []
    assert web("POST", "$batch", batch(*counted[:-1]), BATCH).status == 200


@pytest.mark.parametrize("content_type", ["application/json", "multipart/mixed", ""])
def test_a_batch_that_is_not_multipart_is_refused(web: Web, content_type: str) -> None:
    answer = web("POST", "$batch", b"{}", {"Content-Type": content_type})
    assert answer.status in {400, 415}
    assert web("GET", "$batch").status == 405


def test_a_batch_inside_a_batch_is_refused(web: Web) -> None:
    answer = web("POST", "$batch", batch(operation("POST", "/api/data/v9.2/$batch", "x")), BATCH)
    assert answer.status == 400


def test_strict_line_ends_can_be_demanded() -> None:
    strict = EmulatorOptions(batch=BatchSettings(strict_line_ends=True))
    web = Web(InProcess(Emulator(behaviour="plain", options=strict).app))
    answer = web("POST", "$batch", batch(create("a")).replace(b"\r\n", b"\n"), BATCH)
    assert (answer.status, answer.message) == (400, "Stream was not readable.")
    assert web("POST", "$batch", batch(create("a")), BATCH).status == 200


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_batch_never_makes_the_server_fail(plain: Emulator, data: st.DataObject) -> None:
    web = Web(InProcess(plain.app))
    whole = batch(change_set(create("a", "1"), operation("PATCH", "$1", "{}", "2")), create("b"))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 30)))
    noise = data.draw(st.one_of(st.binary(max_size=12), st.sampled_from(DAMAGE)))
    answer = web("POST", "$batch", whole[:start] + noise + whole[end:], BATCH)
    assert answer.status < 500
    assert all(status < 500 or status == 501 for status in statuses(answer))


DAMAGE = [
    b"--b",
    b"--b--",
    b"--c\r\n",
    b"\r\n\r\n",
    b"$1",
    b"{",
    b'"@odata.bind"',
    b"\x00",
    b"DELETE",
]
