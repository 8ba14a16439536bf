"""
What the README shows was really produced, and still is.

Its commands and their answers are typed by `tests/docs/test_pages_typed.py`; here stands the rest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Ended, Tenant

    Proforma = Callable[..., Ended]

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
#: A run id: the instant that it began, and eight digits by chance.
RUN_ID = re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]{8}\b")


def block(beginning: str) -> list[str]:
    """The lines of the one fenced block whose text begins so."""
    fenced = re.findall(r"^```\w+\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    [text] = [found for found in fenced if found.startswith(beginning)]
    return str(text).splitlines()


def said(text: str) -> list[str]:
    """The lines that say something, without the padding at their end; all run ids are alike."""
    return [RUN_ID.sub("RUN", line.rstrip()) for line in text.splitlines() if line.strip()]


def parts(lines: list[str]) -> Iterator[list[str]]:
    """What stands between lines that say that something was left out."""
    for part in "\n".join(lines).split(LEFT_OUT):
        yield said(part)


def is_shown(shown: list[str], output: list[str]) -> bool:
    """Whether each part of *shown* stands in *output*, in order and without a gap inside."""
    position = 0
    for part in parts(shown):
        places = range(position, len(output) - len(part) + 1)
        found = next((n for n in places if output[n : n + len(part)] == part), None)
        if found is None:
            return False
        position = found + len(part)
    return True


def test_the_output_of_the_demo_is_real(proforma: Proforma) -> None:
    assert is_shown(block("2020-10-05  Adatum"), said(proforma("demo").out))


@pytest.mark.skipif(sys.platform == "win32", reason="the page tells PowerShell's way apart")
def test_the_commands_are_found_after_what_the_page_types(tmp_path: Path) -> None:
    """As typed after `make demo`, whose environment is the one that runs these tests."""
    (tmp_path / ".venv").symlink_to(sys.prefix)
    typed = "\n".join(block(". .venv/bin/activate"))
    assert README.index(typed) < README.index("$ proforma ")

    ended = subprocess.run(
        ["sh", "-c", f"{typed}\nproforma --version"],  # noqa: S607 - the shell of the reader
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin"},
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("proforma ")


def test_the_library_example_prints_what_is_shown(
    tenant: Tenant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tenant.config.parent)
    code = "\n".join(block("# preview.py"))

    exec(compile(code, "preview.py", "exec"), {})  # noqa: S102 - the example of our own README

    assert capsys.readouterr().out.splitlines() == block("Adatum shop floor portal: ")


def test_an_output_that_differs_is_noticed() -> None:
    output = ["a", "b", "c", "d"]

    assert is_shown(["a", "b", LEFT_OUT, "d"], output)
    assert not is_shown(["a", "c"], output)
    assert not is_shown(["d", LEFT_OUT, "a"], output)
