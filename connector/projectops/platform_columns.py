"""
Columns that the platform keeps itself: what changes there is no edit of a person.

Every column that no client can write is one, by the tenant's metadata. The others are listed here:
bookkeeping that each table has; the sums of an invoice and of its lines, which the action
`msdyn_InvoiceRecalculate` and the sales totals compute again (Microsoft: invoice and invoicedetail
entity references; release notes on recalculated parents); the amount after tax of a detail.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from connector.dataverse.message import JsonValue
    from connector.projectops.tenant import Tenant

_BOOKKEEPING: Final = frozenset(
    {"modifiedon", "modifiedby", "modifiedonbehalfby", "versionnumber", "exchangerate"}
    | {"timezoneruleversionnumber", "utcconversiontimezonecode", "lastonholdtime", "onholdtime"}
)
_SUMS: Final = frozenset(
    {"totalamount", "totaltax", "totallineitemamount", "totaldiscountamount"}
    | {"totallineitemdiscountamount", "totalamountlessfreight", "pricingerrorcode"}
    | {"baseamount", "extendedamount", "lineitemnumber", "sequencenumber"}
)
_ENDINGS: Final = ("_base",)


def is_platforms(tenant: Tenant, table: str, column: str, *, is_summed_up: bool) -> bool:
    """
    Whether the platform keeps *column* of *table* itself.

    *is_summed_up* says that the row is an invoice line with details below it: its price, its tax
    and its amounts are theirs.
    """
    names = tenant.mapping
    owned = _BOOKKEEPING | _SUMS
    if table == names.invoice_detail.table and column == names.invoice_detail.extended_amount:
        return True
    if is_summed_up:
        line = names.invoice_line
        owned |= {line.price, line.tax, line.chargeable, line.non_chargeable, line.complimentary}
        owned |= {name for name in (line.discount, line.fee) if name is not None}
    is_computed = column in tenant.computed.get(table, frozenset())
    return is_computed or column in owned or column.endswith(_ENDINGS)


def places_of(tenant: Tenant, table: str, column: str, money: int | None) -> tuple[int, ...]:
    """
    The decimal places to which the platform may round *column*.

    Its own by the metadata, and for money those of the currency, *money*.
    """
    own = tenant.precisions.get(table, {}).get(column)
    is_money = column in tenant.money.get(table, frozenset())
    places = (own, money if is_money else None)
    return tuple(place for place in places if place is not None)


def same_value(planned: JsonValue, there: JsonValue, places: Iterable[int] = ()) -> bool:
    """
    Equal as a column holds it: 8 and 8.00 are one number, ids are one in any case.

    A number is also the planned one when it is that rounded to one of *places*, whichever way a
    half goes.
    """
    if _is_number(planned) and _is_number(there):
        return planned == there or any(_is_rounded(planned, there, place) for place in places)
    if isinstance(planned, str) and isinstance(there, str):
        return planned.casefold() == there.casefold()
    return planned == there and isinstance(planned, bool) is isinstance(there, bool)


def _is_rounded(planned: JsonValue, there: JsonValue, place: int) -> bool:
    unit = Decimal(1).scaleb(-place)
    mine, theirs = Decimal(str(planned)), Decimal(str(there))
    return theirs == theirs.quantize(unit, ROUND_HALF_UP) and abs(mine - theirs) * 2 <= unit


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
