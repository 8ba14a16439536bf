"""Parameters of functions in an address: literals, JSON, and aliases that the query gives."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.faults import DataverseFault
from connector.emulator.operations.reads import aliases_of
from connector.emulator.protocol.addressing import unquote_text
from connector.emulator.protocol.json_text import loads
from connector.emulator.schema.values import parse_guid, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from connector.emulator.operations.scope import Scope
    from connector.emulator.protocol.addressing import Segment
    from connector.emulator.storage.store import StoredRow

_SIGNS: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[,()\[\]{}]")
_PAIR: Final = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*(.*\S)\s*", re.DOTALL | re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,18})?", re.ASCII)
_ENUM: Final = re.compile(r"Microsoft\.Dynamics\.CRM\.\w+'(\w+)'", re.ASCII)
_WORDS: Final[Mapping[str, object]] = {"true": True, "false": False, "null": None}


class _Bare(str):
    """A word without quotes: a guid or an instant, no text."""

    __slots__ = ()


class Parameters:
    """The parameters of one call by name; every fault names the function and the parameter."""

    def __init__(self, function: str, values: Mapping[str, object]) -> None:
        self._function = function
        self._values = values

    @property
    def function(self) -> str:
        """The name of the function."""
        return self._function

    def only(self, *names: str) -> Parameters:
        """These parameters, when they have no other names; 400 otherwise."""
        for name in self._values:
            if name not in names:
                message = f"The function '{self._function}' has no parameter '{name}'."
                raise faults.bad_request(message)
        return self

    def text(self, name: str) -> str:
        """A text, which stands in quotes."""
        found = self._get(name)
        if not isinstance(found, str) or isinstance(found, _Bare):
            raise self._wrong(name, "a text")
        return found

    def whole(self, name: str) -> int:
        """A whole number."""
        found = self._get(name)
        if isinstance(found, bool) or not isinstance(found, int):
            raise self._wrong(name, "a whole number")
        return found

    def instant(self, name: str) -> datetime:
        """An instant."""
        found = self._get(name)
        instant = parse_instant(found) if isinstance(found, str) else None
        if instant is None:
            raise self._wrong(name, "an instant")
        return instant

    def guid(self, name: str) -> UUID:
        """An id."""
        found = self._get(name)
        guid = parse_guid(found) if isinstance(found, str) else None
        if guid is None:
            raise self._wrong(name, "a guid")
        return guid

    def flag(self, name: str, *, default: bool) -> bool:
        """``true`` or ``false``; *default* where it is not given."""
        found = self._values.get(name, default)
        if not isinstance(found, bool):
            raise self._wrong(name, "true or false")
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts."""
        found = self._get(name)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self._wrong(name, "a list of texts")
        return tuple(found)

    def entity(self, name: str) -> Mapping[str, object]:
        """A row by its address, or by type and key."""
        found = self._get(name)
        if not isinstance(found, dict):
            raise self._wrong(name, "an entity")
        return found

    def row(self, name: str, scope: Scope) -> StoredRow:
        """The row that a reference such as ``{"@odata.id": "accounts(…)"}`` names; 404 for none."""
        found = self._get(name)
        address = found.get("@odata.id") if isinstance(found, dict) else None
        if not isinstance(address, str):
            raise self._wrong(name, "a reference with '@odata.id'")
        return scope.writer.resolve(address)

    def _get(self, name: str) -> object:
        if name not in self._values:
            message = f"The function '{self._function}' needs the parameter '{name}'."
            raise faults.bad_request(message)
        return self._values[name]

    def _wrong(self, name: str, expected: str) -> DataverseFault:
        message = f"The parameter '{name}' of '{self._function}' must be {expected}."
        return faults.bad_request(message)


def parameters_of(scope: Scope, segment: Segment) -> Parameters:
    """The parameters between the parentheses of a segment; an alias that is not given is null."""
    aliases = aliases_of(scope)
    values: dict[str, object] = {}
    for part in _parts(segment.arguments or ""):
        match = _PAIR.fullmatch(part)
        if match is None or match[1] in values:
            raise faults.bad_request(message=f"Syntax error in the parameters at '{part[:80]}'.")
        text = match[2]
        values[match[1]] = _value(aliases.get(text, "null") if text.startswith("@") else text)
    return Parameters(segment.name.rpartition(".")[2], values)


def _parts(text: str) -> Iterator[str]:
    """The parts between commas outside quotes, parentheses, brackets and braces."""
    depth = start = 0
    for match in _SIGNS.finditer(text):
        sign = match[0]
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            yield text[start : match.start()]
            start = match.end()
    if text[start:].strip():
        yield text[start:]


def _value(text: str) -> object:
    """A literal, or JSON whose texts may stand in single quotes, as samples have them."""
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return unquote_text(text)
    if text.startswith(("{", "[")):
        return _json(text)
    if _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    enum = _ENUM.fullmatch(text)
    return enum[1] if enum else _Bare(text)


def _json(text: str) -> object:
    try:
        return loads(text.encode("utf-8"))
    except DataverseFault:
        return loads(text.replace("'", '"').encode("utf-8"))
