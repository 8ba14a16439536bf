"""A contract that was not begun says why, and stays open."""

from __future__ import annotations

from connector.dataverse.errors import Forbidden, NotSent
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.written import NOTHING_BEGUN, Written, not_tried, why_not_tried
from tests.projectops.one_invoice import PLANNED, invoice, plan

FORBIDDEN = Forbidden(
    "Principal user is missing prvCreateInvoice privilege for entity 'invoice'",
    request=None,
    status=403,
)


def test_the_reason_names_what_was_met_and_what_helps() -> None:
    assert why_not_tried(NotSent("no connection")) == (
        "not tried, because an earlier contract met this: no connection."
        " Start it again when the tenant answers."
    )
    assert why_not_tried(FORBIDDEN).endswith(
        "Give the signed-in user prvCreateInvoice for invoice;"
        " docs/permissions.md lists what it needs."
    )


def test_every_invoice_of_a_contract_that_was_not_begun_is_open() -> None:
    other = invoice(number=80)
    because = NotSent("no connection")

    assert not_tried(plan(PLANNED, other), because) == Written(
        plan=plan(PLANNED, other),
        outcomes=tuple(
            InvoiceOutcome(
                invoice=planned,
                status=InvoiceStatus.FAILED,
                error=why_not_tried(because),
                is_open=True,
            )
            for planned in (PLANNED, other)
        ),
        warnings=(),
    )


def test_where_nothing_is_begun_nothing_was_seen() -> None:
    assert (NOTHING_BEGUN.ids, NOTHING_BEGUN.there) == (frozenset(), None)
