"""The test host really drives the platform's worker library, so that what it reports can count."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from tests.azure.functions_host import FunctionsHost
from tests.azure.install_runtime import RuntimeNotInstalledError, pip_install

if TYPE_CHECKING:
    from pathlib import Path

APP = dedent("""\
    import logging
    import os

    import azure.functions as func

    app = func.FunctionApp()


    @app.function_name("nightly")
    @app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer")
    def nightly(timer: func.TimerRequest) -> None:
        logging.getLogger("night").warning("late: %s", timer.past_due)
        if "EXIT" in os.environ:
            os._exit(7)
        if "FAULT" in os.environ:
            raise LookupError(os.environ["FAULT"])
    """)


@pytest.fixture
def app(tmp_path: Path) -> Path:
    (tmp_path / "function_app.py").write_text(APP, encoding="utf-8")
    (tmp_path / "host.json").write_text('{"version": "2.0"}', encoding="utf-8")
    return tmp_path


def started(host: FunctionsHost) -> FunctionsHost:
    assert host.initialise().succeeded
    host.index()
    assert host.load("nightly").succeeded
    return host


def test_a_function_is_indexed_invoked_and_heard(app: Path, runtime: Path) -> None:
    with FunctionsHost(app, {}, runtime) as host:
        started(host)
        outcome = host.fire_timer("nightly", parameter="timer", past_due=True)

    assert outcome.succeeded
    assert [line.message for line in host.logs if line.category == "night"] == ["late: True"]
    assert host.worker.returncode == 0


def test_an_exception_in_the_function_is_a_failure_with_its_message(
    app: Path, runtime: Path
) -> None:
    with FunctionsHost(app, {"FAULT": "no such tenant"}, runtime) as host:
        outcome = started(host).fire_timer("nightly", parameter="timer")

    assert not outcome.succeeded
    assert outcome.message == "LookupError: no such tenant"


def test_an_app_that_cannot_be_imported_is_reported_when_the_worker_starts(
    app: Path, runtime: Path
) -> None:
    (app / "function_app.py").write_text("import no_such_module", encoding="utf-8")

    with FunctionsHost(app, {}, runtime) as host:
        outcome = host.initialise()

    assert not outcome.succeeded
    assert "no_such_module" in outcome.message


def test_a_worker_that_dies_is_noticed_at_once(app: Path, runtime: Path) -> None:
    with FunctionsHost(app, {"EXIT": "1"}, runtime) as host:
        started(host)
        with pytest.raises(ConnectionError):
            host.fire_timer("nightly", parameter="timer")

    assert host.worker.returncode == 7


def test_a_runtime_that_cannot_be_installed_says_what_pip_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))

    with pytest.raises(RuntimeNotInstalledError, match="azure-functions-runtime"):
        pip_install(tmp_path / "runtime")
