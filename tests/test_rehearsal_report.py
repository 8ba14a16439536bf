"""A rehearsal knows what was planned of each of its drafts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.end_to_end.tenant import serving

if TYPE_CHECKING:
    from pathlib import Path


def test_the_plan_of_each_draft_is_found_by_its_id(tmp_path: Path) -> None:
    with serving(tmp_path) as tenant, tenant.connector() as connector:
        found = connector.rehearse(date(2020, 10, 7), run_id="tried")

    amounts = {key: invoice.amount for key, invoice in found.planned.items()}
    assert sorted(amounts.values()) == [Decimal("831.20"), Decimal(5745)]
    assert set(amounts) == {draft.invoice_id for draft in found.drafts}
