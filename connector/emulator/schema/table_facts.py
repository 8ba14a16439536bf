"""What is known of well-known tables beside their columns: object type codes, notes, activities."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from connector.emulator.schema.identity import object_type_code

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFacts:
    """
    Facts of one table from its page in the entity reference.

    *code* is the object type code; *notes*, *activities*, *activity*, *party* and *email* say
    what EntityMetadata calls HasNotes, HasActivities, IsActivity, IsActivityParty and
    HasEmailAddresses.
    """

    schema_name: str = ""
    collection: str = ""
    logical_collection: str = ""
    code: int | None = None
    notes: bool = False
    activities: bool = False
    activity: bool = False
    party: bool = False
    email: bool = False
    private: bool = False
    color: str | None = None


def facts_of(logical_name: str) -> TableFacts:
    """The facts of a table; those of an ordinary custom table where none are known."""
    return _facts().get(logical_name, _ORDINARY)


def type_code_of(logical_name: str) -> int:
    """The object type code of a table, a made-up one where no source shows it."""
    code = facts_of(logical_name).code
    return object_type_code(logical_name) if code is None else code


@cache
def _facts() -> Mapping[str, TableFacts]:
    file = resources.files("connector.emulator").joinpath("schemas", "table-facts.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    return {name: TableFacts(**body) for name, body in document.items()}


_ORDINARY = TableFacts()
