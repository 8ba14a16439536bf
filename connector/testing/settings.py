"""How a test wants its emulator: from the marker `dataverse`, else from pytest's settings."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.emulator import Emulator, Schema

MARKER: Final = "dataverse"
MARKER_HELP: Final = (
    "dataverse(seed=None, schema=None, definitions=(), schema_only=False, "
    "behaviour='project-operations', now=None, limits=False, auth='off', strict=False, "
    "lenient=False, privileges=None, allow=()): "
    "what the fixtures dataverse and dataverse_server hold and do."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """
    What an emulator of the fixtures holds and does.

    *seed* is what `Emulator.seed` takes, or several of it, loaded together: a mapping of entity
    sets to rows, an OData page, a JSON, CSV, zip or data.xml file, or a folder. *strict* refuses
    lookups to rows that are not there; *lenient* leaves out what cannot be read. *schema* and
    *definitions* are files, as `load_schema` takes them; *schema_only* leaves out the shipped
    tables. *now* sets the clock, which stands still: an instant, or text as ISO 8601 has it,
    without an offset in UTC. *limits* enforces the protection limits. *privileges* says what
    users may do, as `Emulator.grant` takes it: a mapping, or a JSON file. *allow* names hosts
    that the test may reach beside the emulator.
    Files of the marker are found from the test's folder, those of the settings from pytest's.
    """

    seed: Any = None
    schema: Path | None = None
    definitions: tuple[Path, ...] = ()
    schema_only: bool = False
    behaviour: str = "project-operations"
    now: datetime | None = None
    limits: bool = False
    auth: str = "off"
    strict: bool = False
    lenient: bool = False
    privileges: Any = None
    allow: tuple[str, ...] = ()


def add_settings(parser: pytest.Parser) -> None:
    """Declare the settings that a project's pytest configuration may have."""
    parser.addini("dataverse_seed", "Rows of every emulated Dataverse.", "paths", [])
    parser.addini("dataverse_schema", "Its tables: a schema file or $metadata.", "paths", [])
    parser.addini("dataverse_definitions", "Saved answers about definitions.", "paths", [])
    parser.addini("dataverse_privileges", "What its users may do: a JSON file.", "paths", [])
    parser.addini("dataverse_allow", "Hosts that tests may reach beside it.", "args", [])
    parser.addini("dataverse_behaviour", "'project-operations' or 'plain'.", "string", "")


def settings_of(request: pytest.FixtureRequest) -> Settings:
    """The settings of one test; raises `pytest.UsageError` for a word that the marker lacks."""
    found = _configured(request.config)
    folder = request.path.parent
    for mark in reversed(list(request.node.iter_markers(MARKER))):
        known = {field.name for field in fields(Settings)}
        unknown = sorted(set(mark.kwargs) - known)
        if unknown or mark.args:
            what = f"'{unknown[0]}'" if unknown else "what has no name"
            message = f"the marker {MARKER} does not know {what}; it takes {MARKER_HELP}"
            raise pytest.UsageError(message)
        found = replace(found, **_read(mark.kwargs, folder))
    return found


def made(settings: Settings) -> Emulator:
    """A new emulator; its owner closes it."""
    from connector.emulator import (  # noqa: PLC0415 - pytest loads this module in every project
        Emulator,
        EmulatorOptions,
        LimitSettings,
        SeedRules,
    )

    limits = LimitSettings(enforced=settings.limits, advances_clock=settings.limits)
    emulator = Emulator(
        _schema_of(settings),
        behaviour=settings.behaviour,
        auth=settings.auth,
        options=EmulatorOptions(
            limits=limits,
            seeds=SeedRules(strict=settings.strict, lenient=settings.lenient),
            privileges=_source(settings.privileges),
        ),
    )
    if settings.now is not None:
        emulator.clock.set(settings.now)
    emulator.seed(*(_source(seed) for seed in _several(settings.seed)))
    return emulator


def _source(seed: Any) -> Any:  # noqa: ANN401  whatever the marker was given
    return Path(seed) if isinstance(seed, str | os.PathLike) else seed


def _configured(config: pytest.Config) -> Settings:
    return Settings(
        seed=tuple(config.getini("dataverse_seed")) or None,
        privileges=_one_file(config, "dataverse_privileges"),
        schema=_one_file(config, "dataverse_schema"),
        definitions=tuple(config.getini("dataverse_definitions")),
        behaviour=config.getini("dataverse_behaviour") or Settings().behaviour,
        allow=tuple(config.getini("dataverse_allow")),
    )


def _one_file(config: pytest.Config, name: str) -> Path | None:
    files: Sequence[Path] = config.getini(name)
    if len(files) > 1:
        message = f"{name} names more than one file"
        raise pytest.UsageError(message)
    return files[0] if files else None


def _read(given: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The words of a marker, its files found from *folder*."""
    values = dict(given)
    if "seed" in values:
        values["seed"] = tuple(_placed(one, folder) for one in _several(values["seed"]))
    if values.get("privileges") is not None:
        values["privileges"] = _placed(values["privileges"], folder)
    if values.get("schema") is not None:
        values["schema"] = Path(folder, values["schema"])
    if "definitions" in values:
        values["definitions"] = tuple(Path(folder, one) for one in _several(values["definitions"]))
    if "allow" in values:
        values["allow"] = _several(values["allow"])
    if values.get("now") is not None:
        values["now"] = _instant(values["now"])
    return values


def _several(value: Any) -> tuple[Any, ...]:  # noqa: ANN401  whatever the marker was given
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _placed(seed: Any, folder: Path) -> Any:  # noqa: ANN401  a mapping stays as it is
    return Path(folder, seed) if isinstance(seed, str | os.PathLike) else seed


def _instant(value: datetime | str) -> datetime:
    instant = datetime.fromisoformat(value) if isinstance(value, str) else value
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)


def _schema_of(settings: Settings) -> Schema | None:
    if settings.schema is None:
        return None
    files = (settings.schema, *settings.definitions)
    changed = tuple(file.stat().st_mtime_ns if file.exists() else 0 for file in files)
    return _loaded(settings.schema, settings.definitions, not settings.schema_only, changed)


@lru_cache(maxsize=8)
def _loaded(
    schema: Path,
    definitions: tuple[Path, ...],
    merged: bool,  # noqa: FBT001  lru_cache keys by position
    _changed: tuple[int, ...],
) -> Schema:
    """The schema of files, read again only when one of them changed."""
    from connector.emulator import load_schema  # noqa: PLC0415 - see `made`

    return load_schema(schema, definitions=definitions, merged=merged)
