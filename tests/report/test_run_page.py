"""The section of one run: figures by currency, and how much of a large run is told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.outcome import InvoiceStatus
from connector.report import run_page
from connector.report.run_page import RunPage
from connector.report.surroundings import Surroundings
from connector.report.texts.catalogue import texts_in
from connector.settings.sections import Language
from tests.invoicing.ledger import ident
from tests.report.sample import ADATUM, DISCOUNTED, YEN, report

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    import pytest

    from connector.invoicing.ids import ResourceId
    from connector.run_report import RunReport

#: Somebody did the work that stays open on the documented contract.
WITH_PERSON = ADATUM.replace("| 200.00 | open", "| 200.00 | open | resource_id = Bo")


def section(run: RunReport, previous: RunReport | None = None, **around: object) -> RunPage:
    return RunPage(
        run,
        texts_in(Language.ENGLISH),
        Surroundings(**around),  # type: ignore[arg-type]  # whatever a test knows
        number=1,
        previous=previous,
        is_alone=True,
    )


def test_the_figures_of_each_currency_stand_apart() -> None:
    euro, dollar, yen = sorted(
        section(report(ADATUM, DISCOUNTED, YEN)).tiles, key=lambda tile: tile.currency.code != "EUR"
    )

    assert (euro.currency.code, euro.amount, euro.left_amount) == ("EUR", 0, 1000)
    by_code = {tile.currency.code: tile for tile in (dollar, yen)}
    assert (by_code["USD"].amount, by_code["USD"].left_amount) == (7530, 2400)
    assert (by_code["USD"].invoices, by_code["JPY"].amount) == (2, 15625)


def test_what_was_not_written_is_not_billed_and_counted_apart() -> None:
    [tile] = section(report(ADATUM, status=InvoiceStatus.FAILED, error="no")).tiles

    assert (tile.amount, tile.invoices) == (0, 0)
    assert (tile.failed, tile.failed_invoices) == (6500, 1)


def test_the_change_is_the_share_of_what_was_billed_before() -> None:
    before = report(ADATUM.replace("5000.00", "11500.00"))

    [tile] = section(report(ADATUM), before).tiles
    [nothing_before] = section(report(ADATUM), report(YEN)).tiles

    assert tile.change == Decimal("-0.5")
    assert nothing_before.change is None


def test_people_are_asked_once_each_by_a_record_of_theirs() -> None:
    asked: list[Mapping[ResourceId, UUID]] = []

    def people(actuals: Mapping[ResourceId, UUID]) -> Mapping[ResourceId, str]:
        asked.append(actuals)
        return dict.fromkeys(actuals, "Bo Li")

    page = section(report(WITH_PERSON), people=people)

    assert page.people == page.people == {ident("Bo"): "Bo Li"}
    [only] = asked
    left = [e for plan in page.report.plan.contracts for e in plan.not_invoiced]
    assert only[next(iter(only))] in {entry.source.id for entry in left}


def test_of_many_invoices_the_first_are_told_and_the_others_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(run_page, "MOST_ROWS", 2)
    names = [ADATUM.replace("Adatum |", f"Contract {number} |") for number in range(5)]

    page = section(report(*names))

    assert [item.contract.name for item in page.invoices()] == ["Contract 0", "Contract 1"]
    assert page.hidden_invoices == 3
    assert not page.is_whole
    assert {item.lines for item in page.invoices()} == {()}


def test_warnings_are_told_by_code_with_the_first_of_very_many() -> None:
    run = report(ADATUM)
    warning = run.plan.warnings[0]
    many = tuple(replace(warning, code="open-draft", text=f"Invoice {n:03}") for n in range(25))

    first, second = section(replace(run, own_warnings=many)).warnings

    assert (first.code, first.count, len(first.texts), first.more) == ("open-draft", 25, 20, 5)
    assert first.title == "Another draft is open"
    assert second.code == "schedule-row-overdue"
