"""A lookup as it is written: a navigation property bound to a row of another table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from connector.dataverse.operations import row_path

if TYPE_CHECKING:
    from uuid import UUID

    from connector.dataverse.message import Row


class Target(Protocol):
    """A table of the mapping, as far as rows can be bound to it."""

    @property
    def set(self) -> str:
        """Its entity set."""


def bind(navigation: str | None, target: Target, row_id: UUID | None) -> Row:
    """The lookup *navigation* to the row *row_id*, or nothing where there is none to bind."""
    if navigation is None or row_id is None:
        return {}
    return {f"{navigation}@odata.bind": f"/{row_path(target.set, row_id)}"}
