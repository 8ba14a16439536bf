"""What a record is billed with, computed by hand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.invoicing.choices import LineKind, RefundStatus, RetainerStatus
from connector.invoicing.model import ContractLine, Retainer
from connector.invoicing.net_amounts import (
    available,
    gross_price,
    net_amount,
    product_amount,
    product_discount,
    product_readings,
)
from tests.invoicing.ledger import ident


def product(**columns: Any) -> ContractLine:
    """Ten pieces of 449.90."""
    usual: dict[str, Any] = {
        "quantity": Decimal(10),
        "price": Decimal("449.90"),
        "amount": Decimal(4499),
    }
    values = {name: Decimal(str(x)) if x is not None else None for name, x in columns.items()}
    return ContractLine(
        id=ident("Tablet"), name="Tablet", kind=LineKind.PRODUCT, etag="1", **usual | values
    )


def retainer(**columns: Any) -> Retainer:
    usual: dict[str, Any] = {
        "id": ident("Advance"),
        "name": "Advance",
        "contract_customer_id": None,
        "date": None,
        "status": RetainerStatus.INVOICE_POSTED,
        "amount": Decimal(300),
        "etag": "1",
    }
    return Retainer(**usual | columns)


@pytest.mark.parametrize(
    ("columns", "readings"),
    [
        ({}, (4499, 4499)),
        ({"extended_amount": 4599, "tax": 100}, (4499, 4499, 4499)),
        ({"manual_discount": 499, "extended_amount": 4100, "tax": 100}, (4000, 4000, 4000)),
        # 10 x (449.90 - 0.90) = 4,490, where the amount has left the discount out
        ({"volume_discount": "0.90"}, (4490, 4499)),
        ({"quantity": None}, (4499,)),
        ({"price": "NaN"}, (4499,)),
        ({"amount": None}, ()),
        ({"amount": None, "extended_amount": 4499}, ()),
        ({"manual_discount": "1E+400"}, ()),
        ({"extended_amount": "1E+400"}, (4499, 4499)),
        ({"extended_amount": 4499, "tax": "Infinity"}, (4499, 4499)),
    ],
)
def test_a_product_line_says_its_amount_up_to_three_times(
    columns: dict[str, Any], readings: tuple[int, ...]
) -> None:
    assert product_readings(product(**columns), 2) == readings
    assert product_amount(product(**columns), 2) == (readings[0] if readings else 0)


@pytest.mark.parametrize(
    ("columns", "precision", "amount"),
    [
        # 3 x 33.335 = 100.005: half up to 100.01, and the platform's 100.00 is no other amount
        ({"quantity": 3, "price": "33.335", "amount": "100.00"}, 2, "100.00"),
        ({"quantity": 3, "price": "33.335", "amount": "100.01"}, 2, "100.01"),
        ({"quantity": 3, "price": "33.335", "amount": "100.03"}, 2, "100.01"),
        ({"quantity": 3, "price": "333", "amount": "999"}, 0, "999"),
        ({"quantity": -2, "price": "10", "amount": "-20", "manual_discount": -5}, 2, "-15"),
    ],
)
def test_rounding_makes_no_other_amount(
    columns: dict[str, Any], precision: int, amount: str
) -> None:
    assert product_amount(product(**columns), precision) == Decimal(amount)


@pytest.mark.parametrize(
    ("columns", "discount"),
    [
        ({}, 0),
        ({"manual_discount": 499}, 499),
        ({"volume_discount": "49.90", "amount": 4000}, 499),
        ({"volume_discount": "49.90", "amount": 4000, "manual_discount": 100}, 599),
        # of each unit: 4,499 - 10 x 10 = 4,399
        ({"manual_discount": 10, "extended_amount": 4399}, 100),
        ({"manual_discount": 10, "extended_amount": 4489}, 10),
        ({"manual_discount": 10, "extended_amount": 4000}, 10),
    ],
)
def test_the_discount_of_a_product_is_that_of_the_whole_line(
    columns: dict[str, Any], discount: int
) -> None:
    assert product_discount(product(**columns), 2) == discount


def test_what_is_to_be_refunded_is_negative() -> None:
    left = {"used_amount": Decimal(100)}

    assert net_amount(retainer(**left), 2) == 300
    assert net_amount(retainer(**left, refund_status=RefundStatus.READY), 2) == -200
    assert net_amount(retainer(**left, refund_status=RefundStatus.UNCLEAR), 2) == -200
    assert net_amount(retainer(**left, refund_status=RefundStatus.REFUNDED), 2) == 300
    assert available(retainer(available_amount=Decimal(50), **left)) == 50
    assert available(retainer(amount=Decimal("NaN"))) == 0


def test_a_price_is_rounded_half_up_to_the_currency() -> None:
    assert gross_price(Decimal("0.5"), Decimal("0.01"), 2) == Decimal("0.01")
    assert gross_price(Decimal(3), Decimal("0.0001"), 4) == Decimal("0.0003")
