"""One message a run, for those that failed or for every one; what goes wrong with it is said."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from connector.errors import ExitCode
from connector.runs.lease import LeaseHeld
from connector.scope import Scope
from connector.usecases.notify import FailuresTold, tell_failure, tell_run, tell_undo
from connector.usecases.run import execute
from connector.usecases.session import writing
from connector.usecases.steps.opening import note_failure
from connector.usecases.steps.values import FailureKind, StepFailure
from connector.usecases.undo import undo
from tests.projectops.one_contract import tenant_with
from tests.projectops.stored_rows import refused
from tests.usecases.hook import SECRET, Hook, hooked
from tests.usecases.opened import opened
from tests.usecases.steps.driven import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from connector.run_report import RunReport
    from connector.usecases.environment import Environment
    from tests.projectops.stored_rows import StoredRows

DAY = date(2020, 10, 5)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as hook:
        yield hook


def telling(
    hook: Hook, folder: Path, far: StoredRows | None = None, on: str = "always", form: str = "text"
) -> Environment:
    environment = opened(
        far or tenant_with(),
        folder,
        NOTIFY__WEBHOOK=hook.address,
        NOTIFY__ON=on,
        NOTIFY__FORM=form,
    )
    monkey = pytest.MonkeyPatch()
    monkey.setattr(environment, "pause", lambda _: None)  # no test waits
    return environment


def run(environment: Environment) -> RunReport:
    with writing(environment, "R1") as session:
        return execute(session, Scope(run_date=DAY), "R1")


def test_a_run_is_told_with_its_numbers(hook: Hook, tmp_path: Path) -> None:
    environment = telling(hook, tmp_path)

    report = tell_run(environment, run(environment))

    assert report.own_warnings == ()
    [message] = hook.messages
    assert message["text"].startswith("Run R1 of 2020-10-05 is through\n1 invoice, 1,800.00 EUR")
    fields = {key: message[key] for key in message if key not in ("text", "left_behind")}
    assert fields == {
        "format": "proforma-notice/1",
        "failed": False,
        "kind": "run",
        "run_id": "R1",
        "run_date": "2020-10-05",
        "environment": "http://127.0.0.1:1",
        "dry_run": False,
        "exit_code": 0,
        "invoices": 1,
        "invoices_by_status": {"written": 1},
        "amount_by_currency": {"EUR": "1800.00"},
        "failed_contracts": 0,
        "warnings": {"contract-without-price-list": 1, "source-not-claimed": 2},
        "throttled": 0,
        "finished_before": [],
        "error": None,
    }


def test_a_run_that_is_through_is_not_told_where_failures_are_wanted(
    hook: Hook, tmp_path: Path
) -> None:
    environment = telling(hook, tmp_path, on="failure")

    tell_run(environment, run(environment))

    assert hook.asked == 0


def test_a_run_that_left_something_undone_is_told_as_a_failure(hook: Hook, tmp_path: Path) -> None:
    far = tenant_with()
    far.faults = [refused(400)]
    environment = telling(hook, tmp_path, far, on="failure")

    tell_run(environment, run(environment))

    [message] = hook.messages
    assert (message["failed"], message["exit_code"]) == (True, 1)
    assert message["invoices_by_status"] == {"failed": 1}
    assert "left something undone" in message["text"]


def test_an_error_is_told_and_raised_all_the_same(hook: Hook, tmp_path: Path) -> None:
    environment = telling(hook, tmp_path, on="failure")

    with (
        writing(environment, "other"),
        pytest.raises(LeaseHeld),
        FailuresTold(environment, "R1", DAY),
        writing(environment, "R1"),
    ):
        pass

    [message] = hook.messages
    assert (message["kind"], message["exit_code"]) == ("failure", int(ExitCode.LEASE_HELD))
    assert message["run_date"] == "2020-10-05"
    assert "run other on" in message["error"]


def test_a_fault_of_the_program_is_told_too(hook: Hook, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), FailuresTold(telling(hook, tmp_path), "R1", None):
        _ = 1 / 0

    [message] = hook.messages
    assert (message["exit_code"], message["error"]) == (1, "division by zero")


def test_an_undoing_is_told(hook: Hook, tmp_path: Path) -> None:
    environment = telling(hook, tmp_path)
    run(environment)

    with writing(environment, "U1") as session:
        tell_undo(environment, undo(session, "R1", "U1"))

    [message] = hook.messages
    assert message["text"] == "Run R1 of 2020-10-05 was taken back\nDrafts: 1 deleted"
    assert message["drafts_by_status"] == {"deleted": 1}


def test_a_workflow_of_teams_gets_a_card(hook: Hook, tmp_path: Path) -> None:
    environment = telling(hook, tmp_path, form="teams")

    tell_run(environment, run(environment))

    [message] = hook.messages
    [attachment] = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    texts = [block["text"] for block in attachment["content"]["body"]]
    assert texts[:2] == ["Run R1 of 2020-10-05 is through", "1 invoice, 1,800.00 EUR before tax"]
    assert {block["type"] for block in attachment["content"]["body"]} == {"TextBlock"}


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_webhook_that_refuses_is_a_warning_and_never_named(
    hook: Hook, tmp_path: Path, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    hook.answers = [status, status]
    environment = telling(hook, tmp_path)

    report = tell_run(environment, run(environment))

    assert report.exit_code is ExitCode.DONE
    [warning] = report.own_warnings
    assert warning.code == "webhook-failed"
    assert warning.text.endswith(f"it answered {status}")
    assert hook.asked == 2
    assert SECRET not in warning.text + caplog.text


def test_a_webhook_that_fails_once_is_told_at_the_second_attempt(
    hook: Hook, tmp_path: Path
) -> None:
    hook.answers = [503]
    environment = telling(hook, tmp_path)

    assert tell_run(environment, run(environment)).own_warnings == ()
    assert len(hook.messages) == 1


def test_a_webhook_that_is_not_there_is_a_warning_without_its_address(
    hook: Hook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hook.address = f"http://127.0.0.1:9/{SECRET}"
    environment = telling(hook, tmp_path)

    fault = tell_failure(environment, "R1", DAY, "no", 4)

    assert fault is not None
    assert "no answer (ConnectionError)" in fault
    assert SECRET not in fault + caplog.text


def test_without_a_webhook_nobody_is_told(tmp_path: Path) -> None:
    environment = opened(tenant_with(), tmp_path)

    assert tell_failure(environment, "R1", DAY, "no", 4) is None


def test_a_run_in_steps_is_told_once_however_often_its_end_is_done(
    hook: Hook, tmp_path: Path
) -> None:
    far = tenant_with()
    Engine(opened=lambda: telling(hook, tmp_path, far), times=2).order("R1", DAY)
    environment = telling(hook, tmp_path, far)
    failure = StepFailure(kind=FailureKind.OVER, text="a bound", exit_code=3)

    for _ in range(2):
        note_failure(environment, "R2", "seal_plan", failure)

    assert [(message["kind"], message["run_id"]) for message in hook.messages] == [
        ("run", "R1"),
        ("failure", "R2"),
    ]
    assert SECRET not in json.dumps(hook.messages)
