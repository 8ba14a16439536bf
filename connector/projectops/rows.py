"""Read the columns of one row; what does not fit is a fault that names table, row and column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar
from uuid import UUID

from connector.dataverse.errors import MalformedValue
from connector.dataverse.values import (
    FORMATTED,
    LOOKUP_TABLE,
    DateBehaviour,
    read_date,
    read_datetime,
    read_decimal,
    read_etag,
    read_guid,
    read_integer,
)
from connector.errors import ConnectorError, ExitCode
from connector.invoicing.amounts import LARGEST, is_number
from connector.invoicing.model import UnknownChoice
from connector.projectops.choices import WordT

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable
    from decimal import Decimal

    from connector.dataverse.message import JsonValue, Row
    from connector.mapping import DateColumn
    from connector.projectops.choices import Choice
    from connector.projectops.tenant import Tenant

ValueT = TypeVar("ValueT")


class RowFault(ConnectorError):  # noqa: N818 - it is the row that is at fault
    """A value that the design cannot do with: table, row, column, value, and what was expected."""

    exit_code = ExitCode.CANNOT_READ

    def __init__(self, place: str, value: JsonValue, expected: str) -> None:
        super().__init__(f"{place}: expected {expected}, found {value!r:.80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled(Generic[WordT]):
    """A choice that labels resolve: its word, or the number that none of them explains."""

    word: WordT | None = None
    unknown: UnknownChoice | None = None


class RowReader:
    """One row of one table, read column by column."""

    __slots__ = ("_row", "_table", "_tenant", "id")

    def __init__(self, tenant: Tenant, table: str, primary_key: str, row: Row) -> None:
        """Raises `RowFault` when the row has no primary key."""
        self._tenant = tenant
        self._table = table
        self._row = row
        self.id: UUID = UUID(int=0)
        self.id = self.required(primary_key, self._read(primary_key, read_guid))

    def place(self, column: str) -> str:
        """Table, row and column, for a message."""
        return f"{self._table} {self.id} column {column}"

    def fault(self, column: str, expected: str) -> RowFault:
        """The fault that *column* holds something other than *expected*."""
        return RowFault(self.place(column), self._row.get(column), expected)

    def required(self, column: str, value: ValueT | None, expected: str = "a value") -> ValueT:
        """*value*, or the fault that the column is empty where one is needed."""
        if value is None:
            raise RowFault(self.place(column), None, expected)
        return value

    def text(self, column: str) -> str | None:
        """Text; None when empty."""
        value = self._value(column)
        if value is None or isinstance(value, str):
            return value or None
        raise self.fault(column, "text")

    def decimal(self, column: str) -> Decimal | None:
        """Money or number, exact; one that no column of the platform can hold is a fault."""
        value = self._read(column, read_decimal)
        if value and not is_number(value):
            raise RowFault(self.place(column), str(value), f"a number up to {LARGEST:f}")
        return value

    def integer(self, column: str) -> int | None:
        """A whole number."""
        return self._read(column, read_integer)

    def flag(self, column: str) -> bool:
        """Yes or no; empty is no."""
        value = self._value(column)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self.fault(column, "yes or no")

    def lookup(self, column: str) -> UUID | None:
        """The id that a lookup points to."""
        return self._read(f"_{column}_value", read_guid)

    def guid_text(self, column: str) -> UUID | None:
        """An id that is kept as text; None for any other text, which names nothing of ours."""
        text = self.text(column)
        try:
            return None if text is None else UUID(text)
        except ValueError:
            return None

    def lookup_table(self, column: str) -> str | None:
        """The table that a lookup with several targets points to."""
        value = self._row.get(f"_{column}_value@{LOOKUP_TABLE}")
        return value if isinstance(value, str) else None

    def lookup_name(self, column: str) -> str | None:
        """The name of the row that a lookup points to, where the answer tells it."""
        value = self._row.get(f"_{column}_value@{FORMATTED}")
        return value if isinstance(value, str) and value else None

    def choice(self, column: str, choice: Choice[WordT]) -> WordT | None:
        """A choice value as the domain's word; an unknown number is a fault."""
        number = self._read(column, read_integer)
        if number is None:
            return None
        word = choice.word_of.get(number)
        if word is None:
            raise RowFault(self.place(column), number, f"one of {choice.known()}")
        return word

    def labelled(self, column: str | None, choice: Choice[WordT]) -> Labelled[WordT]:
        """A choice whose numbers are the tenant's own; an unknown one is told, and no fault."""
        number = self._read(column, read_integer) if column is not None else None
        if column is None or number is None:
            return Labelled()
        word = choice.word_of.get(number)
        if word is not None:
            return Labelled(word=word)
        place = self.place(column)
        return Labelled(unknown=UnknownChoice(place=place, number=number, known=choice.known()))

    def date(self, column: DateColumn) -> dt.date | None:
        """A calendar date in the business time zone (T1)."""
        behaviour = self._tenant.behaviour(self._table, column)
        return self._read(column.column, lambda value: self._dated(value, behaviour))

    def instant(self, column: str) -> dt.datetime | None:
        """A UTC instant."""
        return self._read(column, read_datetime)

    def etag(self) -> str:
        """The version that was read."""
        try:
            return read_etag(self._row)
        except MalformedValue as error:
            raise RowFault(self.place("@odata.etag"), None, "a version mark") from error

    def raw(self, column: str) -> JsonValue:
        """The value as it stands on the wire, for columns that are carried along unread."""
        return self._value(column)

    def _dated(self, value: JsonValue, behaviour: DateBehaviour) -> dt.date:
        return read_date(value, behaviour, self._tenant.zone)

    def _read(self, column: str, convert: Callable[[JsonValue], ValueT]) -> ValueT | None:
        value = self._value(column)
        if value is None:
            return None
        try:
            return convert(value)
        except MalformedValue as error:
            raise RowFault(self.place(column), value, str(error)) from error

    def _value(self, column: str) -> JsonValue:
        """The value; a column that was asked for and did not come is a fault, not an empty one."""
        try:
            return self._row[column]
        except KeyError as error:
            raise RowFault(self.place(column), None, "the column in the answer") from error
