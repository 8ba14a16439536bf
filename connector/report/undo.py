"""The JSON document of an undoing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.outcome import DraftFate, UndoReport


def undo_text(report: UndoReport) -> str:
    """The JSON document of an undoing, `proforma-undo/1`."""
    document = {
        "format": "proforma-undo/1",
        "run_id": report.run_id,
        "run_date": report.run_date.isoformat(),
        "drafts": [_fate(fate) for fate in report.fates],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _fate(fate: DraftFate) -> dict[str, str | None]:
    return {
        "invoice_id": str(fate.invoice_id),
        "contract_id": str(fate.contract_id),
        "name": fate.name,
        "status": fate.status.value,
        "reason": fate.reason,
    }
