"""Questions that write nothing: why is a record billed or not, and what is coming."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.invoicing.explain import explain
from connector.invoicing.forecast import forecast
from connector.projectops import decode, queries
from connector.projectops.find_contract import find_contract
from connector.projectops.read_contracts import read_contract, read_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.explain import Explanation
    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ContractId
    from connector.invoicing.model import ContractSnapshot
    from connector.usecases.environment import Environment


def explain_record(environment: Environment, record: UUID, run_date: date) -> Explanation:
    """
    What happens to *record* on *run_date*, and why.

    *record* is the id of a contract, contract line, schedule row, actual, milestone, product line
    or retainer. Raises `RecordUnknown`, and `ContractUnreadable` when its contract has faults.
    """
    found = find_contract(environment.client, environment.tenant, record)
    snapshot = read_contract(environment.client, environment.tenant, found.contract_id)
    if found.table == environment.mapping.actual.table:
        snapshot = _with_actual(environment, snapshot, record)
    return explain(snapshot, record, run_date, environment.settings.policy, environment.rules)


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
    wanted = contracts or _all_contracts(environment)
    return read_contracts(environment.client, environment.tenant, wanted)


def _all_contracts(environment: Environment) -> tuple[ContractId, ...]:
    rows = environment.client.read_all(queries.project_contracts(environment.tenant))
    return tuple(decode.contract_id(environment.tenant, row) for row in rows)


def _with_actual(
    environment: Environment, snapshot: ContractSnapshot, record: UUID
) -> ContractSnapshot:
    """*snapshot* with the actual *record*, which a claimed or cost actual is not part of."""
    if any(actual.id == record for actual in snapshot.actuals):
        return snapshot
    rows = environment.client.read_all(queries.one_actual(environment.tenant, record))
    found = tuple(decode.actual(environment.tenant, row) for row in rows)
    return replace(snapshot, actuals=(*snapshot.actuals, *found))
