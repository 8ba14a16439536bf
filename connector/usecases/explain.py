"""Questions that write nothing: why is a record billed or not, and what is coming."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from connector.invoicing import candidates
from connector.invoicing.choices import LineKind, SourceTable
from connector.invoicing.explain import explain
from connector.invoicing.forecast import forecast
from connector.projectops import decode, queries
from connector.projectops.drafts_of_date import read_drafts_of_date
from connector.projectops.find_contract import find_contract
from connector.projectops.former_invoices import (
    former_invoices,
    read_invoices,
    read_invoices_of,
)
from connector.projectops.read_contracts import read_contract, read_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.explain import Explanation
    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.former_invoices import FormerInvoice
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import (
        Actual,
        ContractLine,
        ContractSnapshot,
        Milestone,
        Retainer,
        Source,
    )
    from connector.projectops.find_contract import FoundRecord
    from connector.usecases.environment import Environment


#: Sources that an invoice line detail bills; product lines and retainers stand on lines (D6, V2).
_DETAILED: Final = (SourceTable.ACTUAL, SourceTable.MILESTONE)


def explain_record(environment: Environment, record: UUID, run_date: date) -> Explanation:
    """
    What happens to *record* on *run_date*, and why.

    *record* is the id of a contract, contract line, schedule row, actual, milestone, product line
    or retainer, or of an invoice, invoice line or invoice line detail. Raises `RecordUnknown`, and
    `ContractUnreadable` when its contract has faults.
    """
    client, tenant = environment.client, environment.tenant
    found = find_contract(client, tenant, record)
    snapshot = read_contract(client, tenant, found.contract_id)
    details: tuple[UUID, ...] = ()
    if found.table == tenant.mapping.actual.table:
        snapshot, details = _with_actual(environment, snapshot, record)
    former = _former(environment, found, snapshot, (record, run_date), details)
    policy = environment.settings.policy
    return explain(snapshot, record, run_date, policy, environment.rules, former)


def _former(
    environment: Environment,
    found: FoundRecord,
    snapshot: ContractSnapshot,
    asked: tuple[UUID, date],
    details: Sequence[UUID],
) -> tuple[FormerInvoice, ...]:
    """The invoices that concern the record asked about; *details* are those that it names."""
    client, tenant, (record, run_date) = environment.client, environment.tenant, asked
    if found.invoice_id is not None:
        return read_invoices(client, tenant, (found.invoice_id,))
    source = _source(snapshot, record)
    known = {item.invoice_id for item in snapshot.billed if item.source.id == record}
    known |= {row.invoice_id for row in snapshot.schedule if row.id == record}
    invoices = read_invoices(client, tenant, [item for item in known if item is not None])
    if source is not None and source.table in _DETAILED:
        return _once(*invoices, *read_invoices_of(client, tenant, source, details))
    if source is not None:
        return invoices
    of_date = read_drafts_of_date(client, tenant, (snapshot,), run_date)
    return _once(*invoices, *former_invoices(tenant, of_date[snapshot.contract.id]))


def _once(*invoices: FormerInvoice) -> tuple[FormerInvoice, ...]:
    return tuple({invoice.id: invoice for invoice in invoices}.values())


def _source(snapshot: ContractSnapshot, record: UUID) -> Source | None:
    """*record* as something that is billed; None for a contract, project line or schedule row."""
    every: list[Actual | Milestone | ContractLine | Retainer] = [*snapshot.actuals]
    every += [*snapshot.milestones, *snapshot.retainers]
    every += [line for line in snapshot.lines if line.kind is LineKind.PRODUCT]
    return next((candidates.source_of(item) for item in every if item.id == record), None)


def forecast_runs(
    environment: Environment, first: date, last: date, contracts: Sequence[ContractId]
) -> tuple[ForecastEntry, ...]:
    """
    The coming runs of *contracts* (all project contracts when none is named), in order.

    *first* and *last* are inclusive. Raises `ContractUnreadable` when one has faults.
    """
    policy, rules = environment.settings.policy, environment.rules
    entries = [
        entry
        for snapshot in _snapshots(environment, contracts)
        for entry in forecast(snapshot, first, last, policy, rules)
    ]
    return tuple(
        sorted(entries, key=lambda item: (item.run_date, item.contract_name, item.confidence))
    )


def _snapshots(
    environment: Environment, contracts: Sequence[ContractId]
) -> Iterator[ContractSnapshot]:
    wanted = contracts or all_contracts(environment)
    return read_contracts(environment.client, environment.tenant, wanted)


def all_contracts(environment: Environment) -> tuple[ContractId, ...]:
    """Every project contract of the tenant."""
    rows = environment.client.read_all(queries.project_contracts(environment.tenant))
    return tuple(decode.contract_id(environment.tenant, row) for row in rows)


def _with_actual(
    environment: Environment, snapshot: ContractSnapshot, record: UUID
) -> tuple[ContractSnapshot, tuple[UUID, ...]]:
    """
    *snapshot* with the actual *record*, which a claimed or cost actual is not part of.

    Beside it the invoice line detail that the actual itself names, if it names one.
    """
    tenant = environment.tenant
    names = tenant.mapping.actual
    rows = environment.client.read_all(queries.one_actual(tenant, record))
    column = tenant.known(names, names.invoice_detail)
    named = [decode.read_row(tenant, names, row).lookup(column) for row in rows if column]
    details = tuple(detail for detail in named if detail is not None)
    if any(actual.id == record for actual in snapshot.actuals):
        return snapshot, details
    found = tuple(decode.actual(tenant, row) for row in rows)
    return replace(snapshot, actuals=(*snapshot.actuals, *found)), details
