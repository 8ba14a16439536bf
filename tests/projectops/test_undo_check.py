"""Whether a draft may be deleted, by everything that stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.projectops.undo_check import NAMED, read_draft
from tests.projectops.one_invoice import (
    COMPOSER,
    INVOICE,
    PLANNED,
    ROW,
    TENANT,
    UPDATE,
    tenant_before,
    written_to,
)

if TYPE_CHECKING:
    from connector.projectops.undo_check import Draft
    from tests.projectops.stored_rows import StoredRows

DETAILS = "msdyn_invoicelinetransactions"


def draft_in(far: StoredRows) -> Draft:
    return read_draft(far.client, TENANT, COMPOSER, PLANNED, (UPDATE,))


def refusal(far: StoredRows) -> str:
    return draft_in(far).refusal(TENANT, may_lack=False)


def test_an_untouched_draft_may_go_with_its_schedule_row() -> None:
    far = written_to(tenant_before())

    draft = draft_in(far)

    assert draft.refusal(TENANT, may_lack=False) == ""
    assert (draft.header, [line.int for line in draft.lines]) == ((INVOICE,), [41, 42, 43])
    assert [row for row, _ in draft.rows_to_reset] == [ROW]
    assert not draft.is_gone


@pytest.mark.parametrize("status", [192350001, 192350002, 192350003, None])
def test_what_is_no_draft_any_more_stays(status: int | None) -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, msdyn_projectinvoicestatus=status)

    assert refusal(far) == "it is no draft any more"


def test_a_correction_of_another_invoice_stays() -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, msdyn_hascorrections=True)

    assert refusal(far) == "it is a correction of another invoice"


def test_rows_that_somebody_added_keep_the_draft_and_are_named() -> None:
    far = written_to(tenant_before())
    for number in range(NAMED + 2):
        key = str(UUID(int=900 + number))
        far.put(
            DETAILS,
            {"msdyn_invoicelinetransactionid": key, "_msdyn_invoice_value": str(INVOICE)},
        )

    named = "; ".join(f"{DETAILS} {UUID(int=900 + number)}" for number in range(NAMED))
    assert refusal(far) == (f"it holds rows that this run has not written: {named} and 2 more")


def test_a_text_that_somebody_typed_into_an_empty_column_is_an_edit() -> None:
    far = written_to(tenant_before())
    far.change("invoices", INVOICE, description="call them first")

    assert refusal(far) == f"it was edited: invoices {INVOICE} column description"
