"""The JSON document of a comparison."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.outcome import Comparison, Difference


def comparison_text(comparison: Comparison) -> str:
    """The JSON document of a comparison, `proforma-compare/1`."""
    document = {
        "format": "proforma-compare/1",
        "run_date": comparison.run_date.isoformat(),
        "contracts": comparison.contracts,
        "planned": comparison.planned,
        "drafts": comparison.drafts,
        "differences": [_difference(item) for item in comparison.differences],
        "failed": [
            {"contract_id": str(item.contract_id), "faults": list(item.faults)}
            for item in comparison.failed
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _difference(item: Difference) -> dict[str, str | None]:
    return {
        "kind": item.kind.value,
        "contract_id": str(item.contract_id),
        "contract_name": item.contract_name,
        "customer_id": str(item.customer_id) if item.customer_id else None,
        "invoice_id": str(item.invoice_id) if item.invoice_id else None,
        "source_table": item.source.table.value if item.source else None,
        "source_id": str(item.source.id) if item.source else None,
        "planned": item.planned,
        "there": item.there,
    }
