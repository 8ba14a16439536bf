"""Rows of the workbook fit their headings."""

from __future__ import annotations

from datetime import date

from connector.report import view, workbook_cells
from connector.report.texts.catalogue import texts_in
from connector.report.workbook_cells import Cells, Link, Money
from connector.settings.sections import Language
from tests.report.sample import report
from tests.report.test_rows import WORK

CELLS = Cells(
    texts=texts_in(Language.ENGLISH),
    environment_url="https://contoso.crm4.dynamics.com",
    has_links=True,
    run_date=date(2020, 10, 5),
)


def test_every_row_is_as_long_as_its_headings() -> None:
    [contract] = view.all_contracts(report(WORK))
    [outcome] = contract.outcomes
    [line] = view.lines(outcome)
    detail = view.details(line)[1]

    assert len(CELLS.invoice(contract, outcome)) == len(workbook_cells.INVOICES)
    assert len(CELLS.line(contract, outcome, line)) == len(workbook_cells.LINES)
    assert len(CELLS.detail(contract, outcome, line, detail)) == len(workbook_cells.DETAILS)
    assert len(CELLS.left(contract, contract.left[0], {})) == len(workbook_cells.NOT_INVOICED)


def test_an_amount_stands_in_one_of_three_columns() -> None:
    [contract] = view.all_contracts(report(WORK))
    [line] = view.lines(contract.outcomes[0])
    row = CELLS.detail(contract, contract.outcomes[0], line, view.details(line)[1])
    named = dict(zip(workbook_cells.DETAILS, row, strict=True))

    amounts = [named[name] for name in ("Amount", "Non-chargeable", "Complimentary")]
    assert [money.amount for money in amounts if isinstance(money, Money)] == [None, 200, None]
    assert isinstance(named["Record"], Link)
