"""The run page in a real Chromium: nothing is cut, nothing sticks out, everybody can read it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from connector.settings.sections import Language
from tests.pages import pages
from tests.pages.browser import seen

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

VIEWS = ["wide", "wide-dark", "tablet", "phone", "phone-dark"]
#: The views of a page; others are looked at in two.
VIEWS_OF = {"en": VIEWS, "several": ["wide", "phone-dark"]}
FEW = ["wide", "phone"]
A4 = (595, 842)

Look = Any


@pytest.fixture(scope="session")
def looks(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Look]:
    """What Chromium shows of each page, by the page's name."""
    folder = tmp_path_factory.mktemp("pages")
    small = cache(lambda: pages.run_of_portfolio(folder / "small", 2, 140))
    large = cache(lambda: pages.run_of_portfolio(folder / "large", 4, 5000, dry=True))
    for name in ("small", "large"):
        (folder / name).mkdir()

    def made(name: str) -> Path:
        path = folder / f"{name}.html"
        match name:
            case "large":
                return pages.preview_page(large(), path)
            case "several":
                return pages.page_of_several(small(), path)
            case language:
                return pages.written_page(small(), path, Language(language))

    return cache(lambda name: seen(made(name), folder / name, VIEWS_OF.get(name, FEW)))


PAGES = [*(language.value for language in Language), "large", "several"]
every_page = pytest.mark.parametrize("name", PAGES)


@every_page
def test_nothing_sticks_out_and_no_text_is_cut(name: str, looks: Callable[[str], Look]) -> None:
    found = looks(name)["views"]

    assert {view["name"]: view["closed"] + view["opened"] for view in found} == {
        view: [] for view in VIEWS_OF.get(name, FEW)
    }


@every_page
def test_axe_finds_nothing_in_light_and_dark(name: str, looks: Callable[[str], Look]) -> None:
    found = {view["name"]: view["violations"] for view in looks(name)["views"]}

    assert found == {view: [] for view in VIEWS_OF.get(name, FEW)}


@every_page
def test_nothing_is_fetched_from_anywhere(name: str, looks: Callable[[str], Look]) -> None:
    assert {url for view in looks(name)["views"] for url in view["asked"]} == set()


def test_the_page_follows_the_colours_of_the_system(looks: Callable[[str], Look]) -> None:
    colours = {view["name"]: view["background"] for view in looks("en")["views"]}

    assert colours["wide"] == colours["phone"] == "rgb(255, 255, 255)"
    assert colours["wide-dark"] == colours["phone-dark"] == "rgb(18, 22, 27)"


def test_the_keyboard_alone_opens_and_closes_an_invoice(looks: Callable[[str], Look]) -> None:
    keyboard = looks("en")["keyboard"]

    assert keyboard["first"] == "skip"
    assert keyboard["stops"][-1] == "SUMMARY"
    assert keyboard["states"] == [False, True, False]
    assert keyboard["outline"] == "solid"


@every_page
def test_every_printed_page_is_a4_with_a_head_and_its_number(
    name: str, looks: Callable[[str], Look]
) -> None:
    printed = looks(name)["print"]

    assert {(round(page["width"]), round(page["height"])) for page in printed} == {A4}
    assert [page["outside"] for page in printed] == [[]] * len(printed)
    for number, page in enumerate(printed, start=1):
        assert "2020" in page["text"]
        assert f"{number} / {len(printed)}" in page["text"]


def test_print_unfolds_what_the_page_holds_in_full(looks: Callable[[str], Look]) -> None:
    text = " ".join(page["text"] for page in looks("en")["print"])

    assert "contoso.crm4.dynamics.com" in looks("en")["print"][1]["text"]
    assert "Requirements workshop" in text  # a detail of an invoice
    assert "mark it Ready to Invoice" in text  # what would change a record left behind
    assert "lot 3 (amendment of June 2020)" in text  # the end of the longest name


def test_a_large_run_prints_its_sums_only(looks: Callable[[str], Look]) -> None:
    printed = looks("large")["print"]

    assert "more than 2,000 rows" in " ".join(page["text"] for page in printed)
    assert len(printed) <= 12
