"""
JSON with exact decimals in both directions.

Numbers with a fraction arrive and leave as `Decimal`, never through a float:
money has to survive a round trip to the last digit.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final, NoReturn

from connector.emulator.faults import DataverseFault

_PAYLOAD_ERROR: Final = "0x80048d19"

# A lone surrogate cannot occur in text that was decoded from UTF-8 and stored, so it marks
# the decimals that the encoder writes as strings and that are bared afterwards.
_MARK: Final = "\udcde"
_MARKED: Final = re.compile(f'"{_MARK}([^"]*)"')
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def loads(body: bytes) -> Any:  # noqa: ANN401  any JSON value
    """
    Read JSON text.

    Raises the documented payload error (400, 0x80048d19) for text that is not
    UTF-8, is no JSON, holds NaN or infinity, or half of a surrogate pair.
    """
    try:
        text = body.decode("utf-8-sig")
        value = DECODER.decode(text)
        check_surrogates(value, text)
    except (ValueError, RecursionError) as error:
        raise invalid(str(error)) from error
    return value


def check_surrogates(value: object, text: str) -> None:
    """Raise `ValueError` where *value*, read from *text*, holds half of a surrogate pair."""
    if "\\u" in text and _LONE_SURROGATE.search(json.dumps(value, ensure_ascii=False, default=str)):
        message = "half of a surrogate pair"
        raise ValueError(message)


def load_object(body: bytes) -> dict[str, Any]:
    """Read a JSON object; anything else is the documented payload error."""
    value = loads(body)
    if not isinstance(value, dict):
        message = "an object was expected"
        raise invalid(message)
    return value


def dumps(value: object) -> bytes:
    """Write JSON text; decimals become bare numbers of exactly their digits."""
    text = _ENCODER.encode(value)
    if _MARK in text:
        text = _MARKED.sub(r"\1", text)
    return text.encode("utf-8")


def invalid(reason: str) -> DataverseFault:
    """Return the refusal of a body that cannot be read."""
    message = f"Error identified in Payload provided by the user: {reason}."
    return DataverseFault(status=400, code=_PAYLOAD_ERROR, message=message)


def refuse_constant(constant: str) -> NoReturn:
    """Raise `ValueError` for NaN and infinity, which JSON does not have."""
    message = f"{constant} is not a JSON number"
    raise ValueError(message)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{_MARK}{value:f}"
    return str(value)


DECODER: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=refuse_constant)
"""Reads exact numbers, and refuses what is no JSON."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain)
