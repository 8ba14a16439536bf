"""The plan of a run in its run store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.runs.manifest import manifest_in, manifest_of, manifest_text
from connector.runs.names import PartFile, RunFile, part_file, run_file
from connector.runs.part_file import check_seal, parsed, summary_in
from connector.runs.plan_text import PlanFileError

if TYPE_CHECKING:
    from connector.run_report import PartPlan, RunPlan
    from connector.runs.part_file import SealedPart
    from connector.runs.store import RunStore
    from connector.summary import PartSummary


@dataclass(frozen=True, slots=True)
class StoredPlanSource:
    """The parts of a run in its store."""

    store: RunStore
    run_id: str

    def text(self, part: PartSummary) -> bytes:
        """The part as it was sealed."""
        text = self.store.get(part_file(self.run_id, part.number, PartFile.PLAN))
        if text is None:
            message = f"the plan of run {self.run_id} is cut: part {part.number} is missing"
            raise PlanFileError(message)
        check_seal(text, part, f"the plan of run {self.run_id}")
        return text

    def plan(self, part: PartSummary) -> PartPlan:
        """The part itself."""
        return parsed(self.text(part), part, f"the plan of run {self.run_id}")


def stored_plan(store: RunStore, run_id: str, kind: RunFile = RunFile.MANIFEST) -> RunPlan:
    """
    The frozen plan of *run_id*; *kind* may be that of a preview.

    Raises `PlanFileError` when there is none, or none that can be used.
    """
    text = store.get(run_file(run_id, kind))
    if text is None:
        message = f"the run store holds no plan of a run {run_id!r}: it had nothing to write"
        raise PlanFileError(message)
    return manifest_in(text, f"of run {run_id}").plan(StoredPlanSource(store, run_id))


def check_parts(plan: RunPlan) -> None:
    """Raise `PlanFileError` unless every part of *plan* is there and as it was sealed."""
    for part in plan.summaries:
        plan.source.text(part)


def keep_part(store: RunStore, run_id: str, part: SealedPart) -> PartSummary:
    """
    Seal *part* in the store; its summary, or that of the part which was sealed there before.

    Whoever plans a part a second time, because nobody heard of the first time, changes nothing.
    """
    name = part_file(run_id, part.summary.number, PartFile.PLAN)
    if store.put_once(name, part.text):
        return part.summary
    return summary_in(store.get(name) or b"", f"the plan {name}")


def keep_manifest(store: RunStore, run_id: str, plan: RunPlan, kind: RunFile) -> None:
    """Seal the manifest of *plan*, whose parts are kept; raises `RunStoreError`."""
    store.put_once(run_file(run_id, kind), (manifest_text(manifest_of(plan)),))


def copy_parts(plan: RunPlan, store: RunStore, run_id: str) -> None:
    """Copy the sealed parts of *plan* to another place."""
    for part in plan.summaries:
        store.put_once(part_file(run_id, part.number, PartFile.PLAN), (plan.source.text(part),))
