"""
Pages of actuals as values of the domain, straight from their bytes.

Actuals come by the million, so their decoder is compiled once a run from the mapping and from
what the tenant has. It knows the usual row only: a page that holds anything else is decoded row by
row by `decode.actual`, which names table, row, column and value of every fault.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

import msgspec

from connector.dataverse.errors import MalformedValue
from connector.dataverse.page import rows_of
from connector.dataverse.values import ETAG, read_date
from connector.invoicing import ids
from connector.invoicing.amounts import is_number
from connector.invoicing.choices import CustomerKind
from connector.invoicing.model import Actual, Carried, Customer
from connector.projectops import decode
from connector.projectops.decode import read_row
from connector.projectops.rows import RowFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date, tzinfo

    from connector.dataverse.page import Page
    from connector.mapping import DateColumn
    from connector.mapping.model import CopyRule
    from connector.projectops.tenant import Tenant

_CHOICE: TypeAlias = int | None


class _Unusual(Exception):  # noqa: N818 - it says what the row is
    """A value that only the reading row by row can judge."""


class _Row(msgspec.Struct, gc=False):
    """What every compiled row has; the fields of a tenant are added when it is compiled."""


class Found(msgspec.Struct, frozen=True, gc=False):
    """
    One actual of a page, or the fault that it holds.

    *detail* is the invoice line detail that the actual itself names (A14).
    """

    contract: UUID
    actual: Actual | None
    detail: UUID | None = None
    fault: str = ""


class _Ids(dict[str, UUID]):
    """Ids by their text: the same few contracts, lines and people come again and again."""

    def __missing__(self, text: str) -> UUID:
        try:
            found = self[text] = UUID(text)
        except ValueError as error:
            raise _Unusual from error
        return found


class _Days(dict[str, "date"]):
    """Calendar days by the text of a column."""

    def __init__(self, tenant: Tenant, table: str, column: DateColumn) -> None:
        super().__init__()
        self._behaviour, self._zone = tenant.behaviour(table, column), tenant.zone

    def __missing__(self, text: str) -> date:
        try:
            found = self[text] = read_date(text, self._behaviour, self._zone)
        except MalformedValue as error:
            raise _Unusual from error
        return found


class ActualPages:
    """Decodes the actuals of one tenant; made once for a part, its caches last as long."""

    def __init__(self, tenant: Tenant) -> None:
        names = tenant.mapping.actual
        self._tenant = tenant
        self._rules = tuple(tenant.copies.actual_to_detail)
        self._decoder: msgspec.json.Decoder[Any] | None = None
        self._copied: Callable[[Any], tuple[object, ...]] = _nothing
        with suppress(_Unusual):
            page, copies = _page_type(tenant)
            self._copied = _getter(copies)
            self._decoder = msgspec.json.Decoder(page, float_hook=Decimal)
        self._ids = _Ids()
        self._customers: dict[tuple[UUID, CustomerKind], Customer] = {}
        self._carried: tuple[dict[object, Carried], ...] = tuple({} for _ in self._rules)
        columns = (names.transaction_date, names.fallback_date)
        self._days = [_Days(tenant, names.table, c) if c else None for c in columns]

    def found(self, page: Page) -> Iterator[Found]:
        """The actuals of a page, in its order; raises `RowFault` for one of no contract."""
        if self._decoder is None:
            yield from self._one_by_one(page)
            return
        try:
            rows = self._decoder.decode(page.body).value
            yield from [self._actual(row) for row in rows]
        except (_Unusual, msgspec.ValidationError, TypeError):
            yield from self._one_by_one(page)

    def _one_by_one(self, page: Page) -> Iterator[Found]:
        names = self._tenant.mapping.actual
        detail = self._tenant.known(names, names.invoice_detail)
        for row in rows_of(page):
            reader = read_row(self._tenant, names, row)
            owner = reader.required(f"_{names.contract}_value", reader.lookup(names.contract))
            try:
                actual = decode.actual(self._tenant, row)
                named = reader.lookup(detail) if detail else None
            except RowFault as fault:
                yield Found(contract=owner, actual=None, fault=str(fault))
            else:
                yield Found(contract=owner, actual=actual, detail=named)

    def _actual(self, row: Any) -> Found:  # noqa: ANN401 - its type is compiled
        choices, known = self._tenant.choices, self._ids
        created = row.created_on
        if not row.etag:
            raise _Unusual
        actual = Actual(
            id=ids.ActualId(row.id),
            contract_line_id=self._id(row.contract_line),
            transaction_type=_word(choices.transaction_type.word_of, row.transaction_type),
            transaction_class=_word(choices.transaction_class.word_of, row.transaction_class),
            billing_status=_word(choices.billing_status.word_of, row.billing_status),
            billing_type=_word(choices.billing_type.word_of, row.billing_type),
            adjustment_status=_word(choices.adjustment_status.word_of, row.adjustment_status),
            not_to_exceed_status=_word(
                choices.not_to_exceed_status.word_of, row.not_to_exceed_status
            ),
            transaction_date=self._day(row),
            created_on=created,
            created_date=_local_date(created, self._tenant.zone),
            quantity=_decimal(row.quantity),
            price=_decimal(row.price),
            amount=_decimal(row.amount),
            discount=_decimal(row.discount),
            fee=_decimal(row.fee),
            tax=_decimal(row.tax),
            currency_id=self._id(row.currency),
            customer=self._customer(row),
            contract_customer_id=self._id(row.contract_customer),
            contract_line_customer_id=self._id(row.contract_line_customer),
            resource_id=self._id(row.resource),
            is_active=row.state == 0,
            description=row.description or None,
            external_description=row.external_description or None,
            carried=self._carry(row),
            etag=row.etag,
        )
        detail = row.invoice_detail
        return Found(
            contract=known[row.contract],
            actual=actual,
            detail=None if detail is None else known[detail],
        )

    def _id(self, text: str | None) -> Any:  # noqa: ANN401 - ids are UUIDs by another name
        return None if text is None else self._ids[text]

    def _day(self, row: Any) -> date | None:  # noqa: ANN401 - its type is compiled
        first, second = self._days
        if first is not None and row.transaction_date is not None:
            return first[row.transaction_date]
        if second is not None and row.fallback_date is not None:
            return second[row.fallback_date]
        return None

    def _customer(self, row: Any) -> Customer | None:  # noqa: ANN401 - its type is compiled
        by_account, by_contact = self._id(row.account_customer), self._id(row.contact_customer)
        key = (
            by_account or by_contact,
            CustomerKind.ACCOUNT if by_account else CustomerKind.CONTACT,
        )
        if key[0] is None:
            return None
        found = self._customers.get(key)
        if found is None:
            found = self._customers[key] = Customer(id=ids.CustomerId(key[0]), kind=key[1])
        return found

    def _carry(self, row: Any) -> tuple[Carried, ...]:  # noqa: ANN401 - its type is compiled
        return tuple(
            [
                self._carried[place].get(value) or self._carried_value(place, value)
                for place, (known, value) in enumerate(
                    zip(self._carried, self._copied(row), strict=True)
                )
                if value is not None
            ]
        )

    def _carried_value(self, place: int, value: object) -> Carried:
        rule = self._rules[place]
        bound = self._ids[value] if rule.set and isinstance(value, str) else value
        found = _carried(rule, bound)
        if isinstance(value, str):  # of equal numbers and flags each keeps its own kind
            self._carried[place][value] = found
        return found


def _page_type(tenant: Tenant) -> tuple[type[Any], tuple[str, ...]]:
    """
    The type of a page, and the field that each copied column is read into.

    Whatever was asked for must be there; what the tenant does not have is always empty.
    """
    names, groups = tenant.mapping.actual, _groups(tenant)
    pairs = (
        (names.id, ("id", UUID)),
        (ETAG, ("etag", str)),
        (f"_{names.contract}_value", ("contract", str)),
        (names.created_on, ("created_on", datetime | None)),
        *(pair for columns, kind in groups for pair in _named(columns, kind)),
    )
    fields = dict(pairs)
    if len(fields) < len(pairs):  # one column behind two words of the mapping
        raise _Unusual
    copied = {
        column: (f"copy{place}", str | None if rule.set else Any)
        for place, rule in enumerate(tenant.copies.actual_to_detail)
        if (column := _column(rule)) not in fields
    }
    there = [
        (name, kind, msgspec.field(name=column))
        for column, (name, kind) in (fields | copied).items()
    ]
    empty = [
        (name, Any, msgspec.field(default=None))
        for columns, _ in groups
        for name, column in columns.items()
        if column is None
    ]
    row = msgspec.defstruct("ActualRow", [*there, *empty], bases=(_Row,), gc=False)
    fields_of = {column: name for column, (name, _) in (fields | copied).items()}
    page = msgspec.defstruct("ActualPage", [("value", list[row])], gc=False)  # type: ignore[valid-type]
    return page, tuple(fields_of[_column(rule)] for rule in tenant.copies.actual_to_detail)


def _groups(tenant: Tenant) -> tuple[tuple[Mapping[str, str | None], Any], ...]:
    """The fields of a row by the type of their columns; no column where the tenant lacks it."""
    names, has = tenant.mapping.actual, tenant.known
    texts = {"description": names.description, "external_description": names.external_description}
    whole = {
        "transaction_type": names.transaction_type,
        "transaction_class": names.transaction_class,
    }
    choices = {
        "state": names.state,
        "billing_status": names.billing_status,
        "billing_type": names.billing_type,
        "adjustment_status": names.adjustment_status,
        "not_to_exceed_status": has(names, names.not_to_exceed_status),
    }
    numbers = {
        "quantity": names.quantity,
        "price": names.price,
        "amount": names.amount,
        **{field: has(names, getattr(names, field)) for field in ("discount", "fee", "tax")},
    }
    lookups = {
        "contract_line": names.contract_line,
        "currency": names.currency,
        "account_customer": names.account_customer,
        "contact_customer": names.contact_customer,
        "contract_customer": has(names, names.contract_customer),
        "contract_line_customer": has(names, names.contract_line_customer),
        "invoice_detail": has(names, names.invoice_detail),
        "resource": has(names, names.resource),
    }
    days = {
        "transaction_date": names.transaction_date.column if names.transaction_date else None,
        "fallback_date": names.fallback_date.column,
    }
    return (
        (whole, int),
        (choices, _CHOICE),
        (numbers, Any),
        (texts | days, str | None),
        ({name: column and f"_{column}_value" for name, column in lookups.items()}, str | None),
    )


def _getter(names: tuple[str, ...]) -> Callable[[Any], tuple[object, ...]]:
    """What gives the values of several fields at once."""
    if len(names) > 1:
        return attrgetter(*names)
    return (lambda row: (getattr(row, names[0]),)) if names else _nothing


def _nothing(_row: object) -> tuple[object, ...]:
    return ()


def _named(columns: Mapping[str, str | None], kind: Any) -> Iterator[tuple[str, tuple[str, Any]]]:  # noqa: ANN401 - types of columns
    """Fields by the column that they come from; those that the tenant lacks come from none."""
    return ((column, (name, kind)) for name, column in columns.items() if column is not None)


def _column(rule: CopyRule) -> str:
    return f"_{rule.source}_value" if rule.set else rule.source


def _carried(rule: CopyRule, value: object) -> Carried:
    if rule.set is not None:
        return Carried(property=f"{rule.target}@odata.bind", value=f"/{rule.set}({value})")
    if isinstance(value, Decimal):
        return Carried(property=rule.target, number=value)
    if isinstance(value, str | int):
        return Carried(property=rule.target, value=value)
    raise _Unusual


def _word(words: Mapping[int, Any], number: int | None) -> Any:  # noqa: ANN401 - a word of any choice
    if number is None:
        return None
    found = words.get(number)
    if found is None:
        raise _Unusual
    return found


def _decimal(value: object) -> Decimal | None:
    if value is None:
        return None
    if type(value) is int:
        value = Decimal(value)
    if not isinstance(value, Decimal) or not is_number(value):
        raise _Unusual
    return value


def _local_date(instant: datetime | None, zone: tzinfo) -> date | None:
    if instant is None:
        return None
    if instant.tzinfo is None:
        raise _Unusual
    return instant.astimezone(zone).date()
