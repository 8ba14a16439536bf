"""The site that `make docs` has built needs nothing but its own folder."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

SITE = Path(__file__).resolve().parents[2] / "site"
PAGES = sorted(SITE.rglob("*.html"))
#: What a browser fetches by itself, without a click.
FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*?\bsrc=[\"']?([^\"' >]+)"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|prefetch|icon))"
    r"[^>]*?\bhref=[\"']?([^\"' >]+)"
)
ELSEWHERE = re.compile(r"(?:[a-z]+:)?//", re.IGNORECASE)


#: Markdown that was taken for text: the generator wants four spaces and an empty line more often
#: than GitHub does.
LEFT_OVER = re.compile(r"```|^\|[ :|-]+\|$|^ *(?:[-*]|\d+\.) ", re.MULTILINE)


def left_over(html: str) -> list[str]:
    paragraphs = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    return [text for text in paragraphs if LEFT_OVER.search(text)]


def fetched(html: str) -> list[str]:
    return [first or second for first, second in FETCHED.findall(html)]


def test_the_site_has_a_page_for_every_page_of_the_folder() -> None:
    docs = SITE.parent / "docs"
    expected = {
        path.relative_to(docs).with_suffix(".html").as_posix().replace("README", "index")
        for path in docs.rglob("*.md")
    }

    assert expected <= {path.relative_to(SITE).as_posix() for path in PAGES}
    assert len(expected) > 30


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(SITE).as_posix())
def test_no_mark_of_a_table_a_block_or_a_list_is_left_over(page: Path) -> None:
    assert left_over(page.read_text("utf-8")) == []


@pytest.mark.parametrize("text", ["<p>```toml</p>", "<p>| a |\n| --- |</p>", "<p>so:\n- one</p>"])
def test_a_mark_that_is_left_over_is_noticed(text: str) -> None:
    assert left_over(text) != []


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
