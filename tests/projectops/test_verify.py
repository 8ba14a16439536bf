"""After a write the tenant is read back: lost rows fail, other content and unmoved sources warn."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from connector.invoicing.choices import SourceTable
from connector.invoicing.ids import InvoiceId
from connector.invoicing.model import Source
from connector.outcome import InvoiceOutcome, InvoiceStatus
from connector.projectops.verify import NAMED, verify
from tests.dataverse.far_side import error
from tests.projectops.one_invoice import (
    ACTUAL,
    COMPOSER,
    FIXED_DETAIL,
    GOODS_LINE,
    INVOICE,
    MILESTONE,
    PLANNED,
    TENANT,
    WORK_DETAIL,
    detail,
    invoice,
    line,
    tenant_before,
    written_to,
)

if TYPE_CHECKING:
    from connector.invoicing.plan import InvoicePlan
    from connector.projectops.verify import Verified
    from tests.projectops.stored_rows import StoredRows

DETAILS = "msdyn_invoicelinetransactions"


def moved(far: StoredRows) -> StoredRows:
    """The platform has marked what is billed as being on an invoice."""
    far.change("msdyn_actuals", ACTUAL, msdyn_billingstatus=192350001)
    far.change("msdyn_contractlinescheduleofvalues", MILESTONE, msdyn_invoicestatus=192350002)
    return far


def outcome(planned: InvoicePlan, status: InvoiceStatus = InvoiceStatus.WRITTEN) -> InvoiceOutcome:
    return InvoiceOutcome(invoice=planned, status=status)


def verified(far: StoredRows, planned: InvoicePlan = PLANNED) -> Verified:
    return verify(far.client, TENANT, COMPOSER, (outcome(planned),))


def test_a_draft_as_planned_is_left_without_a_word_and_its_print_is_kept() -> None:
    far = moved(written_to(tenant_before()))

    found = verified(far)

    assert found.outcomes == (outcome(PLANNED),)
    assert found.warnings == ()
    [kept] = found.prints
    assert kept.invoice_id == INVOICE
    assert [(table.entity_set, len(table.rows)) for table in kept.tables] == [
        ("invoices", 1),
        ("invoicedetails", 3),
        (DETAILS, 2),
        ("msdyn_transactionconnections", 2),
    ]


def test_the_rows_are_read_whole_and_then_what_the_platform_computed() -> None:
    far = moved(written_to(tenant_before()))
    before = len(far.transport.requests)

    verified(far)

    assert len(far.transport.requests) - before == 2
    assert [sent.path.partition("&")[0] for sent in far.reads[4:]] == [
        "invoices?$select=invoiceid,totalamount,totaltax",
        "invoicedetails?$select=invoicedetailid,extendedamount",
        "msdyn_actuals?$select=msdyn_actualid,msdyn_billingstatus",
        (
            "msdyn_contractlinescheduleofvalues?$select=msdyn_contractlinescheduleofvalueid,"
            "msdyn_invoicestatus"
        ),
    ]


def test_many_details_are_read_back_in_groups_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    far = moved(written_to(tenant_before()))
    outcomes = (outcome(PLANNED), outcome(replace(PLANNED, id=InvoiceId(UUID(int=99)))))
    at_once = verify(far.client, TENANT, COMPOSER, outcomes)
    before = len(far.transport.requests)
    monkeypatch.setattr("connector.projectops.verify.DETAILS_AT_ONCE", 1)

    in_groups = verify(far.client, TENANT, COMPOSER, outcomes)

    assert in_groups == at_once
    assert [item.status for item in in_groups.outcomes] == [
        InvoiceStatus.WRITTEN,
        InvoiceStatus.FAILED,
    ]
    assert len(far.transport.requests) - before == 4


@pytest.mark.parametrize(
    "status", [status for status in InvoiceStatus if status is not InvoiceStatus.WRITTEN]
)
def test_nothing_is_asked_about_what_was_not_written(status: InvoiceStatus) -> None:
    far = tenant_before()

    found = verify(far.client, TENANT, COMPOSER, (outcome(PLANNED, status),))

    assert found.outcomes == (outcome(PLANNED, status),)
    assert far.transport.requests == []


def test_a_row_that_is_not_there_turns_the_outcome_into_failed() -> None:
    far = moved(written_to(tenant_before()))
    far.delete(DETAILS, WORK_DETAIL)

    found = verified(far)

    [judged] = found.outcomes
    assert judged.status is InvoiceStatus.FAILED
    assert judged.error == "1 of its rows are not there when read back"
    assert found.prints == ()


def test_other_content_than_planned_is_a_warning() -> None:
    far = moved(written_to(tenant_before()))
    far.change(DETAILS, FIXED_DETAIL, msdyn_price=Decimal(999))

    found = verified(far)

    [warning] = found.warnings
    assert (warning.code, warning.subject) == ("read-back-differs", INVOICE)
    assert warning.text == (
        f"msdyn_invoicelinetransaction {FIXED_DETAIL} column msdyn_price:"
        " planned 1000, there is 999"
    )
    assert found.outcomes[0].status is InvoiceStatus.WRITTEN


def test_totals_that_the_platform_computes_otherwise_are_warnings() -> None:
    # 1900 and 342 of tax were planned, 2242 in all.
    far = moved(written_to(tenant_before()))
    far.change("invoices", INVOICE, totalamount=Decimal("2242.01"), totaltax=Decimal("342.01"))

    warnings = verified(far).warnings

    assert [(item.code, item.text) for item in warnings] == [
        (
            "total-differs",
            (
                f"the platform's total of invoice {INVOICE} is 2242.01,"
                " planned were 1900 and 342 tax"
            ),
        ),
        (
            "total-tax-differs",
            f"the platform's total tax of invoice {INVOICE} is 342.01, planned was 342",
        ),
    ]


def test_the_planned_totals_are_no_warning_whatever_their_digits() -> None:
    far = moved(written_to(tenant_before()))
    far.change("invoices", INVOICE, totalamount=Decimal("2242.0000"), totaltax=Decimal("342.0000"))
    far.change("invoicedetails", GOODS_LINE, extendedamount=Decimal("100.00"))

    assert verified(far).warnings == ()


def test_a_line_that_the_platform_extends_to_another_amount_is_a_warning() -> None:
    far = moved(written_to(tenant_before()))
    far.change("invoicedetails", GOODS_LINE, extendedamount=Decimal("90.00"))

    [warning] = verified(far).warnings

    assert (warning.code, warning.subject) == ("extended-amount-differs", GOODS_LINE)
    assert warning.text == (
        f"the platform extends line 'Goods' of invoice {INVOICE} to 90.00,"
        " planned were 100 and 0 tax"
    )


def test_the_totals_of_a_continued_draft_are_not_compared_with_its_last_part() -> None:
    far = moved(written_to(tenant_before()))
    far.change("invoices", INVOICE, totalamount=Decimal(9), totaltax=Decimal(9))
    far.change("invoicedetails", GOODS_LINE, extendedamount=Decimal(9))

    assert verified(far, replace(PLANNED, continues=True)).warnings == ()


def test_sources_that_the_platform_did_not_mark_are_named() -> None:
    warnings = verified(written_to(tenant_before())).warnings

    assert [(item.code, item.subject, item.text) for item in warnings] == [
        (
            "source-not-claimed",
            INVOICE,
            (
                f"1 rows of msdyn_actual are billed by invoice {INVOICE} but keep their billing"
                f" status: {ACTUAL}"
            ),
        ),
        (
            "source-not-claimed",
            INVOICE,
            (
                f"1 rows of msdyn_contractlinescheduleofvalue are billed by invoice {INVOICE} but"
                f" keep their billing status: {MILESTONE}"
            ),
        ),
    ]


def test_many_sources_that_were_not_marked_are_counted_after_the_first() -> None:
    sources = [UUID(int=1000 + number) for number in range(NAMED + 2)]
    planned = invoice(
        line(
            41,
            *(
                detail(2000 + n, source=Source(table=SourceTable.ACTUAL, id=key))
                for n, key in enumerate(sources)
            ),
        )
    )
    far = tenant_before(
        msdyn_actuals=[
            {"msdyn_actualid": str(key), "msdyn_billingstatus": 192350004} for key in sources
        ]
    )

    warning = verified(far, planned).warnings[-1]

    assert warning.text == (
        f"7 rows of msdyn_actual are billed by invoice {INVOICE} but keep their billing status:"
        f" {', '.join(str(key) for key in sources[:5])} and 2 more"
    )


@pytest.mark.parametrize("answered", [0, 1])
def test_a_tenant_that_cannot_be_read_back_is_a_warning_and_no_failure(answered: int) -> None:
    far = written_to(tenant_before())
    far.read_faults += [*[None] * answered, error(403, "0x80040220", "prvRead is missing")]

    found = verified(far)

    assert found.outcomes == (outcome(PLANNED),)
    [warning] = found.warnings
    assert (warning.code, warning.subject) == ("not-verified", INVOICE)
    assert warning.text.startswith(f"invoice {INVOICE} was written, but could not be read back: ")
    assert found.prints == ()


def test_outcomes_keep_their_order_among_those_that_are_not_looked_at() -> None:
    far = moved(written_to(tenant_before()))
    failed = outcome(invoice(number=80), InvoiceStatus.FAILED)

    found = verify(far.client, TENANT, COMPOSER, (failed, outcome(PLANNED)))

    assert found.outcomes == (failed, outcome(PLANNED))


def test_a_status_that_nobody_knows_is_a_warning_about_a_draft_that_stands() -> None:
    far = moved(written_to(tenant_before()))
    far.change("msdyn_actuals", ACTUAL, msdyn_billingstatus=77)

    found = verified(far)

    assert found.outcomes == (outcome(PLANNED),)
    [warning] = found.warnings
    assert warning.code == "not-verified"
    assert f"msdyn_actual {ACTUAL} column msdyn_billingstatus: expected one of" in warning.text
