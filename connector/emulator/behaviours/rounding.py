"""Numbers as a column of the platform keeps them: rounded to its decimal places on every write."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import NewValues


def round_numbers(table: Table, values: NewValues) -> None:
    """Round the numbers of *values* to the places of their columns, where the schema has them."""
    for name, value in values.items():
        places = table.columns[name].precision
        if isinstance(value, Decimal) and places is not None:
            values[name] = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
