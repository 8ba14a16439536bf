"""The second of the two steps of a run: write one planned part, read it back, and report it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.projectops.commit import Committer
from connector.projectops.platform_action import ScheduleAction
from connector.projectops.platform_verify import beside_plan
from connector.projectops.platform_write import PlatformWriter
from connector.projectops.refusals import FirstRefusals
from connector.projectops.verify import verify
from connector.projectops.write import Writer
from connector.projectops.written import NOTHING_BEGUN, not_tried
from connector.runs.part_report import keep_part_report, part_report
from connector.runs.progress_file import ProgressLine, note_progress
from connector.runs.stored_plan import StoredPlanSource
from connector.settings.sections import WriteMode
from connector.telemetry import span
from connector.usecases.draft_prints import keep_prints
from connector.usecases.parts.take_up import TakenUp, take_up
from connector.usecases.progress import InvoiceEnded
from connector.usecases.watch import Stopping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor

    from connector.dataverse.errors import DataverseError
    from connector.invoicing.plan import ContractPlan, InvoicePlan
    from connector.outcome import InvoiceOutcome
    from connector.projectops.verify import Verified
    from connector.projectops.written import Begun, ContractWriter, Written
    from connector.runs.store import RunStore
    from connector.summary import OutcomeSummary
    from connector.usecases.environment import Environment
    from connector.usecases.parts.tasks import WriteTask


@dataclass(slots=True, kw_only=True)
class WriteControl:
    """
    What the parts of one run share while they are written.

    *guard* raises when the run may not write any more. Contracts of all parts in flight are
    written by one *pool* of threads. Once *halted* is set, nothing new is begun; *first* says
    whether the first contracts were all refused alike. *failure* is
    what ended the run in one of the threads; the others come to their end as well.
    """

    guard: Callable[[], None]
    pool: Executor
    halted: DataverseError | None = None
    failure: BaseException | None = None
    first: FirstRefusals = field(default_factory=FirstRefusals)
    done: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Raise when the run may not write any more."""
        if self.failure is not None:
            raise Stopping
        self.guard()

    def end(self, failure: BaseException) -> None:
        """Let all threads come to their end; the first failure is the one that counts."""
        with self._counting:
            self.failure = self.failure or failure

    def left(self, _kind: object, failure: BaseException | None, _where: object) -> None:
        """End when a block is left by *failure*."""
        if failure is not None:
            self.end(failure)

    def judge(self, written: Written) -> None:
        """Halt the run when what *written* met is everybody's."""
        if written.halts is not None:
            self.halted = written.halts
            return
        if not written.plan.invoices:
            return
        with self._counting:
            if self.first.note(written.forbidden):
                self.halted = self.halted or written.forbidden

    def count(self) -> int:
        """One more invoice is through; returns how many are."""
        with self._counting:
            self.done += 1
            return self.done


@contextmanager
def write_control(environment: Environment, guard: Callable[[], None]) -> Iterator[WriteControl]:
    """What the parts that are written in the block share; *guard* asks for the lease."""

    def check() -> None:
        environment.watch.check()
        guard()

    # Opened here, not by several threads at once.
    _ = environment.reading, environment.dialect
    workers = environment.client.workers
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="proforma-write") as pool:
        yield WriteControl(guard=check, pool=pool)


def write_part(
    environment: Environment, store: RunStore, task: WriteTask, control: WriteControl
) -> OutcomeSummary | None:
    """
    Write the part of *task* that was sealed in *store*, and keep its report there.

    Whatever happens to one contract is an outcome; the others go on (DR-26). None, and nothing is
    done, when an earlier part has met what this one would meet as well. Raises `PlanFileError`
    when the part is not as it was sealed, `LeaseLost` or `Stopping` when the run is to end.
    """
    if control.halted is not None:
        return None
    environment.watch.check()
    with span("proforma.write_part", run_id=task.run_id, part=task.part.number):
        return _written_part(environment, store, task, control)


