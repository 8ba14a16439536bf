"""The examples of docs/testing-your-scripts.md are run as a reader would run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.docs.markdown import named_files

PAGE = Path(__file__).resolve().parents[2] / "docs" / "testing-your-scripts.md"


def test_the_examples_pass_in_a_folder_of_its_own(tmp_path: Path) -> None:
    for name, text in named_files(PAGE.read_text(encoding="utf-8")).items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert "10 passed" in done.stdout
