"""How much an answer says of itself, and how it writes large numbers: the Accept header."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from werkzeug.http import parse_options_header

from connector.emulator import faults

if TYPE_CHECKING:
    from collections.abc import Mapping

_JSON: Final = ("application/json", "application/*", "*/*", "")


class Metadata(StrEnum):
    """The levels of `odata.metadata`."""

    NONE = "none"
    MINIMAL = "minimal"
    FULL = "full"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """The form of an answer; *numbers_as_text* is `IEEE754Compatible=true`."""

    metadata: Metadata = Metadata.MINIMAL
    numbers_as_text: bool = False

    @property
    def content_type(self) -> str:
        """The Content-Type that names this form."""
        text = f"application/json; odata.metadata={self.metadata.value}"
        return f"{text}; IEEE754Compatible=true" if self.numbers_as_text else text


PLAIN: Final = Format()


@lru_cache(maxsize=256)
def read_format(accept: str) -> Format:
    """
    The form that an Accept header asks for: the first media type of JSON in it.

    Raises 406 for a level of metadata that does not exist.
    """
    for part in accept.split(","):
        kind, raw = parse_options_header(part)
        if kind.lower() in _JSON:
            return _format({name.lower(): value for name, value in raw.items()})
    return PLAIN


@lru_cache(maxsize=64)
def takes_numbers_as_text(content_type: str) -> bool:
    """Whether a body writes large numbers as texts."""
    _, options = parse_options_header(content_type)
    return {k.lower(): v for k, v in options.items()}.get("ieee754compatible", "") == "true"


def _format(options: Mapping[str, str]) -> Format:
    level = options.get("odata.metadata", Metadata.MINIMAL.value)
    try:
        metadata = Metadata(level)
    except ValueError as error:
        message = f"There is no odata.metadata level '{level[:40]}'."
        raise faults.DataverseFault(406, "0x80060888", message) from error
    is_text = options.get("ieee754compatible", "").lower() == "true"
    return Format(metadata=metadata, numbers_as_text=is_text)
