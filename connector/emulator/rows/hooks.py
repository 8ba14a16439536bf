"""What a behaviour pack is: hooks into every write, and actions."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.rows.writer import Writer
    from connector.emulator.schema.model import Table
    from connector.emulator.schema.rights import Right
    from connector.emulator.schema.values import NewValues
    from connector.emulator.storage.store import StoredRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """An action call: the row it is bound to, if any, and its parameters as sent."""

    writer: Writer
    name: str
    target: StoredRow | None
    parameters: Mapping[str, Any]


class ActionHandler(Protocol):
    """Carries out an action; returns the members of its answer, None for an empty one."""

    def __call__(self, call: Call, /) -> Mapping[str, object] | None:
        """Carry out *call*; refuse it with a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """
    An action by its handler and the table that it is bound to; None when it is unbound.

    *needs* names the rights, by table, without which the service cannot do its work.
    """

    handler: ActionHandler
    bound_to: str | None = None
    needs: tuple[tuple[str, Right], ...] = ()


class Behaviour:
    """
    The plain pack: tables store what they are given and no actions exist.

    Other packs override what they need of the hooks, which `Hooks` describes.
    `writer.system` tells that the pack itself or a seed writes, which no rule for
    clients binds.
    """

    name = "plain"
    follows: frozenset[str] = frozenset()
    actions: Mapping[str, Action] = MappingProxyType({})

    def creating(self, writer: Writer, table: Table, values: NewValues) -> None:
        """Refuse or complete a row before it is created."""

    def created(self, writer: Writer, row: StoredRow) -> None:
        """Follow up the creation of *row*."""

    def updating(self, writer: Writer, row: StoredRow, values: NewValues) -> None:
        """Refuse or complete a change before it is made."""

    def updated(self, writer: Writer, before: StoredRow, after: StoredRow) -> None:
        """Follow up a change."""

    def deleting(self, writer: Writer, row: StoredRow) -> None:
        """Refuse or prepare the deletion of *row*."""

    def deleted(self, writer: Writer, row: StoredRow) -> None:
        """Follow up a deletion."""
