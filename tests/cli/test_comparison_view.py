"""A comparison counts kinds and names contracts, however many differences there are."""

from __future__ import annotations

import io
from datetime import date
from uuid import UUID

from rich.console import Console

from connector.cli.comparison_view import MOST, print_comparison
from connector.outcome import Comparison, Difference, DifferenceKind


def test_a_comparison_counts_kinds_and_shows_twenty_differences_by_name() -> None:
    missing = Difference(
        kind=DifferenceKind.SOURCE_MISSING,
        contract_id=UUID(int=7),
        customer_id=None,
        invoice_id=None,
        planned="800.00",
        contract_name="Adatum\x1b[2J",
    )
    comparison = Comparison(
        run_date=date(2020, 10, 5),
        contracts=1,
        planned=1,
        drafts=1,
        differences=(missing,) * 30,
        failed=(),
    )
    console = Console(file=io.StringIO(), width=100, color_system=None, markup=False)

    print_comparison(console, comparison)

    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    line = "- Adatum\\x1b[2J: source-missing: planned 800.00, there is nothing"
    assert text.count(line) == MOST
    assert ["source-missing", "30"] in [row.split() for row in text.splitlines()]
    assert text.endswith("and 10 more; -v shows all\n")
