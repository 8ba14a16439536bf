"""The pages that are looked at: all that can stand on one, in several languages and sizes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from typing import TYPE_CHECKING, Any

from connector import write_report
from connector.emulator import Emulator
from connector.invoicing.plan import PlanWarning
from connector.outcome import FailedContract, InvoiceOutcome, InvoiceStatus
from connector.runs.part_report import part_report
from connector.settings.sections import Language
from tests.end_to_end.tenant import TestTenant
from tests.pages.portfolio import EARLIER, RUN_DATE, portfolio
from tests.report.sample import report_of

if TYPE_CHECKING:
    from pathlib import Path

    from connector import RunReport
    from connector.report.surroundings import Surroundings
    from connector.run_report import PartResult
    from connector.summary import PartSummary

_REFUSED = (
    "the tenant refused to create the invoice: 400 0x80040265 BusinessProcessError in"
    " Contoso.Plugins.Finance.InvoiceValidation.Execute (ThePostingPeriodOfThisLegalEntityIsClosed)"
)
_OVERRIDDEN = PlanWarning(
    code="bound-overridden",
    text="Invoice of $61,000.00 is above the bound of $50,000.00. Overridden: year-end, agreed.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A run of the portfolio's main day, what stands around it, and the run before it."""

    report: RunReport
    around: Surroundings
    earlier: RunReport


def run_of_portfolio(folder: Path, copies: int, actuals: int, *, dry: bool = False) -> Known:
    """A preview of the main day, after a run a month before, which is real unless it is *dry*."""
    with (
        closing(Emulator(seed=portfolio(copies, actuals))) as emulator,
        emulator.serve() as server,
    ):
        tenant = TestTenant(emulator=emulator, url=server.url, folder=folder)
        earlier = tenant.run(EARLIER, dry_run=dry)
        with tenant.connector() as connector:
            report = connector.run(RUN_DATE, run_id="20201102T060012Z-1f0b7c3e", dry_run=True)
            around = connector.surroundings([report])
            people = _asked(report, around)
    address = "https://contoso.crm4.dynamics.com"
    report = replace(report, plan=replace(report.plan, environment_url=address))
    around = replace(around, zone="Europe/Berlin", user="Kim Akers", people=lambda _: people)
    return Known(report=report, around=around, earlier=earlier)


def _asked(report: RunReport, around: Surroundings) -> Any:
    """Everybody's name, while the tenant is there."""
    left = [e for part in report.plan.parts() for plan in part.contracts for e in plan.not_invoiced]
    return around.people({e.resource_id: e.source.id for e in left if e.resource_id is not None})


def troubled(report: RunReport) -> RunReport:
    """The same run with everything in it that can need a person."""
    parts = [list(part.contracts) for part in report.plan.parts()]
    failed = FailedContract(
        contract_id=parts[0][0].contract_id,
        contract_name=parts[0][0].contract_name,
        faults=("msdyn_actual 7774b051 column msdyn_amount: expected a number, found 1e400",),
    )
    known = report_of(parts, failed=[failed])
    ends = cycle((*InvoiceStatus, *[InvoiceStatus.WRITTEN] * 12))
    status = {o.invoice.id: next(ends) for part in known.parts() for o in part.outcomes}

    def result(_: RunReport, part: PartSummary) -> PartResult:
        whole = known.results(known, part)
        outcomes = (_ended(o, status[o.invoice.id]) for o in whole.outcomes)
        return replace(whole, outcomes=tuple(outcomes))

    found = [result(known, part) for part in known.plan.summaries]
    return replace(
        known,
        run_id=report.run_id,
        plan=replace(known.plan, environment_url=report.plan.environment_url),
        written=tuple(part_report(r.number, r.outcomes, r.warnings).summary for r in found),
        own_warnings=(_OVERRIDDEN,),
        results=result,
    )


def _ended(outcome: InvoiceOutcome, status: InvoiceStatus) -> InvoiceOutcome:
    is_bad = status in (InvoiceStatus.FAILED, InvoiceStatus.CONFLICT, InvoiceStatus.DRIFTED)
    return replace(outcome, status=status, error=_REFUSED if is_bad else None)


def written_page(known: Known, path: Path, language: Language = Language.ENGLISH) -> Path:
    """The page of one run in which everything occurs."""
    write_report([troubled(known.report)], path, replace(known.around, language=language))
    return path


def preview_page(known: Known, path: Path) -> Path:
    """The page of the run as it is."""
    write_report([known.report], path, known.around)
    return path


def page_of_several(known: Known, path: Path) -> Path:
    """The page of two runs, as a catch-up makes it."""
    write_report([known.earlier, known.report], path, known.around)
    return path
