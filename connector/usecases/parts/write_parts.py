"""All parts of a plan written, several at once: what became of each, for the report of the run."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import DataverseError
from connector.invoicing.plan import PlanWarning
from connector.projectops.refusals import remedy
from connector.projectops.written import why_not_tried
from connector.run_report import RunReport
from connector.runs.part_report import kept_part_report
from connector.runs.run_end import written_results, written_so_far
from connector.runs.store import RunStoreError
from connector.usecases.measures import measure_run
from connector.usecases.parts.in_flight import InFlight
from connector.usecases.parts.plan_parts import EVERYBODYS
from connector.usecases.parts.tasks import WriteTask
from connector.usecases.parts.write_part import write_control, write_part
from connector.usecases.progress import PartWritten
from connector.usecases.requests import request_counts
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.run_report import RunPlan
    from connector.runs.journal import Journal
    from connector.summary import OutcomeSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.write_part import WriteControl
    from connector.usecases.session import Session


#: What is said of invoices that an interrupted run has not written.
INTERRUPTED: Final = "not written yet: the run was interrupted"


@dataclass(slots=True, kw_only=True)
class PartsWriter:
    """Writes the parts of one plan, and knows which failure ends what."""

    session: Session
    journal: Journal
    control: WriteControl
    parts: int
    unread: DataverseError | None = None
    _done: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def attempt(self, task: WriteTask) -> OutcomeSummary | None:
        """
        Write one part; None when it was not tried.

        A failure to read it is the reason why this part, or everything that is left, was not
        tried: other parts may have been written by then.
        """
        environment = self.session.environment
        try:
            summary = write_part(environment, self.journal.forgiving, task, self.control)
        except DataverseError as error:
            self.unread = self.unread or error
            if isinstance(error, EVERYBODYS):
                self.control.halted = error
            return None
        if summary is not None:
            self._through(task)
        return summary

    def _through(self, task: WriteTask) -> None:
        with self._counting:
            self._done += 1
            done = self._done
        number = task.part.number
        event = PartWritten(run_id=task.run_id, number=number, done=done, parts=self.parts)
        self.session.environment.watch.tell(event)

    @property
    def reason(self) -> str | None:
        """Why parts were not tried."""
        if self.control.halted is not None:
            return why_not_tried(self.control.halted)
        if self.unread is not None:
            return f"not tried, because its part could not be read: {self.unread}"
        return None


def write_parts(
    session: Session, journal: Journal, plan: RunPlan, *, resumed: bool = False
) -> RunReport:
    """
    Write every draft of *plan*, which is frozen in the journal's store, and close the journal.

    With *resumed* the plan was made a while ago, and parts of it may be through already: those are
    only reported. Raises `LeaseLost`, `PlanFileError` when a part is not as it was sealed, and
    `RunInterrupted` with what has been written.
    """
    report, tasks = begun_report(journal, plan, resumed=resumed)
    if tasks:
        report = _written(session, journal, report, tasks)
    counted = replace(report, requests=request_counts(session.environment))
    report = closed(session.environment, journal, counted)
    measure_run(session.environment, report)
    return report


def begun_report(
    journal: Journal, plan: RunPlan, *, resumed: bool = False
) -> tuple[RunReport, tuple[WriteTask, ...]]:
    """
    The report of a run that begins to write *plan*, and the parts that are to be written.

    With *resumed* the plan was made a while ago, and parts of it may be through already: those are
    only reported.
    """
    known = dict(_through_already(journal, plan)) if resumed else {}
    invoices = plan.totals.invoices - sum(_count(part) for part in known.values())
    tasks = tuple(
        WriteTask(run_id=journal.run_id, part=part, resumed=resumed, invoices=invoices)
        for part in plan.summaries
        if part.totals.is_to_be_written and part.number not in known
    )
    report = RunReport(
        run_id=journal.run_id,
        dry_run=False,
        plan=plan,
        written=tuple(known.values()),
        results=written_results(journal.forgiving),
    )
    return report, tasks


def _through_already(journal: Journal, plan: RunPlan) -> Iterator[tuple[int, OutcomeSummary]]:
    """The parts that an interrupted run has brought to their end, with nothing left to write."""
    for part in plan.summaries:
        found = kept_part_report(journal.forgiving, journal.run_id, part.number)
        if found is not None and not found.summary.is_open:
            yield part.number, found.summary


def _written(
    session: Session, journal: Journal, report: RunReport, tasks: Sequence[WriteTask]
) -> RunReport:
    environment = session.environment
    with write_control(environment, session.lease.check) as control:
        writer = PartsWriter(session=session, journal=journal, control=control, parts=len(tasks))
        workers = environment.client.workers
        flight: InFlight[WriteTask, OutcomeSummary | None] = InFlight(
            work=writer.attempt,
            most=2 + workers // environment.contracts_per_part,
            watch=environment.watch,
            weight=lambda _: 0,
            known=lambda task: task.part.totals.details,
        )
        try:
            found = flight.results(tasks)
        except Stopping as stopping:
            if control.failure is not None and not isinstance(control.failure, Stopping):
                raise control.failure from stopping
            raise _interrupted(session, journal, report) from stopping
    if writer.unread is not None and not control.done and not any(found):
        raise writer.unread  # nothing was begun: there is nothing to report but this
    written = sorted(
        (*report.written, *(part for part in found if part is not None)),
        key=lambda part: part.number,
    )
    halted = (*report.own_warnings, *_halted(control.halted or control.first.everybodys))
    return replace(report, written=tuple(written), because=writer.reason, own_warnings=halted)


def _halted(because: DataverseError | None) -> Iterator[PlanWarning]:
    """One message for a run that wrote nothing more: what it met, and what has to be mended."""
    if because is not None:
        text = f"the run was halted, its schedule rows stay Not Run: {because}. {remedy(because)}"
        yield PlanWarning(code="run-halted", text=text)


def _interrupted(session: Session, journal: Journal, report: RunReport) -> RunInterrupted:
    """What was written until somebody stopped the run; the next one goes on from there."""
    so_far = tuple(written_so_far(journal.forgiving, report.plan, journal.run_id))
    counts = request_counts(session.environment)
    told = replace(report, written=so_far, because=INTERRUPTED, requests=counts)
    return RunInterrupted(closed(session.environment, journal, told))


def closed(environment: Environment, journal: Journal, report: RunReport) -> RunReport:
    """The report as it is kept, with a word on what could not be."""
    journal.step = "report"
    learned = learned_dialect(environment) if report.written else ()
    warnings = (*report.own_warnings, *learned)
    return journal.close(replace(report, own_warnings=warnings, ended=environment.clock()))


def learned_dialect(environment: Environment) -> tuple[PlanWarning, ...]:
    """Keep in which form the tenant takes writes; what is to be said of it."""
    try:
        warnings = tuple(_dialect_warnings(environment))
        environment.remember_dialect()
    except RunStoreError as error:
        return (PlanWarning(code="run-store-incomplete", text=str(error)),)
    return warnings


def _dialect_warnings(environment: Environment) -> Iterator[PlanWarning]:
    if environment.dialect.claims_were_refused:
        text = (
            "the tenant does not let the status of sources be set; it is left to the platform"
            ' (claim = "verify")'
        )
        yield PlanWarning(code="claims-refused", text=text)


def _count(part: OutcomeSummary) -> int:
    return sum(item.invoices for item in part.outcomes)
