"""What a rehearsal shows: the run in the emulator, and what the platform's logic makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from connector.projectops.rehearsed import RehearsedDraft, StatusMove
    from connector.run_report import RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """
    What a run would have made of the tenant.

    *report* is that of the run in the emulator, marked as one that writes nothing; *drafts* are
    its invoices as the platform's logic leaves them, *moves* the statuses that went with them.
    """

    report: RunReport
    drafts: tuple[RehearsedDraft, ...]
    moves: tuple[StatusMove, ...]
