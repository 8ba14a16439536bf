"""The parameters of a function call, written in parentheses or by aliases of the query."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connector.emulator import faults
from connector.emulator.protocol.addressing import parse_guid, unquote_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from connector.emulator.protocol.addressing import Segment

_SIGNS: Final = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[,()\[\]{}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The literals of a call by the names of its parameters, aliases resolved."""

    function: str
    literals: Mapping[str, str]

    def has(self, name: str) -> bool:
        """Whether a parameter was given."""
        return name in self.literals

    def text(self, name: str) -> str:
        """A text, quoted as OData writes it."""
        literal = self._literal(name)
        if not (literal.startswith("'") and literal.endswith("'") and len(literal) > 1):
            raise self._wrong(name, "a text")
        return unquote_text(literal)

    def guid(self, name: str) -> UUID:
        """A guid, bare."""
        found = parse_guid(self._literal(name))
        if found is None:
            raise self._wrong(name, "a guid")
        return found

    def flag(self, name: str, *, default: bool) -> bool:
        """``true`` or ``false``; *default* where it is not given."""
        if name not in self.literals:
            return default
        literal = self.literals[name]
        if literal not in ("true", "false"):
            raise self._wrong(name, "true or false")
        return literal == "true"

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, as JSON."""
        found = self._json(name)
        if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
            raise self._wrong(name, "a list of texts")
        return tuple(found)

    def entity(self, name: str) -> Mapping[str, object]:
        """An object, as JSON; single quotes are taken too."""
        found = self._json(name)
        if not isinstance(found, dict):
            raise self._wrong(name, "an object")
        return found

    def only(self, *names: str, optional: tuple[str, ...] = ()) -> Parameters:
        """These parameters, provided that they are the named ones; else there is no such call."""
        if not set(names) <= set(self.literals) <= {*names, *optional}:
            raise faults.unknown_segment(self.function)
        return self

    def _literal(self, name: str) -> str:
        if name not in self.literals:
            raise faults.unknown_segment(self.function)
        return self.literals[name]

    def _json(self, name: str) -> object:
        literal = self._literal(name)
        for text in (literal, literal.replace("'", '"')):
            try:
                found: object = json.loads(text)
            except (ValueError, RecursionError):
                continue
            return found
        raise self._wrong(name, "JSON")

    def _wrong(self, name: str, expected: str) -> faults.DataverseFault:
        message = f"The parameter '{name}' of {self.function} must be {expected}."
        return faults.bad_request(message)


def parameters_of(segment: Segment, name: str, aliases: Mapping[str, str]) -> Parameters:
    """The parameters in the parentheses of *segment*; 400 for text that is none, or unset alias."""
    literals: dict[str, str] = {}
    for part in _parts(segment.arguments or ""):
        key, sign, literal = (text.strip() for text in part.partition("="))
        if not sign or not key or not literal or key in literals:
            message = f"The parameters of {name} cannot be read: '{part.strip()[:100]}'."
            raise faults.bad_request(message)
        literals[key] = _resolved(name, key, literal, aliases)
    return Parameters(function=name, literals=literals)


def _resolved(function: str, key: str, literal: str, aliases: Mapping[str, str]) -> str:
    if not literal.startswith("@"):
        return literal
    value = aliases.get(literal)
    if value is None:
        message = f"The alias '{literal[:60]}' of the parameter '{key}' of {function} has no value."
        raise faults.bad_request(message)
    return value.strip()


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
