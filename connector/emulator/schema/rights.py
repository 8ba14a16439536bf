"""Rights to rows and how far they reach, as Dataverse names and numbers them."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


class Right(Enum):
    """What may be done with a row; the value is the verb in the names of privileges."""

    CREATE = "Create"
    READ = "Read"
    WRITE = "Write"
    DELETE = "Delete"
    ASSIGN = "Assign"
    SHARE = "Share"
    APPEND = "Append"
    APPEND_TO = "AppendTo"

    @property
    def access(self) -> str:
        """The member of AccessRights, for example ``ReadAccess``."""
        return f"{self.value}Access"

    @property
    def mask(self) -> int:
        """The number of that member."""
        return _MASKS[self]


class Depth(IntEnum):
    """How far a privilege reaches, by its PrivilegeDepth mask; a higher one includes a lower."""

    BASIC = 1
    LOCAL = 2
    DEEP = 4
    GLOBAL = 8

    @property
    def wire(self) -> str:
        """The name on the wire."""
        return self.name.capitalize()


# In the order of their numbers, in which the service lists them.
_MASKS: Final = {
    Right.READ: 1,
    Right.WRITE: 2,
    Right.APPEND: 4,
    Right.APPEND_TO: 16,
    Right.CREATE: 32,
    Right.DELETE: 65_536,
    Right.SHARE: 262_144,
    Right.ASSIGN: 524_288,
}
NO_ACCESS: Final = "None"


def mask_of(rights: Iterable[Right]) -> int:
    """The numbers of some rights together."""
    return sum({right.mask for right in rights})


def rights_in(mask: int) -> tuple[Right, ...]:
    """The rights of which *mask* is made."""
    return tuple(right for right, number in _MASKS.items() if mask & number)


def access_text(mask: int) -> str:
    """A mask as AccessRights is written on the wire, ``None`` for nothing."""
    return ", ".join(right.access for right in rights_in(mask)) or NO_ACCESS


def read_access(text: str) -> int | None:
    """The mask of AccessRights as written on the wire; None for an unknown member."""
    known = {right.access: right.mask for right in Right} | {NO_ACCESS: 0}
    parts = {part.strip() for part in text.split(",")}
    return sum(known[part] for part in parts) if parts <= set(known) else None


def depth_named(text: str) -> Depth | None:
    """The depth of a name, without regard to case; None for another text."""
    return Depth.__members__.get(text.strip().upper())
