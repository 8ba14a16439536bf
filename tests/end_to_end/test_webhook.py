"""The command line tells one webhook of what it did, and never shows where that is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.tenant import serving
from tests.usecases.hook import SECRET, hooked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.end_to_end.tenant import TestTenant
    from tests.usecases.hook import Hook


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


@pytest.fixture
def tenant(tmp_path: Path) -> Iterator[TestTenant]:
    with serving(tmp_path) as tenant:
        yield tenant


def proforma(tenant: TestTenant, hook: Hook, *words: str, **settings: str) -> tuple[int, str]:
    """Exit code and everything that was printed."""
    given = {
        "PROFORMA__DATAVERSE__URL": tenant.url,
        "PROFORMA__RUN__TIME_ZONE": "UTC",
        "PROFORMA__RUN__STORE": str(tenant.folder / "runs"),
        "PROFORMA__NOTIFY__WEBHOOK": hook.address,
        "PROFORMA__NOTIFY__ON": "always",
        **settings,
    }
    done = subprocess.run(
        [sys.executable, "-m", "connector", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tenant.folder,
        env={**os.environ, **given},
    )
    return done.returncode, done.stdout + done.stderr


def test_a_run_and_its_undoing_are_two_messages(tenant: TestTenant, hook: Hook) -> None:
    code, _ = proforma(tenant, hook, "run", "--run-date", "2020-10-05", "--json")
    run_id = hook.messages[0]["run_id"]
    undone, said = proforma(tenant, hook, "undo", run_id, "--yes")

    assert (code, undone) == (0, 0), said
    assert [(m["kind"], m["run_id"], m["failed"]) for m in hook.messages] == [
        ("run", run_id, False),
        ("undo", run_id, False),
    ]
    assert hook.messages[0]["amount_by_currency"] == {"USD": "11288.60"}
    assert hook.messages[1]["drafts_by_status"] == {"deleted": 1}


def test_a_plan_that_a_bound_rejects_is_told(tenant: TestTenant, hook: Hook) -> None:
    words = ("run", "--run-date", "2020-10-05")

    code, _ = proforma(tenant, hook, *words, PROFORMA__BOUNDS__AMOUNT_PER_RUN="1000")

    assert code == 3
    [message] = hook.messages
    assert (message["kind"], message["exit_code"]) == ("failure", 3)
    assert "amount-per-run" in message["error"]


def test_looking_only_tells_nobody(tenant: TestTenant, hook: Hook) -> None:
    code, _ = proforma(tenant, hook, "run", "--run-date", "2020-10-05", "--dry-run")

    assert (code, hook.asked) == (0, 0)


def test_a_webhook_that_refuses_leaves_the_run_as_it_is_and_its_address_unsaid(
    tenant: TestTenant, hook: Hook
) -> None:
    hook.answers = [404, 404]

    code, said = proforma(tenant, hook, "run", "--run-date", "2020-10-05", "--json")

    assert code == 0
    assert "webhook-failed" in said
    assert SECRET not in said
    document = json.loads(said[said.index("{") : said.rindex("}") + 1])
    assert [warning["code"] for warning in document["warnings"]].count("webhook-failed") == 1


@pytest.mark.parametrize("place", ["http://hooks.example.com/", "hooks.example.com/", "https:///"])
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(
    tenant: TestTenant, hook: Hook, place: str
) -> None:
    code, said = proforma(tenant, hook, "check", PROFORMA__NOTIFY__WEBHOOK=place + SECRET)

    assert code == 2
    assert "PROFORMA__NOTIFY__WEBHOOK: expected an address that begins with https://" in said
    assert SECRET not in said
