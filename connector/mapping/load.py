"""Read a mapping file; every fault in it is reported at once, with file, key and expectation."""

from __future__ import annotations

import difflib
import tomllib
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from connector.errors import ConnectorError
from connector.mapping.model import TenantMapping

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

SHIPPED = "project-operations.toml"


class MappingError(ConnectorError):
    """A mapping file that cannot be used; *faults* lists everything that is wrong with it."""

    def __init__(self, origin: str, faults: tuple[str, ...]) -> None:
        """Say which file (*origin*) and what is wrong, one line a fault."""
        super().__init__("\n".join([f"the mapping {origin} cannot be used:", *faults]))
        self.origin = origin
        self.faults = faults


def load_mapping(path: Path | None = None) -> TenantMapping:
    """
    The mapping in *path*, or the shipped one.

    Raises `MappingError` when the file is missing, is no TOML, or does not fit.
    """
    origin = str(path) if path else f"shipped {SHIPPED}"
    return parse_mapping(_text(path, origin), origin)


@lru_cache(maxsize=8)  # a process that runs again and again reads the same text each time
def parse_mapping(text: str, origin: str) -> TenantMapping:
    """The mapping that *text* (TOML) spells out; *origin* names it in messages."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(origin, (f"- it is not TOML: {error}",)) from error
    try:
        return TenantMapping.model_validate_json(_as_json(document))
    except ValidationError as error:
        faults = tuple(f"- {_fault(detail)}" for detail in error.errors())
        raise MappingError(origin, faults) from error


def _as_json(document: object) -> bytes:
    """JSON of the TOML document: pydantic's strict mode takes lists for tuples only from JSON."""
    import json  # noqa: PLC0415 - only mappings need it

    return json.dumps(document, default=str).encode()


def _text(path: Path | None, origin: str) -> str:
    source: Path | Traversable = path or _shipped()
    try:
        return source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise MappingError(origin, (f"- it cannot be read: {reason}",)) from error


def _shipped() -> Traversable | Path:
    """The mapping inside the wheel, or beside the package in a checkout."""
    packaged = resources.files("connector").joinpath("mappings_data", SHIPPED)
    if packaged.is_file():
        return packaged
    return Path(__file__).parents[2] / "mappings" / SHIPPED


def _fault(detail: ErrorDetails) -> str:
    where = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return f"{where}: unknown key{_nearest(detail['loc'])}"
    if detail["type"] == "missing":
        return f"{where}: missing"
    return f"{where}: {detail['msg']}, not {detail['input']!r}"


def _nearest(location: tuple[int | str, ...]) -> str:
    known = _known_keys(location[:-1])
    match = difflib.get_close_matches(str(location[-1]), known, n=1)
    return (
        f"; the nearest known one is {match[0]!r}" if match else f"; known are {', '.join(known)}"
    )


def _known_keys(parents: tuple[int | str, ...]) -> list[str]:
    model: type[BaseModel] = TenantMapping
    for part in parents:
        field = next((f for n, f in model.model_fields.items() if part in (n, f.alias)), None)
        if field and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            model = field.annotation
    return [field.alias or name for name, field in model.model_fields.items()]
