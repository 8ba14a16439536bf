"""What the controller's tutorial says of the page of a run stands on that page."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest

from connector.cli import main
from tests.end_to_end.tenant import serving

TUTORIAL = Path(__file__).resolve().parents[2] / "docs" / "tutorials" / "controller.md"
TEXT = TUTORIAL.read_text("utf-8").split("## Read it from the top", 1)[1].split("```", 1)[0]
REASON = re.compile(r"^\| `([^`]+)` \| (\d+) \| ([\d,.]+) USD \|", re.MULTILINE)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The words of the page, without its marks, in one line."""
    folder = tmp_path_factory.mktemp("controller")
    with serving(folder) as tenant:
        with tenant.connector():
            config = folder / "config.toml"
        file = folder / "run.html"
        text = f'[dataverse]\nurl = "{tenant.url}"\n[run]\ntime_zone = "UTC"\n'
        config.write_text(f'{text}store = "{(folder / "runs").as_posix()}"\n', encoding="utf-8")
        words = ("run", "--run-date", str(date(2020, 10, 5)), "--report", str(file), "-q")
        assert main([*words, "--config", str(config)]) == 0
        marked = file.read_text("utf-8").replace(tenant.url.partition("//")[2], "127.0.0.1:8742")
    without_style = re.sub(r"<style.*?</style>", "", marked, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", without_style)).split())


def test_every_heading_that_the_tutorial_names_is_there(page: str) -> None:
    headings = [word for word in re.findall(r"`([^`]+)`", TEXT) if not word.startswith("proforma")]

    assert len(headings) > 12
    assert [word for word in headings if word not in page] == []


def test_the_figures_of_the_tutorial_are_those_of_the_page(page: str) -> None:
    for told in ("Billed $11,288.60", "Tax $31.19", "Left behind $32,920.10 23 records"):
        assert told in page
    for figure in ("11,288.60 USD", "31.19 USD", "32,920.10 USD in 23 records"):
        assert figure in TEXT


def test_each_reason_has_its_records_and_its_amount(page: str) -> None:
    reasons = REASON.findall(TEXT)

    assert sum(int(count) for _, count, _ in reasons) == 23
    for title, count, amount in reasons:
        records = "record" if count == "1" else "records"
        assert re.search(rf"{title} rule \S+ · .{{0,60}}\${amount} {count} {records} ", page), title
