"""The second half of a run: write the planned drafts, read them back, say what became of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from connector.invoicing.plan import PlanWarning
from connector.outcome import InvoiceOutcome, InvoiceStatus, RequestCounts, RunReport
from connector.projectops.commit import Committer
from connector.projectops.platform_verify import beside_plan
from connector.projectops.platform_write import PlatformWriter
from connector.projectops.verify import verify
from connector.projectops.write import Writer
from connector.projectops.written import not_tried
from connector.settings.sections import WriteMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from connector.dataverse.errors import DataverseError
    from connector.invoicing.ids import ContractId
    from connector.invoicing.plan import ContractPlan
    from connector.outcome import RunPlan
    from connector.projectops.verify import Verified
    from connector.projectops.written import ContractWriter, Written
    from connector.usecases.environment import Environment

#: Contracts whose drafts are read back together.
CONTRACTS_PER_READ_BACK = 20


class WriteControl:
    """
    How plans are written in one run.

    *guard* raises when the run may not write any more; *note* hears of each contract that is
    through. With *resumed* what is written may stand already, as a whole or in part.
    """

    def __init__(
        self,
        guard: Callable[[], None],
        note: Callable[[ContractId, Sequence[InvoiceOutcome]], None],
        *,
        resumed: bool = False,
    ) -> None:
        self.guard = guard
        self.note = note
        self.resumed = resumed


def preview(environment: Environment, plan: RunPlan, run_id: str) -> RunReport:
    """What would be written."""
    outcomes = tuple(
        InvoiceOutcome(invoice=invoice, status=InvoiceStatus.PLANNED)
        for contract in plan.contracts
        for invoice in contract.invoices
    )
    return RunReport(
        run_id=run_id,
        dry_run=True,
        plan=plan,
        outcomes=outcomes,
        warnings=plan.warnings,
        requests=request_counts(environment),
    )


def write_run(
    environment: Environment, plan: RunPlan, run_id: str, control: WriteControl
) -> RunReport:
    """
    Write every draft of *plan*, several contracts at once and one contract never twice.

    Whatever happens to one contract is an outcome in the report; the others go on (DR-26).
    Raises `LeaseLost` when the guard says so.
    """
    written, checked = write_contracts(environment, plan.contracts, control)
    return RunReport(
        run_id=run_id,
        dry_run=False,
        plan=plan,
        outcomes=tuple(outcome for item in checked for outcome in item.outcomes),
        warnings=(
            *plan.warnings,
            *(warning for item in written for warning in item.warnings),
            *(warning for item in checked for warning in item.warnings),
            *_dialect_warnings(environment),
        ),
        requests=request_counts(environment),
    )


def write_contracts(
    environment: Environment, contracts: Sequence[ContractPlan], control: WriteControl
) -> tuple[tuple[Written, ...], tuple[Verified, ...]]:
    """Write *contracts* and read them back, in their order, whatever order they ended in."""
    if not contracts:
        return (), ()
    if environment.settings.dataverse.write_mode is WriteMode.PLATFORM:
        by_action = PlatformWriter(environment.client, environment.tenant, control.guard)
        made = _write_all(by_action, environment, contracts, control)
        return made, (beside_plan(environment.client, environment.tenant, made),)
    written = _write_all(_writer(environment, control), environment, contracts, control)
    return written, tuple(
        verify(environment.client, environment.tenant, environment.composer, part)
        for part in _parts(written)
    )


def request_counts(environment: Environment) -> RequestCounts:
    """The requests that the environment's client has sent so far."""
    counts = environment.client.statistics
    return RequestCounts(
        get=counts.get, batch=counts.batch, other=counts.other, throttled=counts.throttled
    )


def _writer(environment: Environment, control: WriteControl) -> Writer:
    committer = Committer(
        client=environment.client,
        dialect=environment.dialect,
        guard=control.guard,
        limit=environment.operations_per_change_set,
    )
    return Writer(
        client=environment.client,
        tenant=environment.tenant,
        composer=environment.composer,
        committer=committer,
    )


def _write_all(
    writer: ContractWriter,
    environment: Environment,
    contracts: Sequence[ContractPlan],
    control: WriteControl,
) -> tuple[Written, ...]:
    """Once a failure is everybody's, the contracts that are left are not tried at all."""
    halts: list[DataverseError] = []

    def write(plan: ContractPlan) -> Written:
        if halts:
            return not_tried(plan, halts[0])
        written = writer.write(plan, resumed=control.resumed)
        if written.halts is not None:
            halts.append(written.halts)
        control.note(written.plan.contract_id, written.outcomes)
        return written

    workers = environment.client.workers
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="proforma") as pool:
        return tuple(pool.map(write, contracts))


def _parts(written: Sequence[Written]) -> Iterator[list[InvoiceOutcome]]:
    for start in range(0, len(written), CONTRACTS_PER_READ_BACK):
        part = written[start : start + CONTRACTS_PER_READ_BACK]
        yield [outcome for item in part for outcome in item.outcomes]


def _dialect_warnings(environment: Environment) -> Iterator[PlanWarning]:
    if environment.dialect.claims_were_refused:
        text = (
            "the tenant does not let the status of sources be set; it is left to the platform"
            ' (claim = "verify")'
        )
        yield PlanWarning(code="claims-refused", text=text)
