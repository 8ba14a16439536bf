"""The schema of a real tenant: its `$metadata`, with what saved definitions add to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.emulator.schema.file import shipped_schema
from connector.emulator.schema.from_tenant.merging import tenant_schema
from connector.emulator.schema.from_tenant.model import read_model
from connector.emulator.schema.from_tenant.saved_answers import read_answers
from connector.emulator.schema.malformed import malformed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from connector.emulator.schema.model import Schema

__all__ = ["is_model", "load_model"]


def is_model(path: Path) -> bool:
    """Whether a file is XML, as the model of a tenant is; raises SchemaError when unreadable."""
    return _content(path)[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def load_model(path: Path, definitions: Sequence[Path] = (), *, merged: bool = True) -> Schema:
    """
    The schema of a `$metadata` file and of saved answers about definitions.

    *merged* adds it to the shipped tables, whose facts about columns of the same name and type
    stay; otherwise only the tenant's tables are there. Raises SchemaError naming entity and
    property.
    """
    model = read_model(_content(path))
    answers = read_answers([(str(one), _content(one)) for one in definitions])
    return tenant_schema(model, answers, shipped_schema() if merged else None)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise malformed(place=str(path), reason=error.strerror or error) from error
