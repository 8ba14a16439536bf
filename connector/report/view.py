"""A run in the order in which every report shows it, so that equal runs give equal reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.invoicing.conservation import Conservation, combined, conservation_of_plan
from connector.invoicing.plan import PlanWarning

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from connector.invoicing.model import Currency
    from connector.invoicing.plan import (
        ContractPlan,
        DetailPlan,
        InvoicePlan,
        LinePlan,
        NotInvoiced,
    )
    from connector.outcome import FailedContract, InvoiceOutcome, RunPlan, RunReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A source that stays behind, with the contract that it belongs to and its own currency."""

    entry: NotInvoiced
    contract_name: str
    currency: Currency


def outcomes(report: RunReport) -> tuple[InvoiceOutcome, ...]:
    """What became of each invoice, by contract and customer."""
    names = {plan.contract_id: plan.contract_name for plan in report.plan.contracts}
    return tuple(
        sorted(
            report.outcomes,
            key=lambda outcome: (
                names.get(outcome.invoice.contract_id, outcome.invoice.name),
                str(outcome.invoice.contract_id),
                str(outcome.invoice.customer.id),
                outcome.invoice.run_date,
            ),
        )
    )


def contract_name(report: RunReport, outcome: InvoiceOutcome) -> str:
    """The name of the contract that an invoice bills."""
    wanted = outcome.invoice.contract_id
    names = (plan.contract_name for plan in report.plan.contracts if plan.contract_id == wanted)
    return next(names, outcome.invoice.name)


def lines(outcome: InvoiceOutcome) -> tuple[LinePlan, ...]:
    """The lines of an invoice by name."""
    return tuple(sorted(outcome.invoice.lines, key=lambda line: (line.name, str(line.id))))


def details(line: LinePlan) -> tuple[DetailPlan, ...]:
    """The details of a line by date."""
    return tuple(sorted(line.details, key=lambda d: (d.transaction_date, str(d.id))))


def left_behind(plan: RunPlan) -> tuple[Left, ...]:
    """Every source that stays behind, by contract, table and id."""
    return _left_behind(plan.contracts)


def _left_behind(contracts: Iterable[ContractPlan]) -> tuple[Left, ...]:
    found = (
        Left(entry=entry, contract_name=contract.contract_name, currency=entry.currency)
        for contract in contracts
        for entry in contract.not_invoiced
    )
    return tuple(
        sorted(
            found,
            key=lambda left: (
                left.contract_name,
                str(left.entry.contract_id),
                left.entry.source.table,
                str(left.entry.source.id),
            ),
        )
    )


def latest_left_behind(reports: Sequence[RunReport]) -> tuple[Left, ...]:
    """What stays behind by the last run, in time order, that looked at each contract."""
    latest = {
        contract.contract_id: contract for report in reports for contract in report.plan.contracts
    }
    return _left_behind(latest.values())


def customer_name(invoice: InvoicePlan) -> str:
    """The name that the invoice is billed to, or else the customer's id."""
    return invoice.bill_to.name or str(invoice.customer.id)


def warnings(report: RunReport) -> tuple[PlanWarning, ...]:
    """Every warning once, contracts that failed among them, by code and text."""
    found = {
        *report.warnings,
        *report.plan.warnings,
        *(warning for plan in report.plan.contracts for warning in plan.warnings),
        *(warning for failed in report.plan.failed for warning in _failures(failed)),
    }
    return tuple(sorted(found, key=lambda w: (w.code, w.text, str(w.subject))))


def _failures(failed: FailedContract) -> Iterator[PlanWarning]:
    name = failed.contract_name or "contract"
    for fault in failed.faults:
        text = f"{name} ({failed.contract_id}) was left out: {fault}"
        yield PlanWarning(code="contract-failed", text=text, subject=failed.contract_id)


def conservation(plans: Iterable[ContractPlan]) -> Conservation:
    """The balance of the contracts in each currency, from their plans."""
    return combined(conservation_of_plan(plan) for plan in plans)
