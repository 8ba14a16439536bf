"""The site that `make docs` has built needs nothing but its own folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS, SITE = ROOT / "docs", ROOT / "site"
SOURCES = sorted(DOCS.rglob("*.md"))
PAGES = sorted(SITE.rglob("*.html"))
#: What a browser fetches by itself, without a click.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*?\bsrc=[\"']?([^\"' >]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|prefetch|icon))"
    r"[^>]*?\bhref=[\"']?([^\"' >]+)"
)
ELSEWHERE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)


FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
#: What a page holds of tables, items of lists and blocks: as Markdown, and as the site shows it.
WRITTEN = (
    re.compile(r"^\|[ :|-]+\|$", re.MULTILINE),
    re.compile(r"^ *(?:[-*]|\d+\.) ", re.MULTILINE),
)
SHOWN = (re.compile("<table"), re.compile("<li>"), re.compile("<pre"))


def written(markdown: str) -> list[int]:
    text = FENCED.sub("", markdown)
    return [*(len(kind.findall(text)) for kind in WRITTEN), len(FENCED.findall(markdown))]


def shown(html: str) -> list[int]:
    article = html.partition("<article")[2].partition("</article>")[0]
    return [len(kind.findall(article)) for kind in SHOWN]


def on_the_site(page: Path) -> Path:
    name = page.relative_to(DOCS).with_suffix(".html").as_posix().replace("README", "index")
    return SITE / name


def fetched(html: str) -> list[str]:
    return [first or second for first, second in FETCHED.findall(html)]


def test_the_site_has_a_page_for_every_page_of_the_folder() -> None:
    assert [page for page in SOURCES if not on_the_site(page).is_file()] == []
    assert len(SOURCES) > 30


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(SITE).as_posix())
def test_a_page_fetches_only_what_lies_in_the_site(page: Path) -> None:
    addresses = fetched(page.read_text("utf-8"))
    # The page of unknown addresses is served from anywhere, and so counts from the site's root.
    places = [
        SITE / address.lstrip("/") if address.startswith("/") else page.parent / address
        for address in (address.partition("?")[0] for address in addresses)
        if not address.startswith("data:")
    ]

    assert [address for address in addresses if ELSEWHERE.match(address)] == []
    assert [place for place in places if not place.is_file()] == []
    assert len(addresses) >= 3


def test_the_styles_fetch_nothing_from_elsewhere() -> None:
    styles = list(SITE.rglob("*.css"))

    found = [
        re.findall(r"(?:url\(|@import )[\"']?(?:https?:)?//[^)\"']+", style.read_text("utf-8"))
        for style in styles
    ]

    assert styles
    assert [address for addresses in found for address in addresses] == []


@pytest.mark.parametrize("page", SOURCES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_every_table_item_and_block_of_a_page_is_one_on_the_site(page: Path) -> None:
    # The generator wants four spaces and an empty line more often than GitHub does.
    assert shown(on_the_site(page).read_text("utf-8")) == written(page.read_text("utf-8"))


def test_a_list_that_was_taken_for_text_is_noticed() -> None:
    page = "so:\n- one\n- two\n\n| a |\n|---|\n| b |\n\n```sh\n- x\n```\n"

    assert written(page) == [1, 2, 1]
    assert shown("<li>nav</li><article><p>so: - one</p><table><pre></article>") == [1, 0, 1]


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/a.js"></script>',
        '<link href="//fonts.example/x.css" rel="stylesheet">',
        "<img alt=x src=https://badge.example/b.svg>",
    ],
)
def test_something_from_elsewhere_is_noticed(html: str) -> None:
    assert [bool(ELSEWHERE.match(address)) for address in fetched(html)] == [True]
