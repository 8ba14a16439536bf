"""The examples of docs/library.md, run one after the other, print what the page shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from connector import Connector
from connector import __all__ as public_names
from connector.emulator import Emulator
from connector.sample_tenant import sample_seed

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[2] / "docs" / "library.md"
EXAMPLE = re.compile(
    r"^```python\n(?P<code># (?P<name>\w+)\.py\n.*?)^```\n+^```text\n(?P<output>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = {
    found["name"]: (found["code"], found["output"])
    for found in EXAMPLE.finditer(PAGE.read_text(encoding="utf-8"))
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a reader works: with a config.toml that points to the sample tenant."""
    found = tmp_path_factory.mktemp("library")
    emulator = Emulator(seed=sample_seed())
    with emulator.serve() as server:
        text = f'[dataverse]\nurl = "{server.url}"\n[run]\ntime_zone = "UTC"\nstore = "runs"\n'
        (found / "config.toml").write_text(text, encoding="utf-8")
        yield found
    emulator.close()


def test_every_example_prints_what_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    printed = {}
    for name, (code, _) in EXAMPLES.items():
        exec(compile(code, f"{name}.py", "exec"), {"__name__": "__main__"})  # noqa: S102 - our page
        printed[name] = capsys.readouterr().out

    assert printed == {name: shown for name, (_, shown) in EXAMPLES.items()}


def test_every_python_block_of_the_page_is_an_example() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert len(EXAMPLES) == text.count("```python") > 8


def test_the_page_shows_every_public_name_and_every_method() -> None:
    text = PAGE.read_text(encoding="utf-8")
    methods = [name for name in dir(Connector) if not name.startswith("_")]

    missing = {name for name in (*public_names, *methods) if name not in text}

    assert missing <= {"__version__", "RunPlan", "RunReport", "Settings", "close", "read_plan"}
