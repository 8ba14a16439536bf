"""`proforma-emulator`: the emulator alone, with nothing of the connector loaded or even there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import connector
from connector import __version__

PACKAGE = Path(connector.__file__).parent
#: All that the program consists of.
ALONE = (
    *("__init__.py", "_version.py", "emulator_program.py", "flag_bundles.py", "stopping.py"),
    *("emulator", "sample_tenant"),
)
#: Serves, asks itself for a row through the socket, and says what was imported for that.
SCRIPT = """
import json, os, signal, sys, threading, urllib.request
from connector.emulator_program import serve

class Heard:
    def write(self, text):
        if text.startswith("listening on "):
            threading.Thread(target=asked, args=(text.split()[-1],)).start()
        return len(text)
    def flush(self): pass

def asked(url):
    try:
        with urllib.request.urlopen(f"{url}/api/data/v9.2/accounts?$select=name&$top=1") as answer:
            rows = json.load(answer)["value"]
        json.dump({"rows": len(rows), "modules": sorted(sys.modules)}, sys.__stdout__)
    finally:
        os.kill(os.getpid(), signal.SIGTERM)

sys.stdout = Heard()
serve.main(["--port", "0"], standalone_mode=False)
"""


def served(root: Path) -> Any:
    """What the script told, of the package in *root*."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=os.environ | {"PYTHONPATH": str(root)},
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows sends itself no such signal")


def test_a_client_is_answered_with_nothing_of_the_connector_loaded() -> None:
    told = served(PACKAGE.parent)

    ours = {name.split(".")[1] for name in told["modules"] if name.startswith("connector.")}
    others = {"msal", "requests", "rich", "pydantic", "tenacity", "jinja2", "msgspec", "filelock"}
    assert told["rows"] == 1
    assert ours == {name.removesuffix(".py") for name in ALONE[1:]}
    assert others & set(told["modules"]) == set()


def test_it_runs_where_nothing_else_of_the_package_is_there(tmp_path: Path) -> None:
    target = tmp_path / "connector"
    target.mkdir()
    for name in ALONE:
        source = PACKAGE / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        else:
            shutil.copy(source, target / name)

    assert served(tmp_path)["rows"] == 1


def program(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from connector.emulator_program import main; main()"]
    return subprocess.run(
        [*command, *arguments],
        env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_it_knows_its_name_and_version() -> None:
    assert program("--version").stdout.strip() == f"proforma-emulator, version {__version__}"
    assert program("--help").stdout.startswith("Usage: proforma-emulator [OPTIONS]")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--host", "256.1.1.1"), "cannot listen on port 0 of 256.1.1.1: "),
        (("--tls-cert", __file__), "--tls-cert and --tls-key belong together"),
        (("--seed", "absent.json"), "'absent.json' does not exist"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(words: tuple[str, ...], said: str) -> None:
    done = program(*words)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
