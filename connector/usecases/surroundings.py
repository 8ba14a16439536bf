"""What a report says around its runs: who is signed in, the run before, and what is coming."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from connector.dataverse.errors import DataverseError
from connector.errors import ConnectorError
from connector.invoicing.forecast import forecast
from connector.outcome import FailedContract
from connector.projectops.people import name_of_user, names_of_people
from connector.projectops.read import read_part
from connector.projectops.read_contracts import ContractUnreadable
from connector.report.surroundings import Coming, Surroundings
from connector.run_record import RunKind, RunState
from connector.runs.history import details, record_of
from connector.runs.names import RUNS, run_id_of
from connector.summary import TOLD
from connector.usecases.explain import all_contracts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from connector.invoicing.forecast import ForecastEntry
    from connector.invoicing.ids import ContractId, ResourceId, ResourceNames
    from connector.run_record import RunRecord
    from connector.run_report import RunReport
    from connector.usecases.environment import Environment

#: Former runs that are looked at to find the one to compare with.
MOST_RUNS: Final = 400


def surroundings(
    environment: Environment,
    reports: Sequence[RunReport],
    *,
    asks: bool = True,
    calendar: bool = True,
) -> Surroundings:
    """
    What stands around *reports*, oldest first, in the report that is made of them.

    Only what it *asks* the tenant for takes requests: the user, people and, where it is wanted, the
    *calendar*, which reads the contracts once more.
    It only reads. What cannot be read is left out: the runs themselves are over, and their report
    is worth more than what stands around it. A calendar that is missing says why.
    """
    settings = environment.settings
    zone = settings.run.zone
    known = Surroundings(
        language=settings.report.language,
        has_links=settings.report.links,
        zone=settings.run.time_zone,
        at=environment.clock().astimezone(zone),
        previous=_previous(environment, reports[0]) if reports else None,
    )
    if not asks or not reports:
        return known
    return replace(
        known,
        user=_user(environment),
        coming=_coming(environment, reports) if calendar else None,
        people=partial(_people, environment),
    )


def _user(environment: Environment) -> str | None:
    try:
        return name_of_user(environment.client)
    except DataverseError:
        return None


def _people(environment: Environment, actuals: Mapping[ResourceId, UUID]) -> ResourceNames:
    try:
        return names_of_people(environment.client, environment.tenant, actuals)
    except DataverseError:
        return {}


def _coming(environment: Environment, reports: Sequence[RunReport]) -> Coming | None:
    """
    The runs of the days after the last report, planned as those of today's records.

    The last run's own date is planned first: what it bills is not billed again.
    """
    days = environment.settings.report.coming_days
    if not days:
        return None
    last_run = max(reports, key=lambda report: report.run_date)
    first, last = last_run.run_date, last_run.run_date + timedelta(days=days)
    try:
        found = tuple(_forecasts(environment, first, last, last_run.plan.scope.contracts))
    except ConnectorError as error:
        return Coming(last=last, fault=str(error))
    faulty = [str(ContractUnreadable(item)) for item in found if isinstance(item, FailedContract)]
    entries = (entry for item in found if not isinstance(item, FailedContract) for entry in item)
    return Coming(last=last, entries=tuple(entries), fault="\n".join(faulty[:TOLD]) or None)


def _forecasts(
    environment: Environment, first: date, last: date, contracts: Sequence[ContractId]
) -> Iterator[tuple[ForecastEntry, ...] | FailedContract]:
    """The coming runs of each contract; one with faults does not take those of the others away."""
    client, policy, rules = environment.client, environment.settings.policy, environment.rules
    wanted, reading = contracts or all_contracts(environment), environment.reading
    for start in range(0, len(wanted), environment.contracts_per_part):
        part = wanted[start : start + environment.contracts_per_part]
        for found in read_part(client, reading, part):
            if isinstance(found, FailedContract):
                yield found
            else:
                yield forecast(found, first, last, policy, rules)


def _previous(environment: Environment, report: RunReport) -> RunReport | None:
    """The last run before *report* that billed something; none for a run of single contracts."""
    if report.plan.scope.contracts:
        return None
    try:
        record = next(_billing_runs(environment, report), None)
        return details(environment.store, record.run_id).report if record else None
    except ConnectorError:
        return None


def _billing_runs(environment: Environment, report: RunReport) -> Iterator[RunRecord]:
    """Runs of the whole tenant before *report*, latest first, that billed something."""
    store = environment.store
    ids = sorted((run_id_of(folder) for folder in store.names(RUNS)), reverse=True)
    for run_id in ids[:MOST_RUNS]:
        record = record_of(store, run_id)
        if run_id != report.run_id and _is_before(record, report):
            yield record


def _is_before(record: RunRecord, report: RunReport) -> bool:
    is_through = record.state in (RunState.FINISHED, RunState.UNFINISHED)
    is_run = record.kind in (RunKind.RUN, RunKind.APPLY) and is_through
    is_here = record.organization_id == report.plan.organization_id
    is_earlier = record.run_date is not None and record.run_date < report.run_date
    return is_run and is_here and is_earlier and bool(record.totals and record.totals.invoices)
