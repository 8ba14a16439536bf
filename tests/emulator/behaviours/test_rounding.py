"""Numbers rounded to the places of their columns."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from connector.emulator.behaviours.rounding import round_numbers
from connector.emulator.schema.file import shipped_schema

if TYPE_CHECKING:
    from connector.emulator.schema.values import Value


def test_numbers_are_rounded_half_up_where_their_column_has_places() -> None:
    table = shipped_schema().tables["msdyn_invoicelinetransaction"]
    column = replace(table.columns["msdyn_quantity"], precision=2)
    free = replace(table.columns["msdyn_price"], precision=None)
    table = replace(table, columns={**table.columns, "msdyn_quantity": column, "msdyn_price": free})
    values: dict[str, Value] = {
        "msdyn_quantity": Decimal("-7.335"),
        "msdyn_price": Decimal("1.23456"),
        "msdyn_description": "7.335",
    }

    round_numbers(table, values)

    assert values == {
        "msdyn_quantity": Decimal("-7.34"),
        "msdyn_price": Decimal("1.23456"),
        "msdyn_description": "7.335",
    }
