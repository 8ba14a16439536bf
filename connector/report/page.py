"""
Runs as one self-contained HTML page: no script, nothing fetched, every text escaped.

It is written part by part: above a part only sums are held, and the rows of a run that has few.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from babel.dates import format_skeleton

from connector.report.coming_chart import HEIGHT, MOST_BARS, STEP, coming_by_currency
from connector.report.run_page import RunPage
from connector.report.safe_text import safe_text
from connector.report.surroundings import Surroundings
from connector.report.texts.catalogue import texts_in
from connector.report.texts.reasons import hint, reason_title
from connector.report.texts.words import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from jinja2 import Environment

    from connector.report.coming_chart import ComingCurrency
    from connector.report.surroundings import Coming
    from connector.report.texts.catalogue import Texts
    from connector.run_report import RunReport

_TEMPLATE: Final = "runs.html.j2"
_HERE: Final = Surroundings()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page as a whole: its runs, oldest first, and what stands once for all of them."""

    title: str
    runs: tuple[RunPage, ...]
    has_links: bool
    zone: str | None
    at: datetime | None
    user: str | None
    coming: Coming | None
    charts: tuple[ComingCurrency, ...]


def to_page(reports: Sequence[RunReport], around: Surroundings = _HERE) -> str:
    """The page of one run or of several, oldest first: for small runs."""
    return "".join(page_chunks(reports, around))


def page_chunks(reports: Sequence[RunReport], around: Surroundings = _HERE) -> Iterator[str]:
    """The same in pieces; the runs are read part by part."""
    texts = texts_in(around.language)
    page = _page(reports, texts, around)
    template = _environment(texts).get_template(_TEMPLATE)
    return template.generate(
        page=page,
        language=around.language.value,
        print_head=css_string(page.title),
        print_environment=css_string(page.runs[-1].environment if page.runs else ""),
    )


def css_string(text: str) -> str:
    """*text* as a string of a style sheet, every character that is no letter or digit spelled."""
    spelled = (c if c.isascii() and c.isalnum() else f"\\{ord(c):x} " for c in safe_text(text, 80))
    return f'"{"".join(spelled)}"'


def _page(reports: Sequence[RunReport], texts: Texts, around: Surroundings) -> Page:
    before = (around.previous, *reports)
    runs = tuple(
        RunPage(
            report,
            texts,
            around,
            number=number,
            previous=before[number - 1],
            is_alone=len(reports) == 1,
        )
        for number, report in enumerate(reports, start=1)
    )
    coming = around.coming
    last = max((report.run_date for report in reports), default=None)
    return Page(
        title=_title(reports, texts),
        runs=runs,
        has_links=around.has_links,
        zone=around.zone,
        at=around.at,
        user=around.user,
        coming=coming,
        charts=coming_by_currency(coming.entries, last) if coming and last else (),
    )


def _title(reports: Sequence[RunReport], texts: Texts) -> str:
    days = [texts.long_day(report.run_date) for report in reports]
    if len(days) == 1:
        return texts.text("Run of {day}", day=days[0])
    if not days:
        return texts.text("Proforma invoices")
    return texts.text("Runs from {first} to {last}", first=days[0], last=days[-1])


def _environment(texts: Texts) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - slow to import

    environment = Environment(
        loader=PackageLoader("connector.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        text=texts.text,
        several=texts.several,
        chart_height=HEIGHT,
        chart_step=STEP,
        most_bars=MOST_BARS,
    )
    environment.filters.update(
        safe_text=safe_text,
        money=texts.money,
        number=texts.number,
        whole=texts.whole,
        percent=texts.percent,
        day=texts.day,
        long_day=texts.long_day,
        instant=texts.instant,
        short_day=partial(_short_day, texts),
        said=partial(said, texts),
        reason_title=partial(reason_title, texts),
        hint=partial(hint, texts),
    )
    environment.globals["names"] = environment.get_template("names.html.j2").module
    return environment


def _short_day(texts: Texts, day: date) -> str:
    return format_skeleton("MMMd", day, locale=texts.locale)
