"""What the app writes to its log: one JSON object a line, so that queries can read its fields."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from connector import ExitCode

if TYPE_CHECKING:
    from connector import RunReport

Document: TypeAlias = "dict[str, Any]"

log: Final = logging.getLogger("connector.azure")


def tell(level: int, event: str, order: str, **facts: object) -> None:
    """One log line; *order* is the id of the tick's order, which its requests carry as well."""
    log.log(level, "%s", json.dumps({"event": event, "order": order, **facts}))


def tell_report(report: RunReport, order: str) -> None:
    """One line for each invoice, failed contract and warning, and one for the run."""
    run = {"run_id": report.run_id}
    for part in report.parts():
        for outcome in part.outcomes:
            level = logging.ERROR if outcome.error else logging.INFO
            invoice = {"invoice_id": str(outcome.invoice.id), "status": outcome.status.value}
            tell(level, "invoice", order, **run, **invoice, error=outcome.error)
        for contract in part.plan.failed:
            faults = {"contract_id": str(contract.contract_id), "faults": contract.faults}
            tell(logging.ERROR, "contract-failed", order, **run, **faults)
        for warning in part.warnings:
            tell(logging.WARNING, warning.code, order, **run, text=warning.text)
    for warning in report.general_warnings:
        tell(logging.WARNING, warning.code, order, **run, text=warning.text)
    level = logging.INFO if report.exit_code is ExitCode.DONE else logging.ERROR
    tell(level, "run-ended", order, **run, **_ended(report))


def tell_answer(step: str, document: Document, answer: Document, order: str) -> None:
    """One line for each step that failed; a failure that ends the run has a line of its own."""
    if step == "note_failure":
        failure = document["failure"]
        facts = {"step": document["step"], "error": failure["text"]}
        tell(
            logging.ERROR,
            "run-failed",
            order,
            run_id=document["run_id"],
            exit_code=failure["exit_code"],
            **facts,
        )
    if failure := answer.get("failure"):
        facts = {"step": step, "part": document.get("number"), "error": failure["text"]}
        run_id = document.get("run_id")
        tell(logging.WARNING, "step-failed", order, run_id=run_id, kind=failure["kind"], **facts)


def _ended(report: RunReport) -> Document:
    return {
        "run_date": str(report.run_date),
        "dry_run": report.dry_run,
        "exit_code": int(report.exit_code),
        "invoices": report.totals.invoices,
        "left_behind": report.totals.left_behind,
        "failed_contracts": report.plan.failed_contracts,
        "throttled": report.requests.throttled,
    }
