"""
A run against an emulator that is filled from the tenant: the drafts, with the platform's effects.

Of the tenant only reads are asked, which a guard before its connections holds to.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.invoicing.plan import PlanWarning
from connector.outcome import GOOD_STATUSES, InvoiceStatus
from connector.projectops.contract_world import WorldReader, contracts_in
from connector.projectops.rehearsed import rehearsed_drafts, status_moves
from connector.run_record import RunKind
from connector.run_report import Rehearsal
from connector.runs.journal import Journal
from connector.runs.run_end import written_results
from connector.runs.stored_plan import StoredPlanSource
from connector.runs.temporary_store import temporary_store
from connector.settings.sections import AuthSection
from connector.usecases.bounds import PlanRejected
from connector.usecases.environment import Environment
from connector.usecases.parts.due import find_all_due
from connector.usecases.parts.plan_parts import plan_parts
from connector.usecases.parts.write_parts import write_parts
from connector.usecases.requests import request_counts
from connector.usecases.session import writing
from connector.usecases.tenant_emulator import tenant_emulator
from connector.usecases.watch import RunInterrupted, Stopping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.invoicing.ids import ContractId
    from connector.projectops.contract_world import ContractWorld
    from connector.run_report import PartResult, RunPlan, RunReport
    from connector.runs.temporary_store import TemporaryStore
    from connector.scope import Scope
    from connector.summary import OutcomeSummary
    from connector.usecases.tenant_emulator import TenantEmulator

#: Things that the emulator could not take from the tenant which are told one by one.
TOLD: Final = 20


def rehearse(environment: Environment, scope: Scope, run_id: str) -> Rehearsal:
    """
    Run *scope* in an emulator that holds the contracts which are due; only reads in the tenant.

    Raises what planning raises, `RehearsalFailed` when the emulator cannot take the tenant's
    tables, and `UnusableSettings` rather than let a write pass to the tenant.
    """
    try:
        with environment.guard.reading_only():
            contracts = _due(environment, scope)
            with tenant_emulator(environment, contracts) as there:
                return _rehearsed(environment, there, scope, run_id)
    except (Stopping, RunInterrupted) as stopping:
        raise RunInterrupted from stopping


def _due(environment: Environment, scope: Scope) -> tuple[ContractId, ...]:
    _ = environment.midnights
    named = set(scope.contracts)
    due = find_all_due(environment, scope).contracts
    return tuple(item for item in due if not named or item in named)


def _rehearsed(
    environment: Environment, there: TenantEmulator, scope: Scope, run_id: str
) -> Rehearsal:
    store = temporary_store()
    with _inner(environment, there, store) as inner:
        before = _world(inner, there.world)
        with _rejection_of_tenant(environment, store, run_id):
            report = _run(inner, scope, run_id)
        after = _world(inner, there.world)
        wanted = [outcome.invoice.id for outcome in report.outcomes]
        return Rehearsal(
            report=_of_tenant(environment, there, report, store),
            drafts=rehearsed_drafts(inner.tenant, after, wanted),
            moves=status_moves(inner.tenant, before, after),
        )


@contextmanager
def _inner(
    environment: Environment, there: TenantEmulator, store: TemporaryStore
) -> Iterator[Environment]:
    """The environment of the emulator, which goes by the id of the tenant's organization."""
    own = environment.settings
    settings = replace(
        own,
        dataverse=own.dataverse.model_copy(update={"url": there.url}),
        auth=AuthSection(),
        run=own.run.model_copy(update={"store": str(store.root)}),
    )
    inner = Environment(settings, "rehearsal", environment.clock)
    inner.watch = environment.watch
    inner.contracts_per_part = environment.contracts_per_part
    try:
        # Obligation keys follow from the organization: the drafts get the ids of a real run.
        inner.call_organization(environment.tenant.organization_id)
        yield inner
    finally:
        inner.close()


def _world(inner: Environment, world: ContractWorld) -> ContractWorld:
    """Everything of the contracts as the emulator has it now."""
    reader = WorldReader(inner.client, inner.tenant)
    if contracts := contracts_in(inner.tenant, world):
        reader.read(contracts, whole=True)
    return reader.world


def _run(inner: Environment, scope: Scope, run_id: str) -> RunReport:
    """Plan and write, as a run does."""
    with writing(inner, run_id) as session, Journal(inner.store, run_id) as journal:
        session.begin(journal, RunKind.RUN, scope.run_date)
        journal.step = "plan"
        plan = plan_parts(inner, journal.store, run_id, scope)
        journal.keep_plan(plan)
        journal.step = "write"
        return write_parts(session, journal, plan)


@contextmanager
def _rejection_of_tenant(
    environment: Environment, store: TemporaryStore, run_id: str
) -> Iterator[None]:
    """A plan that breaks a bound is shown as one of the tenant."""
    try:
        yield
    except PlanRejected as rejected:
        if rejected.plan is not None:
            rejected.plan = _plan_of_tenant(environment, rejected.plan, store, run_id)
        raise


def _plan_of_tenant(
    environment: Environment, plan: RunPlan, store: TemporaryStore, run_id: str
) -> RunPlan:
    """*plan* with the tenant's address, whose parts live as long as *store* does."""
    url, source = environment.settings.dataverse.url, StoredPlanSource(store, run_id)
    return replace(plan, environment_url=url, source=source)


def _of_tenant(
    environment: Environment, there: TenantEmulator, report: RunReport, store: TemporaryStore
) -> RunReport:
    """The report as one of the tenant that writes nothing: what is written is a plan of it."""
    url, results = environment.settings.dataverse.url, written_results(store)
    return replace(
        report,
        dry_run=True,
        plan=_plan_of_tenant(environment, report.plan, store, report.run_id),
        requests=request_counts(environment),
        own_warnings=(*report.own_warnings, *_warnings(url, there.left_out)),
        written=tuple(_as_planned(part) for part in report.written),
        results=lambda own, part: _planned_result(results(own, part)),
    )


def _as_planned(part: OutcomeSummary) -> OutcomeSummary:
    outcomes = tuple(replace(item, status=_status(item.status)) for item in part.outcomes)
    return replace(part, outcomes=outcomes)


def _planned_result(result: PartResult) -> PartResult:
    outcomes = tuple(replace(item, status=_status(item.status)) for item in result.outcomes)
    return replace(result, outcomes=outcomes)


def _status(status: InvoiceStatus) -> InvoiceStatus:
    """A draft that the emulator holds is one that would be made."""
    return InvoiceStatus.PLANNED if status in GOOD_STATUSES else status


def _warnings(url: str, left_out: Sequence[str]) -> Iterator[PlanWarning]:
    text = f"this was a rehearsal in an emulator that was filled from {url}; nothing is written"
    yield PlanWarning(code="rehearsed", text=text)
    for sentence in left_out[:TOLD]:
        text = f"the emulator could not take something of the tenant: {sentence}"
        yield PlanWarning(code="rehearsal-incomplete", text=text)
    if len(left_out) > TOLD:
        text = f"the emulator could not take {len(left_out) - TOLD} more things of the tenant"
        yield PlanWarning(code="rehearsal-incomplete", text=text)
