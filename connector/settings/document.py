"""The raw settings: a TOML file and, laid over it, variables of the environment."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

PREFIX: Final = "PROFORMA__"
_WHOLE_NUMBER: Final = re.compile(r"[+-]?\d+")
#: What to do about a backslash, which begins an escape between double quotes.
WINDOWS_PATH: Final = r"a path of Windows is written in single quotes: 'C:\proforma\runs'"
_ESCAPED: Final = re.compile(r'"[^"\n]*\\')
_TRUTH: Final = {"true": True, "false": False}


class UnreadableFileError(ValueError):
    """A configuration file that is missing, not readable or no TOML."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key with its value and where it was said, for messages; *folder* is that file's."""

    section: str
    key: str
    value: object
    origin: str
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Every key that was set anywhere; *stray* are faults of form."""

    entries: tuple[Entry, ...]
    stray: tuple[str, ...] = field(default=())


def read_document(path: Path | None, environ: Mapping[str, str]) -> Document:
    """
    What the file in *path* and the environment say, the environment having the last word.

    Raises `UnreadableFileError`.
    """
    stray: list[str] = []
    entries = {
        (entry.section, entry.key): entry
        for entry in [*_from_file(path, stray), *_from_environment(environ, stray)]
    }
    return Document(entries=tuple(entries.values()), stray=tuple(stray))


def _from_file(path: Path | None, stray: list[str]) -> Iterator[Entry]:
    for section, table in (_parse(path) if path else {}).items():
        if not isinstance(table, dict):
            stray.append(f"{path}: {section}: expected inside a section such as [dataverse]")
            continue
        for key, value in table.items():
            yield Entry(
                section=section,
                key=key,
                value=value,
                origin=f"{path}: [{section}] {key}",
                folder=path.absolute().parent if path else None,
            )


def _parse(path: Path) -> dict[str, object]:
    text = _text(path)
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        hint = f"; {WINDOWS_PATH}" if _ESCAPED.search(text) else ""
        msg = f"{path}: is not TOML: {error}{hint}"
        raise UnreadableFileError(msg) from error


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        msg = f"{path}: cannot be read: {error.strerror or error}"
        raise UnreadableFileError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"{path}: is not UTF-8 text"
        raise UnreadableFileError(msg) from error


def _from_environment(environ: Mapping[str, str], stray: list[str]) -> Iterator[Entry]:
    """An empty variable counts as not set: that is how app settings are cleared."""
    for name in sorted(environ):
        text = environ[name]
        if not name.upper().startswith(PREFIX) or not text:
            continue
        section, _, key = name[len(PREFIX) :].lower().partition("__")
        if not key:
            stray.append(f"environment: {name}: expected {PREFIX}SECTION__KEY")
            continue
        yield Entry(section=section, key=key, value=text, origin=f"environment: {name}")


def typed(text: str, kinds: tuple[object, ...]) -> object:
    """
    The value that the text of an environment variable stands for, given the types of its key.

    What does not look like one of *kinds* stays text and is refused where types are checked.
    """
    if bool in kinds and text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if int in kinds and _WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return text
