"""The tables of rooms name every package, and every file that a page names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEVELOPMENT = (ROOT / "docs" / "development.md").read_text("utf-8")
NAMED = re.compile(r"`((?:connector/)?[a-z_]+(?:/[a-z_]+)*(?:/[a-z_]+\.py|\.py))`")
#: Packages inside a room; the room's own line speaks for them.
INNER = {"connector/emulator/schema/editing", "connector/emulator/schema/from_tenant"}


def packages() -> set[str]:
    folders = {path.parent for path in (ROOT / "connector").rglob("__init__.py")}
    return {folder.relative_to(ROOT).as_posix() for folder in folders} - {"connector"} - INNER


def test_every_package_has_its_line_in_the_tables_of_rooms() -> None:
    told = set(re.findall(r"^\| `(connector/[a-z_/]+)`", DEVELOPMENT, re.MULTILINE))

    assert sorted(packages() - told) == []
    assert sorted(room for room in told if not (ROOT / room).exists()) == []


@pytest.mark.parametrize("page", ["development.md", "flow.md"])
def test_every_file_that_the_page_names_is_there(page: str) -> None:
    named = NAMED.findall((ROOT / "docs" / page).read_text("utf-8"))
    missing = [
        name
        for name in named
        if not any((ROOT / start / name).is_file() for start in ("", "connector", "tests"))
    ]

    assert named
    assert missing == []
