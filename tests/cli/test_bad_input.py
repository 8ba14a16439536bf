"""Bad input gets a message that names it, the documented exit code, and no traceback."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]


def written(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(ended: Ended, code: int, *words: str) -> bool:
    is_clear = all(word in ended.err for word in words) and "Traceback" not in ended.err
    return ended.code == code and not ended.out and is_clear


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("tomorrow", "expected a date such as 2020-10-05, not 'tomorrow'"),
        ("2020-13-01", "'2020-13-01' is no day of the calendar"),
        ("20201005", "expected a date such as 2020-10-05"),
        ("2020-02-30", "no day of the calendar"),
    ],
)
def test_an_invalid_run_date_is_named(
    proforma: Proforma, tenant: Tenant, date: str, words: str
) -> None:
    ended = proforma("run", "--config", tenant.config, "--run-date", date)

    assert refused(ended, 2, "--run-date", words)


def test_no_configuration_at_all_asks_for_the_address(proforma: Proforma) -> None:
    assert refused(proforma("run"), 2, "[dataverse] url: missing")


def test_a_missing_configuration_file_is_named(proforma: Proforma, tmp_path: Path) -> None:
    path = tmp_path / "no.toml"

    assert refused(proforma("run", "--config", path), 2, str(path), "No such file")


def test_all_faults_of_a_configuration_are_printed_at_once(
    proforma: Proforma, tmp_path: Path
) -> None:
    path = written(tmp_path, '[dataverse]\nurl = "http://contoso.com"\nworker = "many"\n')

    ended = proforma("check", "--config", path)

    assert refused(ended, 2, "plain http", "nearest known one is 'workers'", str(path))


def test_a_mapping_with_an_unknown_key_is_refused(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    (tmp_path / "ours.toml").write_text(
        'format = "proforma-mapping/1"\ncontact = 1\n', encoding="utf-8"
    )
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write('mapping = "ours.toml"\n')

    assert refused(proforma("run", "--config", tenant.config), 2, "ours.toml", "contact")


@pytest.mark.usefixtures("attempts_without_waits")
def test_a_tenant_that_does_not_answer_is_exit_code_4(proforma: Proforma, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    path = written(tmp_path, f'[dataverse]\nurl = "http://127.0.0.1:{port}"\n')

    ended = proforma("run", "--config", path, "--run-date", "2020-10-05")

    assert refused(ended, 4, "refused", f"environment: http://127.0.0.1:{port}")


def test_an_unknown_command_and_an_unknown_flag_are_usage_errors(proforma: Proforma) -> None:
    assert refused(proforma("runn"), 2, "No such command 'runn'")
    assert refused(proforma("run", "--dry"), 2, "No such option", "--dry-run")


def test_a_plan_file_that_is_not_there_is_named(
    proforma: Proforma, tenant: Tenant, tmp_path: Path
) -> None:
    ended = proforma("apply", tmp_path / "no.json", "--config", tenant.config)

    assert refused(ended, 2, str(tmp_path / "no.json"))


@pytest.mark.parametrize("name", ["nodir/plan.json", "file/plan.json"])
def test_a_plan_that_could_not_be_written_is_refused_before_anything_is_read(
    proforma: Proforma, tenant: Tenant, name: str
) -> None:
    Path("file").write_text("no folder", encoding="utf-8")
    asked = len(tenant.emulator.trace)

    ended = proforma("plan", "--out", name, "--config", tenant.config)

    assert refused(ended, 2, f"the plan {name} cannot be written: its folder does not exist")
    assert len(tenant.emulator.trace) == asked


def test_a_configuration_that_is_a_folder_says_so(
    proforma: Proforma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = proforma("run", "--config", tmp_path)
    monkeypatch.setenv("PROFORMA_CONFIG", str(tmp_path))
    by_variable = proforma("run")

    assert refused(named, 2, "is a directory")
    assert refused(by_variable, 2, str(tmp_path), "s a directory")


def test_a_secret_is_in_no_output(
    proforma: Proforma, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROFORMA__AUTH__CLIENT_SECRET", "hush-hush")
    path = written(
        tmp_path,
        '[dataverse]\nurl = "https://contoso.invalid"\n[auth]\nmethod = "client-secret"\n'
        'tenant_id = "t"\n',
    )

    ended = proforma("run", "--config", path, "-v")

    assert refused(ended, 2, "client_id")
    assert "hush" not in ended.err


def test_an_unforeseen_failure_is_one_line_and_exit_code_1(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(_: object) -> str:
        message = "no ids today"
        raise RuntimeError(message)

    monkeypatch.setattr("connector.cli.session.uuid4", lambda: break_down(None))

    ended = proforma("run", "--config", tenant.config)

    assert refused(ended, 1, "unexpected failure: RuntimeError: no ids today")


def test_ctrl_c_ends_a_run_without_a_traceback(
    proforma: Proforma, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt() -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("connector.cli.session.uuid4", interrupt)

    assert refused(proforma("run", "--config", tenant.config), 130, "interrupted")
