"""`check`, `--version`, help, logs."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import connector
from connector.cli.logs import JsonLines

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

SLOW_TO_IMPORT = {"msal", "requests", "rich", "pydantic", "jinja2", "tenacity", "sqlite3"}


def test_check_finds_the_sample_tenant_fit(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("check", "--config", tenant.config, "--json")

    document = json.loads(ended.out)
    assert ended.code == 0
    assert document["format"] == "proforma-check/1"
    assert "error" not in {finding["severity"] for finding in document["findings"]}
    assert {"sign-in", "tables", "columns"} <= {f["area"] for f in document["findings"]}
    assert "sign-in" in ended.err


def test_check_names_what_a_mapping_has_wrong(proforma: Proforma, tenant: Tenant) -> None:
    shipped = Path(__file__).parents[2] / "mappings" / "project-operations.toml"
    wrong = shipped.read_text(encoding="utf-8").replace('"msdyn_psastate"', '"msdyn_psastatus"')
    (tenant.config.parent / "ours.toml").write_text(wrong, encoding="utf-8")
    with tenant.config.open("a", encoding="utf-8") as file:
        file.write('mapping = "ours.toml"\n')

    ended = proforma("check", "--config", tenant.config)

    assert ended.code == 2
    assert "msdyn_psastatus" in ended.out


def test_check_lists_what_a_role_has_to_hold(proforma: Proforma, tenant: Tenant) -> None:
    ended = proforma("check", "--role", "--config", tenant.config, "--json")

    document = json.loads(ended.out)
    assert ended.code == 0
    assert document["format"] == "proforma-role/1"
    found = {item["name"]: item for item in document["privileges"]}
    assert found["prvReadmsdyn_actual"]["depth"] == "Global"
    assert found["prvCreateInvoice"]["tables"] == ["invoice", "invoicedetail"]
    assert found["prvDeleteInvoice"]["needed_by_runs"] is False
    assert "prvReadmsdyn_actual" in ended.err


def test_the_version_is_printed(proforma: Proforma) -> None:
    ended = proforma("--version")

    assert ended.code == 0
    assert ended.out.startswith("proforma ")
    assert ended.out.split()[1][0].isdigit()


def test_help_lists_the_commands(proforma: Proforma) -> None:
    ended = proforma("--help")

    assert ended.code == 0
    assert {"run", "plan", "apply", "check", "emulator", "demo"} <= set(ended.out.split())


def test_help_imports_nothing_that_is_slow() -> None:
    code = (
        "import sys; from connector.cli import main; main(['--help']); "
        "print(*sys.modules, file=sys.stderr)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )

    assert set(ended.stderr.split()) & SLOW_TO_IMPORT == set()


def test_a_json_log_line_has_message_level_extras_and_exception() -> None:
    try:
        _ = 1 // 0
    except ZeroDivisionError:
        failure = sys.exc_info()
    record = logging.LogRecord("connector.x", logging.ERROR, "", 1, "lost %s", ("it",), failure)
    record.run_id = "run-1"

    line = json.loads(JsonLines().format(record))

    assert (line["level"], line["logger"], line["message"]) == ("error", "connector.x", "lost it")
    assert line["run_id"] == "run-1"
    assert "ZeroDivisionError" in line["exception"]
    assert line["time"].endswith("+00:00")


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_log_lines_go_to_standard_error_in_the_asked_format(
    proforma: Proforma, tenant: Tenant, log_format: str
) -> None:
    proforma("check", "--config", tenant.config, "--log-format", log_format)

    [handler] = logging.getLogger().handlers[:1]

    assert isinstance(handler.formatter, JsonLines) is (log_format == "json")


def test_a_reader_that_leaves_early_is_no_fault() -> None:
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from connector.cli import main; sys.exit(main())",
            "demo",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()

    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=30) == 1