def _written_part(
    environment: Environment, store: RunStore, task: WriteTask, control: WriteControl
) -> OutcomeSummary:
    plan = StoredPlanSource(store, task.run_id).plan(task.part)
    listener = _Listener(environment=environment, store=store, task=task, control=control)
    taken = _taken_up(environment, store, task, plan.contracts)
    for outcome in taken.ended:
        listener.ended(outcome)
    written = _write(_writer(environment, control, listener), taken, control)
    checked = _read_back(environment, written)
    report = part_report(
        task.part.number,
        (*checked.outcomes, *taken.ended),
        (*(warning for item in written for warning in item.warnings), *checked.warnings),
        halts=next((str(item.halts) for item in written if item.halts is not None), None),
    )
    keep_prints(store, task.run_id, task.part.number, checked.prints)
    keep_part_report(store, task.run_id, report)
    return report.summary


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listener:
    """Writes down how far a part has come, and tells it."""

    environment: Environment
    store: RunStore
    task: WriteTask
    control: WriteControl

    def begins(self, invoice: InvoicePlan) -> None:
        self._note(ProgressLine(contract_id=invoice.contract_id, invoice_id=invoice.id))

    def ended(self, outcome: InvoiceOutcome) -> None:
        invoice = outcome.invoice
        self._note(
            ProgressLine(
                contract_id=invoice.contract_id,
                invoice_id=invoice.id,
                status=outcome.status,
                error=outcome.error,
            )
        )
        self.environment.watch.tell(
            InvoiceEnded(
                run_id=self.task.run_id,
                contract_id=invoice.contract_id,
                invoice_id=invoice.id,
                status=outcome.status,
                done=self.control.count(),
                invoices=self.task.invoices,
            )
        )

    def _note(self, line: ProgressLine) -> None:
        note_progress(self.store, self.task.run_id, self.task.part.number, line)


def _taken_up(
    environment: Environment, store: RunStore, task: WriteTask, contracts: Sequence[ContractPlan]
) -> TakenUp:
    """What of the part is to be written; the tenant's own action looks by itself."""
    by_action = environment.settings.dataverse.write_mode is WriteMode.PLATFORM
    if task.resumed:
        note_progress(store, task.run_id, task.part.number, ProgressLine())
    if not task.resumed or by_action:
        return TakenUp(steady=tuple(contracts), begun=NOTHING_BEGUN, ended=())
    return take_up(environment, contracts)


def _writer(environment: Environment, control: WriteControl, listener: _Listener) -> ContractWriter:
    client, tenant = environment.client, environment.tenant
    if environment.settings.dataverse.write_mode is WriteMode.PLATFORM:
        action = ScheduleAction(client, tenant)
        return PlatformWriter(client, tenant, action, control.check, listener)
    committer = Committer(
        client=client,
        dialect=environment.dialect,
        guard=control.check,
        limit=environment.operations_per_change_set,
    )
    return Writer(
        client=client,
        tenant=tenant,
        composer=environment.composer,
        committer=committer,
        listener=listener,
    )


def _write(writer: ContractWriter, taken: TakenUp, control: WriteControl) -> tuple[Written, ...]:
    """
    Write several contracts at once; returns when none of them is under way any more.

    Once a failure is everybody's, the contracts that are left are not tried at all.
    """
    futures = [
        control.pool.submit(_write_contract, writer, plan, taken.begun, control)
        for plan in taken.steady
    ]
    wait(futures)
    return tuple(future.result() for future in futures)


def _write_contract(
    writer: ContractWriter, plan: ContractPlan, begun: Begun, control: WriteControl
) -> Written:
    if control.halted is not None:
        return not_tried(plan, control.halted)
    with ExitStack() as stack:
        stack.push(control.left)
        written = writer.write(plan, begun)
    control.judge(written)
    return written


def _read_back(environment: Environment, written: Sequence[Written]) -> Verified:
    client = environment.client
    if environment.settings.dataverse.write_mode is WriteMode.PLATFORM:
        return beside_plan(client, environment.reading, written)
    outcomes = [outcome for item in written for outcome in item.outcomes]
    return verify(client, environment.tenant, environment.composer, outcomes)
