"""What travels from a source row to the row that bills it, unseen by the rules."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from connector.invoicing.model import Carried

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.mapping.model import CopyRule
    from connector.projectops.rows import RowReader
    from connector.projectops.tenant import Tenant


def carried(reader: RowReader, rules: Sequence[CopyRule]) -> tuple[Carried, ...]:
    """The values that travel by *rules*, of which the tenant has both ends; not the empty ones."""
    found = (_carried_value(reader, rule) for rule in rules)
    return tuple(item for item in found if item is not None)


def priced(tenant: Tenant, reader: RowReader) -> Iterator[Carried]:
    """
    What makes the invoice line of a product cost what its contract line does (DR-28).

    The manual discount as it is stored, and the price fixed, so that no newer price list counts. A
    volume discount comes from the price list alone, so there the line's own setting stays.
    """
    names, target = tenant.mapping.contract_line, tenant.mapping.invoice_line
    discount = tenant.known(names, names.manual_discount)
    column = tenant.known(target, target.manual_discount)
    amount = reader.decimal(discount) if discount is not None else None
    if column is not None and amount is not None:
        yield Carried(property=column, number=amount)
    column = tenant.known(target, target.price_overridden)
    if column is not None:
        yield from _overridden(tenant, reader, column)


def _overridden(tenant: Tenant, reader: RowReader, column: str) -> Iterator[Carried]:
    names = tenant.mapping.contract_line
    volume = tenant.known(names, names.volume_discount)
    own = tenant.known(names, names.price_overridden)
    if volume is None or not reader.decimal(volume):
        yield Carried(property=column, value=True)
    elif own is not None and reader.raw(own) is not None:
        yield Carried(property=column, value=reader.flag(own))


def _carried_value(reader: RowReader, rule: CopyRule) -> Carried | None:
    if rule.set is not None:
        target = reader.lookup(rule.source)
        bound = f"/{rule.set}({target})"
        return Carried(property=f"{rule.target}@odata.bind", value=bound) if target else None
    value = reader.raw(rule.source)
    if value is None:
        return None
    if isinstance(value, Decimal):
        return Carried(property=rule.target, number=value)
    if isinstance(value, str | int | bool):
        return Carried(property=rule.target, value=value)
    raise reader.fault(rule.source, "a single value that can be copied")
