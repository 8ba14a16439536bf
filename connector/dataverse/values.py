"""Column values as they stand on the wire, in both directions; every number stays exact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from json.encoder import encode_basestring_ascii
from typing import TYPE_CHECKING
from uuid import UUID

from connector.dataverse.errors import MalformedValue

if TYPE_CHECKING:
    from datetime import tzinfo

    from connector.dataverse.message import JsonValue, Row

ETAG = "@odata.etag"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
FORMATTED = "OData.Community.Display.V1.FormattedValue"

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
_LONGEST_NUMBER = 60


class DateBehaviour(StrEnum):
    """How a date column is meant (its DateTimeBehavior, which is not its display format)."""

    USER_LOCAL = "UserLocal"
    DATE_ONLY = "DateOnly"
    TIME_ZONE_INDEPENDENT = "TimeZoneIndependent"


def read_decimal(value: JsonValue) -> Decimal:
    """A money, decimal or whole number, exactly as written; raises MalformedValue."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise _malformed(value, "a number")


def read_integer(value: JsonValue) -> int:
    """A whole number or choice value; raises MalformedValue."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _malformed(value, "a whole number")


def read_guid(value: JsonValue) -> UUID:
    """A primary key or lookup value; raises MalformedValue."""
    if isinstance(value, str):
        try:
            return UUID(value)
        except ValueError as error:
            raise _malformed(value, "a GUID") from error
    raise _malformed(value, "a GUID")


def read_datetime(value: JsonValue) -> datetime:
    """The instant of a UserLocal column, in UTC; raises MalformedValue."""
    return _wall_clock(value).astimezone(UTC)


def read_date(value: JsonValue, behaviour: DateBehaviour, zone: tzinfo) -> date:
    """
    The calendar day that a date column means.

    UserLocal is an instant and is looked at in *zone*; TimeZoneIndependent comes with a Z that
    means nothing; DateOnly comes without a time. Raises MalformedValue, also when the value's
    shape shows that the column has another behaviour: a guess could move an invoice by a day.
    """
    if behaviour is DateBehaviour.USER_LOCAL:
        return _wall_clock(value).astimezone(zone).date()
    if behaviour is DateBehaviour.TIME_ZONE_INDEPENDENT:
        return _wall_clock(value).date()
    if isinstance(value, str) and _DATE.fullmatch(value):
        return _parsed_date(value)
    raise _malformed(value, "a date without a time")


def read_etag(row: Row) -> str:
    """The version mark of a row that was read; raises MalformedValue when it has none."""
    value = row.get(ETAG)
    if isinstance(value, str) and value:
        return value
    raise _malformed(value, f"{ETAG} with a text")


def write_datetime(instant: datetime) -> str:
    """An instant for a UserLocal column; raises ValueError when it has no time zone."""
    if instant.tzinfo is None:
        message = "an instant without a time zone has no place on the wire"
        raise ValueError(message)
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def write_date(day: date, behaviour: DateBehaviour, zone: tzinfo) -> str:
    """A calendar day for a date column; for UserLocal it is the beginning of that day in *zone*."""
    if behaviour is DateBehaviour.DATE_ONLY:
        return day.isoformat()
    if behaviour is DateBehaviour.TIME_ZONE_INDEPENDENT:
        return f"{day.isoformat()}T00:00:00Z"
    return write_datetime(datetime.combine(day, time(), tzinfo=zone))


def write_decimal(value: Decimal) -> str:
    """A number in plain digits, all of them; raises ValueError for what no column can hold."""
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST_NUMBER:
        message = f"{value} is no number that a column can hold"
        raise ValueError(message)
    return format(value, "f")


def dumps(value: JsonValue) -> bytes:
    """JSON text of a row; Decimal becomes a bare number with all its digits. Refuses floats."""
    return _text(value).encode("ascii")


def _text(value: JsonValue) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Decimal):
        return write_decimal(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(_member(key, item) for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_text(item) for item in value) + "]"
    message = f"{type(value).__name__} has no place in JSON"
    raise TypeError(message)


def _member(key: str, value: JsonValue) -> str:
    return f"{encode_basestring_ascii(key)}:{_text(value)}"


def _wall_clock(value: JsonValue) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        try:
            return datetime.fromisoformat(value)
        except ValueError as error:
            raise _malformed(value, "a date with a time") from error
    raise _malformed(value, "a date with a time and a zone")


def _parsed_date(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise _malformed(value, "a date") from error


def _malformed(value: JsonValue, expected: str) -> MalformedValue:
    return MalformedValue(f"expected {expected}, found {value!r:.80}")
