"""What a run has made: drafts with their totals, and statuses that moved, counted."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from connector.invoicing.choices import RecordKind
from connector.projectops.rehearsed import StatusMove, rehearsed_drafts, status_moves
from tests.projectops.one_contract import uid
from tests.projectops.small_tenant import small_tenant

TENANT = small_tenant()
READY, CREATED = 192350004, 192350001


def actuals(*statuses: int | None) -> dict[str, Any]:
    return {
        "actual": tuple(
            {"msdyn_actualid": uid(number), "msdyn_billingstatus": status}
            for number, status in enumerate(statuses, start=1)
        )
    }


def test_moves_are_counted_by_kind_and_statuses() -> None:
    before, after = actuals(READY, READY, READY, None), actuals(CREATED, CREATED, READY, 99)

    assert status_moves(TENANT, before, after) == (
        StatusMove(
            kind=RecordKind.ACTUAL,
            before="empty",
            after="99",
            records=1,
        ),
        StatusMove(
            kind=RecordKind.ACTUAL,
            before="ready-to-invoice",
            after="customer-invoice-created",
            records=2,
        ),
    )


def test_records_that_are_new_or_gone_have_not_moved() -> None:
    assert status_moves(TENANT, actuals(), actuals(CREATED)) == ()
    assert status_moves(TENANT, actuals(READY), {}) == ()


def test_a_draft_has_the_sums_that_its_rows_hold_and_its_lines_and_details() -> None:
    invoice = {
        "invoiceid": uid(80),
        "name": "Adatum",
        "totalamount": Decimal("12.50"),
        "totaltax": Decimal("2.50"),
    }
    line = {
        "invoicedetailid": uid(81),
        "_invoiceid_value": uid(80),
        "invoicedetailname": "Work",
        "extendedamount": Decimal("12.50"),
        "tax": Decimal("2.50"),
    }
    details = tuple(
        {"msdyn_invoicelinetransactionid": uid(number), "_msdyn_invoicelineid_value": uid(81)}
        for number in (82, 83)
    )
    world: Any = {"invoice": (invoice,), "invoice_line": (line,), "invoice_detail": details}

    [draft] = rehearsed_drafts(TENANT, world, (UUID(int=80), UUID(int=99)))

    assert (draft.invoice_id, draft.name) == (UUID(int=80), "Adatum")
    assert (draft.total, draft.tax) == (Decimal("12.50"), Decimal("2.50"))
    [own] = draft.lines
    assert (own.line_id, own.name, own.details) == (UUID(int=81), "Work", 2)
    assert (own.amount, own.tax) == (Decimal("12.50"), Decimal("2.50"))
