"""Who writes and reads in a transaction, and what decides what that caller may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from connector.emulator.storage.principals import USER

if TYPE_CHECKING:
    from connector.emulator.faults import DataverseFault
    from connector.emulator.schema.model import Reference, Table
    from connector.emulator.schema.rights import Right
    from connector.emulator.storage.row_reader import StoredRow


class Access(Protocol):
    """What a caller may do; every refusal is a fault with the service's words."""

    def demand(self, table: Table, right: Right) -> None:
        """Raise 403 unless the caller has the right to rows of *table*, to whatever depth."""

    def demand_named(self, privilege: str) -> None:
        """Raise 403 unless the caller has a privilege that is no right to rows."""

    def condition(self, table: Table, right: Right) -> str | None:
        """The SQL condition of the rows of *table* that a right reaches; None for all."""

    def refusal(self, row: StoredRow, right: Right) -> DataverseFault:
        """The 403 of a row that the right does not reach."""

    def check_owner(self, table: Table, owner: Reference, *, creating: bool) -> None:
        """Raise 403 when *owner* could not read what it is to own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """
    The user in whose name a transaction runs, and the one who acts on its behalf, if any.

    Without *access* everything is allowed.
    """

    user: Reference = USER
    delegate: Reference | None = None
    access: Access | None = None


OWN_USER: Final = Caller()
"""The emulator's own user, a system administrator."""
