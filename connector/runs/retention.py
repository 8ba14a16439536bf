"""Which runs are old enough to be forgotten, and how one goes without ever looking unfinished."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from connector.run_record import RunState
from connector.runs.history import AT_ONCE, record_of
from connector.runs.names import RUNS, RunFile, run_file, run_folder, run_id_of
from connector.runs.run_begin import kept_begin

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from connector.invoicing.ids import OrganizationId
    from connector.runs.store import RunStore

#: The plan goes first, so that half of a removed run is never taken up; the beginning goes last,
#: so that a removal that was interrupted is continued.
_FIRST: Final = (RunFile.MANIFEST, RunFile.PREVIEW)
_LAST: Final = (RunFile.REPORT, RunFile.UNDONE, RunFile.BEGUN)


def old_runs(store: RunStore, organization: OrganizationId, before: datetime) -> Iterator[str]:
    """
    The runs of one tenant that began *before* an instant and that nothing is left to do for.

    A run that is unfinished, or whose undoing is, stays however old it is; so does one whose
    beginning cannot be read.
    """
    ids = [run_id_of(folder) for folder in store.names(RUNS)]
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="proforma-retention") as pool:
        begins = list(pool.map(lambda run_id: kept_begin(store, run_id), ids))
    for run_id, begin in zip(ids, begins, strict=True):
        if begin is None or begin.organization_id != organization or begin.began >= before:
            continue
        if not _is_open(store, run_id):
            yield run_id


def remove_run(store: RunStore, run_id: str) -> None:
    """Remove everything that is kept of a run; raises `RunStoreError`, and can be repeated."""
    kept = store.names(run_folder(run_id))
    first, last = ([run_file(run_id, kind) for kind in kinds] for kinds in (_FIRST, _LAST))
    between = [name for name in kept if name not in (*first, *last)]
    for name in (*first, *between, *last):
        if name in kept:
            store.delete(name)


def _is_open(store: RunStore, run_id: str) -> bool:
    state = record_of(store, run_id).state
    is_undoing = store.get(run_file(run_id, RunFile.UNDOING)) is not None
    return state is RunState.UNFINISHED or (is_undoing and state is not RunState.UNDONE)
