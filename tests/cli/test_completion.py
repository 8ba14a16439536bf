"""The shell completes run ids and contracts from the run store, and never signs in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.shell_completion import ShellComplete

from connector.cli.completion import _items
from connector.cli.entry import proforma as command

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]


def completed(*words: str, incomplete: str = "") -> list[str]:
    """What the shell offers after `proforma WORDS`."""
    shell = ShellComplete(command, {}, "proforma", "_PROFORMA_COMPLETE")
    return [item.value for item in shell.get_completions([*words], incomplete)]


def test_runs_and_contracts_of_the_store_are_offered_without_asking_the_tenant(
    proforma: Proforma, tenant: Tenant
) -> None:
    config = str(tenant.config)
    ended = proforma("run", "--config", config, "--run-date", "2020-10-07", "--json")
    run_id = json.loads(ended.out)["run_id"]
    asked = len(tenant.emulator.trace)

    assert completed("undo", "--config", config) == [run_id]
    assert completed("runs", "show", "--config", config, incomplete=run_id[:6]) == [run_id]
    assert completed("undo", "--config", config, incomplete="x") == []
    for words in (("run",), ("forecast",), ("compare",), ("plan",), ("schedule", "generate")):
        found = completed(*words, "--config", config, "--contract", incomplete="joint")
        assert found == ["Joint plant rollout"]
    assert completed("explain", "--config", config, incomplete="J") == ["Joint plant rollout"]
    assert len(tenant.emulator.trace) == asked


@pytest.mark.parametrize("text", ["", "[run]\nstore = 7\n", "= broken"])
def test_without_usable_settings_nothing_is_offered_and_nothing_said(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(text, encoding="utf-8")

    assert completed("undo", "--config", str(config)) == []
    assert completed("run", "--config", str(config), "--contract") == []
    assert capsys.readouterr() == ("", "")


def test_a_store_that_is_no_folder_is_not_signed_in_to(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        '[dataverse]\nurl = "https://contoso.crm.dynamics.com"\n'
        '[run]\nstore = "https://contoso.blob.core.windows.net/runs"\n',
        encoding="utf-8",
    )

    assert completed("undo", "--config", str(config)) == []


@pytest.mark.parametrize(
    ("shell", "offered"),
    [
        ("bash", [r"Fabrikam,\\ Inc.", r"Joint\\ plant\\ rollout"]),
        ("zsh", ["Fabrikam, Inc.", "Joint plant rollout"]),
        ("fish", ["Joint plant rollout"]),
    ],
)
def test_a_name_is_offered_as_the_shell_can_take_it(
    shell: str, offered: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_PROFORMA_COMPLETE", f"{shell}_complete")

    names = ("Fabrikam, Inc.", "Joint plant rollout", "bell \x07")

    assert [item.value for item in _items(names, "")] == offered


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_a_contract_of_several_words(proforma: Proforma, tenant: Tenant) -> None:
    proforma("run", "--config", tenant.config, "--run-date", "2020-10-07")
    folder = Path(sys.executable).parent
    script = """
        eval "$(_PROFORMA_COMPLETE=bash_source proforma)"
        COMP_WORDS=(proforma run --config "$CONFIG" --contract Jo); COMP_CWORD=5
        _proforma_completion proforma
        printf '%s\n' "${COMPREPLY[@]}"
    """

    ended = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - the bash of whoever runs the tests
        check=True,
        capture_output=True,
        text=True,
        env=os.environ
        | {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "CONFIG": str(tenant.config)},
    )

    assert (ended.stdout, ended.stderr) == ("Joint\\ plant\\ rollout\n", "")
