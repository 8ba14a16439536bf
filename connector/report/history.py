"""The runs of a store as a JSON document."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from connector.report.amounts import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.run_record import RunRecord
    from connector.summary import OutcomeTotals


def records_text(records: Sequence[RunRecord]) -> str:
    """The runs as a JSON document, `proforma-history/1`."""
    document = {"format": "proforma-history/1", "runs": [_document(item) for item in records]}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _document(record: RunRecord) -> dict[str, object]:
    totals = record.totals
    return {
        "run_id": record.run_id,
        "resumed_by": list(record.resumed_by),
        "kind": record.kind.value if record.kind else None,
        "began": record.began.isoformat() if record.began else None,
        "ended": record.ended.isoformat() if record.ended else None,
        "seconds": record.seconds,
        "run_date": record.run_date.isoformat() if record.run_date else None,
        "organization_id": str(record.organization_id) if record.organization_id else None,
        "state": record.state.value,
        "invoices": totals.invoices if totals else None,
        "invoices_by_status": _by_status(record.outcomes),
        "left_behind": totals.left_behind if totals else None,
        "failed_contracts": record.failed_contracts,
        "amount_by_currency": {
            item.currency.code: exact(item.amount, item.currency)
            for item in (totals.currencies if totals else ())
        },
        "stopped_at": record.stop.step if record.stop else None,
        "error": record.stop.error if record.stop else record.fault,
        "exit_code": record.exit_code,
    }


def _by_status(outcomes: Sequence[OutcomeTotals]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for item in outcomes:
        found[item.status.value] += item.invoices
    return dict(sorted(found.items()))
