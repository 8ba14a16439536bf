"""The first file of a run: what kind of run it is, of which date and tenant, and when it began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from connector.invoicing.ids import OrganizationId
from connector.run_record import RunKind
from connector.runs.names import RunFile, run_file, run_folder
from connector.runs.plan_text import PlanFileError, decoded, encoded

if TYPE_CHECKING:
    from connector.runs.store import RunStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBegin:
    """
    What is known of a run when it begins; an undoing bills no date.

    *order* names what a run in steps was started by, so that a step that is done twice knows it.
    """

    kind: RunKind
    run_date: date | None
    organization_id: OrganizationId
    began: datetime
    order: str | None = None


def keep_begin(store: RunStore, run_id: str, begin: RunBegin) -> bool:
    """Keep the beginning of a run; False where the run has begun before."""
    return store.put_once(run_file(run_id, RunFile.BEGUN), (encoded(begin),))


def kept_begin(store: RunStore, run_id: str) -> RunBegin | None:
    """The beginning of a run; None where nothing readable is kept of it."""
    text = store.get(run_file(run_id, RunFile.BEGUN))
    try:
        return None if text is None else decoded(text, RunBegin, "the beginning of a run")
    except PlanFileError:
        return None


def unused_run_id(store: RunStore, run_id: str) -> str:
    """*run_id*, or that with a number where a run of this name is kept already."""
    number, candidate = 1, run_id
    while store.names(run_folder(candidate)):
        number += 1
        candidate = f"{run_id}.{number}"
    return candidate
