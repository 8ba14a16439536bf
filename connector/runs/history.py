"""The runs of a store as a person looks at them: what became of each, and what is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from connector.invoicing.ids import ContractId, InvoiceId, OrganizationId
from connector.outcome import InvoiceStatus
from connector.runs.plan_file import PlanFileError, parse_header, parse_plan
from connector.runs.store import RunFile, RunStoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.outcome import RunPlan
    from connector.runs.store import RunStore


class RunState(StrEnum):
    """What became of a run: *unfinished* ones are taken up by the next run."""

    FINISHED = "finished"
    UNFINISHED = "unfinished"
    STOPPED = "stopped"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Where a run ended before its report: the step, and what was said."""

    step: str
    error: str
    exit_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One contract that a run was through with."""

    contract_id: ContractId
    outcomes: tuple[tuple[InvoiceId, InvoiceStatus, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """One run of the history; *run_date* and *organization_id* are None where it kept no plan."""

    run_id: str
    state: RunState
    run_date: date | None
    organization_id: OrganizationId | None
    stop: Stop | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """Everything that was kept of one run; *report* is its JSON document."""

    record: RunRecord
    progress: tuple[Progress, ...]
    report: str | None
    undone: str | None


_STOP = TypeAdapter(Stop)
_PROGRESS = TypeAdapter(Progress)


def stop_text(stop: Stop) -> str:
    """What is kept of *stop*."""
    return _STOP.dump_json(stop).decode() + "\n"


def progress_line(progress: Progress) -> str:
    """What is kept of *progress*, on one line."""
    return _PROGRESS.dump_json(progress).decode()


def records(store: RunStore) -> tuple[RunRecord, ...]:
    """Every run of *store*, oldest first."""
    return tuple(_record(store, run_id) for run_id in store.run_ids())


def unfinished(store: RunStore, organization: OrganizationId) -> tuple[RunRecord, ...]:
    """The runs of one tenant that have a plan and neither a report nor an undoing, by run date."""
    open_ids = (run_id for run_id in store.run_ids() if not _has_ended(store, run_id))
    found = [
        record
        for record in (_record(store, run_id) for run_id in open_ids)
        if record.state is RunState.UNFINISHED and record.organization_id == organization
    ]
    return tuple(sorted(found, key=lambda record: (record.run_date or date.min, record.run_id)))


def details(store: RunStore, run_id: str) -> RunDetails:
    """Everything kept of *run_id*; raises `RunStoreError` when nothing was."""
    if run_id not in store.run_ids():
        message = f"the run store knows no run {run_id!r}"
        raise RunStoreError(message)
    return RunDetails(
        record=_record(store, run_id),
        progress=tuple(_progress(store.get(run_id, RunFile.PROGRESS) or "")),
        report=store.get(run_id, RunFile.REPORT) or store.get(run_id, RunFile.ATTEMPT),
        undone=store.get(run_id, RunFile.UNDONE),
    )


def stored_plan(store: RunStore, run_id: str) -> RunPlan:
    """The frozen plan of *run_id*; raises `PlanFileError` when there is none that can be used."""
    text = store.get(run_id, RunFile.PLAN)
    if text is None:
        message = f"the run store holds no plan of a run {run_id!r}: it had nothing to write"
        raise PlanFileError(message)
    return parse_plan(text, f"of run {run_id}")


def _record(store: RunStore, run_id: str) -> RunRecord:
    plan = store.first_line(run_id, RunFile.PLAN)
    header = parse_header(plan) if plan is not None else None
    return RunRecord(
        run_id=run_id,
        state=_state(store, run_id, has_plan=plan is not None),
        run_date=header.run_date if header else None,
        organization_id=header.organization_id if header else None,
        stop=_stop(store.get(run_id, RunFile.STOPPED)),
    )


def _state(store: RunStore, run_id: str, *, has_plan: bool) -> RunState:
    if store.first_line(run_id, RunFile.UNDONE) is not None:
        return RunState.UNDONE
    if store.first_line(run_id, RunFile.REPORT) is not None:
        return RunState.FINISHED
    return RunState.UNFINISHED if has_plan else RunState.STOPPED


def _has_ended(store: RunStore, run_id: str) -> bool:
    """Whether nothing is to be taken up; asked of every run there ever was, so it reads little."""
    kinds = (RunFile.REPORT, RunFile.UNDONE)
    return any(store.first_line(run_id, kind) is not None for kind in kinds)


def _stop(text: str | None) -> Stop | None:
    try:
        return _STOP.validate_json(text) if text is not None else None
    except ValidationError:
        return Stop(step="unknown", error="the note on where it stopped is damaged", exit_code=1)


def _progress(text: str) -> Iterator[Progress]:
    """The whole lines; the last one may have been cut when the machine ended."""
    for line in text.splitlines():
        try:
            yield _PROGRESS.validate_json(line)
        except ValidationError:
            return
