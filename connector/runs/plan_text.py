"""
How planned contracts and what belongs to them are written down: one line of JSON each.

The exact values come back: amounts as decimals, dates as dates, ids as ids. A reader of text that
is not as expected raises `PlanFileError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar, cast

import msgspec

from connector.errors import ConnectorError, ExitCode
from connector.invoicing.plan import ContractPlan
from connector.outcome import FailedContract

if TYPE_CHECKING:
    from msgspec.json import Decoder

ValueT = TypeVar("ValueT")

_ENCODER: Final = msgspec.json.Encoder()
_DECODERS: Final[dict[type[object], Decoder[object]]] = {}


class PlanFileError(ConnectorError):
    """A plan that must not be applied; says what of it and why."""

    exit_code = ExitCode.USAGE


def encoded(value: object) -> bytes:
    """*value* as one line of JSON, without the line's end; equal values give equal text."""
    return _ENCODER.encode(value)


def decoded(text: bytes | msgspec.Raw, kind: type[ValueT], name: str) -> ValueT:
    """The value of *kind* that `encoded` wrote; *name* is what a `PlanFileError` calls it."""
    try:
        return cast("ValueT", _decoder(kind).decode(text))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = f"{name} cannot be used: {error}"
        raise PlanFileError(message) from error


def contract_text(plan: ContractPlan) -> bytes:
    """
    A planned contract as one line.

    Raises `UnicodeEncodeError` for a text that holds half of a character.
    """
    return _ENCODER.encode(plan)


def contract_of(text: bytes, name: str) -> ContractPlan:
    """The planned contract that `contract_text` wrote."""
    return decoded(text, ContractPlan, name)


def failed_of(text: bytes, name: str) -> FailedContract:
    """The contract that could not be planned."""
    return decoded(text, FailedContract, name)


def _decoder(kind: type[object]) -> Decoder[object]:
    """Made once for each kind: making it takes longer than using it."""
    found = _DECODERS.get(kind)
    if found is None:
        found = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return found
