"""The settings of the site list every page, and name nothing that is fetched from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "mkdocs.yml").read_text("utf-8")
SETTINGS = yaml.safe_load(TEXT)


def listed(entry: Any) -> Iterator[str]:
    """The pages of an entry of the navigation."""
    if isinstance(entry, str):
        yield entry
        return
    for below in entry.values() if isinstance(entry, dict) else entry:
        yield from listed(below)


def test_every_page_is_listed_once() -> None:
    docs = ROOT / "docs"
    pages = sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*.md"))

    assert sorted(listed(SETTINGS["nav"])) == pages


def test_each_kind_of_user_begins_with_a_tutorial() -> None:
    rooms = {name: next(listed(pages)) for room in SETTINGS["nav"] for name, pages in room.items()}

    assert rooms == {
        "Start": "index.md",
        "Consultant": "tutorials/consultant.md",
        "Controller": "tutorials/controller.md",
        "Operator": "tutorials/operator.md",
        "Script author": "tutorials/script-author.md",
        "Developer": "library.md",
    }


def test_whatever_is_missing_or_unlisted_is_a_warning_and_so_an_error_of_a_strict_build() -> None:
    levels = [level for part in SETTINGS["validation"].values() for level in part.values()]

    assert set(levels) == {"warn"}
    assert len(levels) == 7
    assert "mkdocs build --strict" in (ROOT / "Makefile").read_text("utf-8")


def test_no_font_and_no_address_is_named() -> None:
    assert SETTINGS["theme"]["font"] is False
    assert "://" not in TEXT


def test_every_link_of_the_readme_leads_to_a_file() -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", (ROOT / "README.md").read_text("utf-8"))

    assert len(targets) > 30
    assert [target for target in targets if not (ROOT / target).exists()] == []
