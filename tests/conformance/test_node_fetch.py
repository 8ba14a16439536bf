"""The documented script for Node.js, run against the emulator as a program of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import connector

ROOT = Path(__file__).resolve().parents[2]
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed")
def test_the_documented_script_reads_changes_and_pages(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "other-languages.md").read_text(encoding="utf-8")
    found = re.search(r"```js\n// accounts\.mjs\n(.*?)```", page, re.DOTALL)
    assert found is not None
    script, rows = tmp_path / "accounts.mjs", tmp_path / "rows.json"
    script.write_text(found[1], encoding="utf-8")
    rows.write_text('{"accounts": [{"name": "Adatum"}, {"name": "Fabrikam"}]}', encoding="utf-8")
    emulator = subprocess.Popen(
        [
            *(sys.executable, "-c", "from connector.emulator_program import main; main()"),
            *("--port", "0", "--behaviour", "plain", "--seed", str(rows)),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(Path(connector.__file__).parents[1])},
    )
    try:
        assert emulator.stdout is not None
        url = emulator.stdout.readline().removeprefix("listening on ").strip()
        done = subprocess.run(
            [str(NODE), str(script)],
            env=os.environ | {"DATAVERSE_URL": url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        emulator.terminate()
        emulator.communicate(timeout=20)

    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["revenue"] == 1500.5
    assert told["late"].startswith("412 ")
    assert told["names"] == ["Adatum", "Blue Yonder Airlines", "Fabrikam"]
