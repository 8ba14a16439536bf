"""Our plan beside the tenant's drafts: each kind of difference, and none where they agree."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from connector.invoicing.choices import BillingType, ProformaStatus, SourceTable
from connector.invoicing.model import Source
from connector.outcome import Difference, DifferenceKind
from connector.projectops.differences import differences
from connector.projectops.existing_drafts import ExistingDetail, ExistingDraft
from tests.projectops.one_invoice import ACCOUNT, ACTUAL, CONTRACT, WORK_PLAN, invoice

PLANNED = invoice(WORK_PLAN)  # 800 and 152 of tax
WORK = Source(table=SourceTable.ACTUAL, id=ACTUAL)
OTHER = Source(table=SourceTable.MILESTONE, id=UUID(int=99))
THERE = UUID(int=90)


def detail(number: int = 91, **changes: Any) -> ExistingDetail:
    usual = ExistingDetail(
        id=UUID(int=number),
        source=WORK,
        billing_type=BillingType.CHARGEABLE,
        amount=Decimal("800.00"),
        tax=Decimal("152.00"),
    )
    return replace(usual, **changes)


def draft(*details: ExistingDetail, **changes: Any) -> ExistingDraft:
    usual = ExistingDraft(
        id=THERE,
        contract_id=CONTRACT,
        customer_id=ACCOUNT,
        status=ProformaStatus.DRAFT,
        created=None,
        total=Decimal("952.00"),
        details=details,
    )
    return replace(usual, **changes)


def told(
    kind: DifferenceKind,
    planned: str | None = None,
    there: str | None = None,
    source: Source | None = None,
    invoice_id: UUID | None = THERE,
) -> Difference:
    return Difference(
        kind=kind,
        contract_id=CONTRACT,
        customer_id=ACCOUNT,
        invoice_id=invoice_id,
        source=source,
        planned=planned,
        there=there,
    )


def test_both_sides_agree_whatever_the_digits_of_an_amount() -> None:
    assert differences(CONTRACT, (PLANNED,), (draft(detail()),)) == ()
    assert differences(CONTRACT, (), ()) == ()


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ((), (told(DifferenceKind.INVOICE_MISSING, "an invoice of 952", invoice_id=None),)),
        (
            (draft(detail(amount=Decimal(700))),),
            (told(DifferenceKind.AMOUNT_DIFFERS, "800", "700", WORK),),
        ),
        (
            (draft(detail(tax=Decimal(0))),),
            (told(DifferenceKind.TAX_DIFFERS, "152", "0", WORK),),
        ),
        (
            (draft(detail(billing_type=BillingType.NON_CHARGEABLE)),),
            (told(DifferenceKind.BILLING_TYPE_DIFFERS, "chargeable", "non-chargeable", WORK),),
        ),
        (
            (draft(detail(), total=Decimal(900)),),
            (told(DifferenceKind.TOTAL_DIFFERS, "952", "900"),),
        ),
        (
            (draft(detail(), total=None),),
            (told(DifferenceKind.TOTAL_DIFFERS, "952", "0"),),
        ),
        ((draft(),), (told(DifferenceKind.SOURCE_MISSING, "800", source=WORK),)),
        (
            (draft(detail(), detail(92)),),
            (told(DifferenceKind.SOURCE_TWICE, there="800.00", source=WORK),),
        ),
        (
            (draft(detail(), detail(92, source=OTHER)),),
            (told(DifferenceKind.SOURCE_UNEXPECTED, there="800.00", source=OTHER),),
        ),
        (
            (draft(detail(), detail(92, source=None)),),
            (
                told(
                    DifferenceKind.SOURCE_UNKNOWN,
                    there=f"detail {UUID(int=92)} of 800.00",
                ),
            ),
        ),
    ],
)
def test_each_difference_is_named_with_both_sides(
    there: tuple[ExistingDraft, ...], expected: tuple[Difference, ...]
) -> None:
    assert differences(CONTRACT, (PLANNED,), there) == expected


def test_an_invoice_that_nobody_planned_is_unexpected() -> None:
    assert differences(CONTRACT, (), (draft(detail()),)) == (
        told(DifferenceKind.INVOICE_UNEXPECTED, there="an invoice of 952.00"),
    )


def test_a_second_invoice_of_the_same_customer_is_told_and_its_total_counts() -> None:
    second = draft(id=UUID(int=95), total=Decimal(48))

    assert differences(CONTRACT, (PLANNED,), (draft(detail()), second)) == (
        told(DifferenceKind.INVOICE_TWICE, there="another invoice of 48", invoice_id=UUID(int=95)),
        told(DifferenceKind.TOTAL_DIFFERS, "952", "1000.00"),
    )


def test_customers_are_compared_each_by_itself() -> None:
    stranger = draft(detail(), customer_id=UUID(int=99))

    kinds = [item.kind for item in differences(CONTRACT, (PLANNED,), (stranger,))]

    assert kinds == [DifferenceKind.INVOICE_MISSING, DifferenceKind.INVOICE_UNEXPECTED]
