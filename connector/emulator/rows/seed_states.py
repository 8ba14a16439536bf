"""Whether the status reason of a seed's row belongs to its state."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.emulator.rows.seed_values import options_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.emulator.schema.model import Table
    from connector.emulator.schema.values import NewValues


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePairs:
    """Which status reasons belong to which state of a table."""

    states: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    pairs: Mapping[int, int] = field(default_factory=dict)

    @staticmethod
    def of(table: Table) -> StatePairs:
        """The pairs of a table; none where it has no state."""
        state, reason = table.columns.get("statecode"), table.columns.get("statuscode")
        if state is None or reason is None:
            return StatePairs()
        return StatePairs(states=state.options, reasons=reason.options, pairs=reason.states)

    def problem(self, values: NewValues) -> str | None:
        """What is wrong with the pair in a row; the status reason is then taken out of it."""
        state, reason = values.get("statecode"), values.get("statuscode")
        if not isinstance(reason, int) or not isinstance(state, int):
            return None
        belongs_to = self.pairs.get(reason, state)
        if belongs_to == state:
            return None
        del values["statuscode"]
        fitting = {one: text for one, text in self.reasons.items() if self.pairs.get(one) == state}
        return (
            f"'statuscode': {reason} {self.reasons.get(reason, '')} belongs to statecode "
            f"{belongs_to} {self.states.get(belongs_to, '')}, the row has {state} "
            f"{self.states.get(state, '')}; expected: {options_text(fitting)}"
        )
