"""How the drafts of a run stood right after they were written, kept beside its progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.projectops.fingerprint import DraftPrint  # noqa: TC001 - read back by its type
from connector.runs.names import PartFile, part_file
from connector.runs.plan_text import PlanFileError, decoded, encoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.invoicing.ids import InvoiceId
    from connector.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintLine:
    """The drafts that were read back together."""

    prints: tuple[DraftPrint, ...]


def keep_prints(store: RunStore, run_id: str, number: int, prints: Sequence[DraftPrint]) -> None:
    """Add *prints* of a part; raises `RunStoreError`. Nothing is written where there are none."""
    if prints:
        name = part_file(run_id, number, PartFile.PRINTS)
        store.append(name, encoded(PrintLine(prints=tuple(prints))))


def kept_prints(store: RunStore, run_id: str, number: int) -> Mapping[InvoiceId, DraftPrint]:
    """
    The drafts of a part as they were kept, the last reading of each.

    A line that was cut when the machine ended says nothing: its drafts are compared with the plan.
    """
    found: dict[InvoiceId, DraftPrint] = {}
    for line in (store.get(part_file(run_id, number, PartFile.PRINTS)) or b"").splitlines():
        try:
            prints = decoded(line, PrintLine, "a line of fingerprints").prints
        except PlanFileError:
            continue
        found |= {item.invoice_id: item for item in prints}
    return found
