"""Answers from a cassette: the recorded ones to recorded requests, and 501 to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cassette.far_side import ask, recording, replaying, sample

if TYPE_CHECKING:
    from pathlib import Path

NAMES = "accounts?$select=name&$orderby=name"
BATCH = (
    "--{b}\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\n"
    "GET {root}/api/data/v9.2/accounts?$select=name&$top=1 HTTP/1.1\r\nAccept: application/json"
    "\r\n\r\n\r\n--{b}--\r\n"
)


def batch(url: str, boundary: str) -> Any:
    kind = {"Content-Type": f"multipart/mixed; boundary={boundary}"}
    return ask(url, "POST", "$batch", BATCH.format(b=boundary, root=url), kind)


def test_a_session_is_answered_as_it_was_with_the_new_address(tmp_path: Path) -> None:
    path, page = tmp_path / "c.jsonl", {"Prefer": "odata.maxpagesize=1"}
    with sample() as emulator, recording(emulator.app, path) as (ours, _):
        first = ask(ours, "GET", NAMES, headers=page)
        second = ask(ours, "GET", first.json()["@odata.nextLink"].removeprefix(ours), headers=page)
        made = ask(ours, "POST", "accounts", {"name": "New", "telephone1": "1"})
        wrong = ask(ours, "GET", "accounts?$select=nonsense")
        batched = batch(ours, "batch_a")

    with replaying(path) as url:
        again = ask(url, "GET", NAMES, headers=page)
        link = again.json()["@odata.nextLink"]
        next_page = ask(url, "GET", link.removeprefix(url), headers=page)
        created = ask(url, "POST", "accounts", {"telephone1": "1", "name": "New"})
        refused = ask(url, "GET", "accounts?$select=nonsense")
        together = batch(url, "batch_b")

    assert again.json()["value"] == first.json()["value"]
    assert link.startswith(f"{url}/api/data/")
    assert next_page.json()["value"] == second.json()["value"]
    assert created.status == made.status == 204
    assert created.headers["odata-entityid"].startswith(f"{url}/api/data/v9.2/accounts(")
    assert (refused.status, refused.body) == (wrong.status, wrong.body)
    assert together.status == 200
    assert together.body == batched.body.replace(ours.encode(), url.encode())


@pytest.mark.parametrize(
    "target",
    [
        "accounts?$orderby=name&$select=name",
        "accounts?%24select=name&%24orderby=name",
        "accounts/?$select=name&$orderby=name",
    ],
)
def test_order_and_escapes_of_an_address_do_not_count(tmp_path: Path, target: str) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "GET", NAMES)

    with replaying(tmp_path / "c.jsonl") as url:
        assert ask(url, "GET", target).status == 200


def test_what_was_not_recorded_names_the_nearest_that_was(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "GET", "WhoAmI")
        ask(ours, "GET", NAMES)

    with replaying(tmp_path / "c.jsonl") as url:
        answer = ask(url, "GET", "accounts?$select=name,telephone1&$orderby=name")

    assert answer.status == 501
    message = answer.json()["error"]["message"]
    assert message.startswith("no recorded exchange answers GET /api/data/v9.2/accounts?$select=na")
    assert f"the nearest is number 2, GET /api/data/v9.2/{NAMES}, which differs in query" in message


@pytest.mark.parametrize(
    ("method", "body", "headers", "differs"),
    [
        ("POST", {"name": "Other"}, {}, "body"),
        ("PATCH", {"name": "New"}, {}, "method"),
        ("POST", {"name": "New"}, {"Prefer": "return=representation"}, "headers"),
    ],
)
def test_method_body_and_wishes_count(
    tmp_path: Path, method: str, body: Any, headers: dict[str, str], differs: str
) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        ask(ours, "POST", "accounts", {"name": "New"})

    with replaying(tmp_path / "c.jsonl") as url:
        answer = ask(url, method, "accounts", body, headers)

    assert answer.status == 501
    assert answer.json()["error"]["message"].endswith(f"which differs in {differs}")


def test_equal_requests_are_answered_in_their_order(tmp_path: Path) -> None:
    count = "accounts/$count"
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl") as (ours, _):
        before = ask(ours, "GET", count).body
        ask(ours, "POST", "accounts", {"name": "New"})
        after = ask(ours, "GET", count).body

    with replaying(tmp_path / "c.jsonl") as url:
        bodies = [ask(url, "GET", count).body for _ in range(3)]
        first, second = (ask(url, "POST", "accounts", {"name": "New"}) for _ in range(2))

    assert bodies == [before, after, after]
    assert before != after
    assert (first.status, second.status) == (204, 501)
    assert "answered as often as it was" in second.json()["error"]["message"]


def test_an_empty_cassette_says_that_it_is_empty(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl"):
        pass

    with replaying(tmp_path / "c.jsonl") as url:
        answer = ask(url, "GET", "WhoAmI")

    assert (answer.status, "the cassette is empty" in answer.json()["error"]["message"]) == (
        501,
        True,
    )


def test_a_sign_in_gets_a_token_of_nobody(tmp_path: Path) -> None:
    with sample() as emulator, recording(emulator.app, tmp_path / "c.jsonl"):
        pass

    with replaying(tmp_path / "c.jsonl") as url:
        answer = ask(url, "POST", "/organizations/oauth2/v2.0/token", "client_secret=x")

    assert answer.json() == {"token_type": "Bearer", "expires_in": 3599, "access_token": "replayed"}
