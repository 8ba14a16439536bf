"""The run page says everything that a controller asks, stands alone, and escapes every text."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from uuid import UUID

import pytest

from connector.invoicing.forecast import Confidence, ForecastEntry
from connector.outcome import InvoiceStatus
from connector.report import run_page
from connector.report.page import css_string, page_chunks, to_page
from connector.report.surroundings import Coming, Surroundings
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report, with_failed_contract

ELEMENTS_WITHOUT_END = {"meta", "br"}


class Page(HTMLParser):
    """What a page shows, which elements it has, and which addresses it refers to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.shown: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(v) for k, v in attrs if k in {"src", "href", "action", "style"}]
        self.ids += [str(v) for k, v in attrs if k == "id"]
        if tag not in ELEMENTS_WITHOUT_END:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.shown.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.shown).split())


def test_a_page_says_how_much_to_whom_and_what_stays_behind_and_why() -> None:
    page = Page(to_page([with_failed_contract(report(ADATUM))]))

    for said in (
        "Run of October 5, 2020",
        "Written",
        "Billed$6,500.00",
        "Left behind$2,400.00",
        "AdatumAdatum Corporation · 2 lines",
        "Implementation work time and material",
        "Not ready to invoicerule A3 · not-ready · oldest 2 days",
        "mark it Ready to Invoice",
        "contract left out",
        "salesorder: msdyn_psastate is 7",
        "Contract left out",
    ):
        assert said in page.text


def test_a_preview_says_that_nothing_is_written() -> None:
    page = Page(to_page([report(ADATUM, status=InvoiceStatus.PLANNED)]))

    assert "Preview" in page.text
    assert "To be billed$6,500.00" in page.text
    assert "Open the invoice" not in page.text
    assert "Open the contract" in page.text


def test_each_currency_has_its_own_figures_with_discounts_and_fees() -> None:
    page = Page(to_page([report(DISCOUNTED, YEN)]))

    assert "Billed¥15,625" in page.text
    assert "Billed$1,030.00" in page.text
    assert "Left behind€1,000.00" in page.text
    assert "less $100.00 discount" in page.text
    assert "with $50.00 fee" in page.text


def test_a_page_escapes_every_text_and_fetches_nothing() -> None:
    named = YEN.replace("Tanaka", "Ta\u202enaka")
    page = Page(to_page([report(named, status=InvoiceStatus.FAILED, error="<script>x</script>")]))

    assert 'Tea <house> & "garden"' in "".join(page.shown)
    assert "<script>x</script>" in "".join(page.shown)
    assert "A row waits since <Monday>." in "".join(page.shown)
    assert "Ta\\u202enaka" in page.text
    assert not {"script", "house", "monday", "link", "img", "iframe"} & set(page.tags)
    inside = re.compile(r"#|http://127\.0\.0\.1:1/main\.aspx\?etn=")
    assert [address for address in page.addresses if not inside.match(address)] == []


def test_links_lead_to_the_records_and_can_be_switched_off() -> None:
    run = report(ADATUM)
    invoice = run.outcomes[0].invoice
    address = f"http://127.0.0.1:1/main.aspx?etn=invoice&pagetype=entityrecord&id={invoice.id}"

    assert address in Page(to_page([run])).addresses
    without = Page(to_page([run], Surroundings(has_links=False)))
    assert [address for address in without.addresses if not address.startswith("#")] == []


def test_the_head_says_where_when_and_who() -> None:
    at = datetime(2026, 11, 28, 9, 34, tzinfo=UTC)
    around = Surroundings(zone="Europe/Berlin", at=at, user="Bo Li")

    text = Page(to_page([report(ADATUM)], around)).text

    assert "127.0.0.1:1 · Europe/Berlin" in text
    assert "Bo Li · run run-1 · plan " in text
    assert "Nov 28, 2026, 9:34:00" in text


def test_the_run_before_is_compared_and_coming_runs_are_drawn() -> None:
    before = replace(report(ADATUM.replace("5000.00", "3500.00")), run_id="before")
    currency = before.plan.totals.currencies[0].currency
    coming = ForecastEntry(
        run_date=date(2020, 10, 19),
        contract_id=before.outcomes[0].invoice.contract_id,
        contract_name="Adatum",
        currency=currency,
        confidence=Confidence.NOT_READY,
        amount=Decimal(800),
        details=1,
    )
    around = Surroundings(previous=before, coming=Coming(last=date(2020, 12, 4), entries=(coming,)))

    page = Page(to_page([report(ADATUM)], around))

    assert "+30.0% against Oct 5, 2020" in page.text
    assert "Adatum$5,000.00$6,500.00$1,500.00fixed price $1,500.00" in page.text
    assert "Coming runs until December 4, 2020" in page.text
    assert "Oct 19, 20201$800.00$800.00" in page.text
    assert "rect" in page.tags


def test_a_calendar_that_could_not_be_made_says_why() -> None:
    around = Surroundings(coming=Coming(last=date(2020, 12, 4), fault="the contract is <broken>"))

    assert "the contract is <broken>" in Page(to_page([report(ADATUM)], around)).text


def test_several_runs_have_a_calendar_and_sections_of_their_own() -> None:
    page = Page(to_page([report(ADATUM), replace(report(YEN), run_id="run-2")]))

    assert page.tags.count("h1") == 1
    assert len(page.ids) == len(set(page.ids))
    assert {"#run-1", "#run-2"} <= set(page.addresses)
    assert page.text.index("run run-1") < page.text.index("run run-2")


def test_no_runs_and_runs_with_nothing_due_are_pages_as_well() -> None:
    nothing = report(ADATUM.replace("2020-10-05", "2020-12-05"))

    assert "Proforma invoices" in Page(to_page([])).text
    assert "No invoice was due." in Page(to_page([nothing])).text


def test_a_large_run_shows_sums_and_points_to_the_workbook(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_page, "MOST_ROWS", 4)

    page = Page(to_page([report(ADATUM)]))

    assert "more than 4 rows" in page.text
    assert "Implementation work time and material · 1 record" in page.text
    assert "Oct 2, 2020" not in page.text


def test_a_page_is_made_part_by_part_and_reads_a_part_only_when_it_is_due() -> None:
    run = report(ADATUM, YEN)
    read: list[int] = []
    source = run.results

    def watched(found: object, part: object) -> object:
        read.append(part.number)  # type: ignore[attr-defined]  # a part's summary
        return source(found, part)  # type: ignore[arg-type]  # passed on as it came

    chunks = page_chunks([replace(run, results=watched)])  # type: ignore[arg-type]  # as above
    first = ""
    while "Adatum Corporation" not in first:
        first += next(chunks)
    seen = list(read)
    rest = "".join(chunks)

    assert seen[-1] == 1
    assert "Tanaka" in rest
    assert read[len(seen)] == 2


@pytest.mark.parametrize(
    ("text", "string"),
    [("Run 5", '"Run\\20 5"'), ('"}</style>', '"\\22 \\7d \\3c \\2f style\\3e "')],
)
def test_a_string_of_the_style_sheet_cannot_leave_it(text: str, string: str) -> None:
    assert css_string(text) == string


def test_a_number_of_an_id_is_never_cut() -> None:
    invoice = report(ADATUM).outcomes[0].invoice

    assert UUID(str(invoice.id)) == invoice.id
    assert str(invoice.id) in to_page([report(ADATUM)])
