"""Names of definitions: prefixes of publishers, logical names and plurals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from connector.emulator.schema.editing import refusals

if TYPE_CHECKING:
    from connector.emulator.schema.editing.body import Body

# Publisher prefixes have 2 to 8 letters and digits, begin with a letter and not with "mscrm".
_PREFIXED: Final = re.compile(
    r"(?!mscrm)[a-z][a-z0-9]{1,7}_\w*[a-z0-9]\w*", re.ASCII | re.IGNORECASE
)
_NAME: Final = re.compile(r"[a-z]\w*", re.ASCII | re.IGNORECASE)
_LONGEST: Final = 100
_ES: Final = ("s", "x", "z", "ch", "sh")


def schema_name(body: Body, what: str) -> str:
    """The schema name of a custom *what*; raises 400 without a publisher's prefix."""
    name = body.text("SchemaName")
    if not _PREFIXED.fullmatch(name) or len(name) > _LONGEST:
        raise refusals.no_prefix(what, name)
    logical = body.text("LogicalName", name.lower())
    if logical != name.lower():
        message = f"The logical name {logical} is not the schema name {name} in lower case."
        raise refusals.invalid(message)
    return name


def plain_name(body: Body, member: str, default: str | None = None) -> str:
    """A name that needs no prefix: of a navigation property, a relationship or a set."""
    name = body.text(member, default)
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        message = f"'{name[:200]}' is not a valid {member}."
        raise refusals.invalid(message)
    return name


def plural(logical_name: str) -> str:
    """The entity set that Dataverse makes of a logical name when none is given."""
    if logical_name.endswith(_ES):
        return f"{logical_name}es"
    if logical_name.endswith("y") and logical_name[-2] not in "aeiou_":
        return f"{logical_name[:-1]}ies"
    return f"{logical_name}s"
