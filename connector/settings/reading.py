"""From raw keys to settings, collecting faults instead of stopping at the first."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, get_args

from pydantic import ValidationError

from connector.dataverse.auth import AuthMethod
from connector.settings.document import WINDOWS_PATH, typed
from connector.settings.faults import ConfigError, spell_out, unknown
from connector.settings.settings import SECTIONS, SettingsFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from connector.settings.document import Document, Entry
    from connector.settings.settings import Settings

#: Keys that name a file or folder; a relative one is meant from the configuration file's folder.
_PATHS: Final = frozenset({("dataverse", "mapping"), ("auth", "certificate"), ("run", "store")})


def settings_from(document: Document) -> Settings:
    """The settings that *document* spells out; raises `ConfigError` with every fault there is."""
    faults = [*document.stray, *_unknown(document.entries), *_escaped_paths(document.entries)]
    known = [_prepared(entry) for entry in document.entries if _is_known(entry)]
    try:
        file = SettingsFile.model_validate_json(_as_json(known))
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise ConfigError((*faults, *(spell_out(detail, known) for detail in details))) from None
    faults += _contradictions(file)
    if faults:
        raise ConfigError(tuple(faults))
    return file.settings()


def _unknown(entries: Iterable[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.section not in SECTIONS:
            yield f"{entry.origin}: section {entry.section!r} is {unknown(entry.section, SECTIONS)}"
        elif not _is_known(entry):
            keys = SECTIONS[entry.section].model_fields
            yield f"{entry.origin}: key {entry.key!r} is {unknown(entry.key, keys)}"


def _escaped_paths(entries: Iterable[Entry]) -> Iterator[str]:
    r"""Paths in which TOML has read an escape, as in "C:\runs", whose \r is a line end."""
    for entry in entries:
        is_path = (entry.section, entry.key) in _PATHS and isinstance(entry.value, str)
        if is_path and "://" not in str(entry.value) and not str(entry.value).isprintable():
            yield f"{entry.origin}: {entry.value!r} holds a control character; {WINDOWS_PATH}"


def _is_known(entry: Entry) -> bool:
    section = SECTIONS.get(entry.section)
    return section is not None and entry.key in section.model_fields


def _prepared(entry: Entry) -> Entry:
    """*entry* with its value typed where it was text, and its path absolute where it is one."""
    value = entry.value
    if entry.folder is None and isinstance(value, str):
        annotation = SECTIONS[entry.section].model_fields[entry.key].annotation
        return replace(entry, value=typed(value, get_args(annotation) or (annotation,)))
    is_path = (entry.section, entry.key) in _PATHS and isinstance(value, str) and value
    if entry.folder and is_path and "://" not in str(value):
        return replace(entry, value=str(entry.folder / Path(str(value))))
    return entry


def _as_json(entries: Iterable[Entry]) -> bytes:
    """JSON for pydantic, whose strict mode takes enums, ids and decimals from JSON texts only."""
    sections: dict[str, dict[str, object]] = {"dataverse": {}, "run": {}}
    for entry in entries:
        sections.setdefault(entry.section, {})[entry.key] = entry.value
    return json.dumps(sections, default=str).encode()


def _contradictions(file: SettingsFile) -> Iterator[str]:
    """What no key says by itself."""
    auth, dataverse = file.auth, file.dataverse
    if auth.method is AuthMethod.NONE and not dataverse.is_on_loopback:
        yield (
            f"[auth] method: 'none' is for a loopback host only, and [dataverse] url is"
            f" {dataverse.url}; choose one of {', '.join(m for m in AuthMethod if m != 'none')}"
        )
    for name, path in (
        ("[dataverse] mapping", dataverse.mapping),
        ("[auth] certificate", auth.certificate),
    ):
        if path is not None and not path.is_file():
            yield f"{name}: there is no file {path}"
