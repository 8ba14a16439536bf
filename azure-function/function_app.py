"""The timer trigger: at every tick, the run of the date that it is in the business time zone."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from datetime import datetime
from typing import TYPE_CHECKING

import azure.functions as func

from connector import Connector, ExitCode, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector import RunReport, Settings

app = func.FunctionApp()
log = logging.getLogger("connector.azure")


class RunFailedError(Exception):
    """The run ended, but not every due invoice stands in the tenant; names the run."""


@app.function_name("create_draft_invoices")
@app.timer_trigger(
    arg_name="timer", schedule="%PROFORMA_SCHEDULE%", run_on_startup=False, use_monitor=True
)
async def create_draft_invoices(timer: func.TimerRequest, context: func.Context) -> None:
    """
    One run. Raises whatever keeps an invoice from being written, so that the platform counts it.

    The run's id is the invocation's, and names it in the tenant's request logs as well. The run
    blocks, hence the thread; it is started from a coroutine because only then the platform's
    trace context reaches what is logged inside.
    """
    settings = load_settings(None, os.environ)
    correlation = {
        "run_id": context.invocation_id,
        "traceparent": context.trace_context.trace_parent or None,
    }
    await asyncio.to_thread(run_today, settings, correlation, past_due=timer.past_due)


def run_today(settings: Settings, correlation: Mapping[str, str | None], *, past_due: bool) -> None:
    """The run of today, by the clock of this shell and the configured business time zone."""
    run_id = str(correlation["run_id"])
    run_date = datetime.now(settings.run.zone).date()
    tell(logging.INFO, "run-started", correlation, run_date=str(run_date), past_due=past_due)
    with Connector(settings, session=run_id) as connector:
        reports = connector.run_due(run_date, run_id=run_id)
    for report in reports:
        tell_outcome(report, correlation)
    if any(report.exit_code is not ExitCode.DONE for report in reports):
        message = f"run {run_id} of {run_date} left something unwritten; see its log lines"
        raise RunFailedError(message)


def tell_outcome(report: RunReport, correlation: Mapping[str, str | None]) -> None:
    """One line for each invoice and each failed contract, and one for the run."""
    for part in report.parts():
        for outcome in part.outcomes:
            level = logging.ERROR if outcome.error else logging.INFO
            invoice = {"invoice_id": str(outcome.invoice.id), "status": outcome.status}
            tell(level, "invoice", correlation, **invoice, error=outcome.error)
        for contract in part.plan.failed:
            faults = {"contract_id": str(contract.contract_id), "faults": contract.faults}
            tell(logging.ERROR, "contract-failed", correlation, **faults)
        for warning in part.warnings:
            tell(logging.WARNING, warning.code, correlation, text=warning.text)
    for warning in report.general_warnings:
        tell(logging.WARNING, warning.code, correlation, text=warning.text)
    ended = {"run_date": str(report.run_date), "exit_code": int(report.exit_code)}
    tell(logging.INFO, "run-ended", correlation, **ended)


def tell(level: int, event: str, correlation: Mapping[str, str | None], **facts: object) -> None:
    """One log line, one JSON object: log queries read its fields."""
    log.log(level, "%s", json.dumps({"event": event, **correlation, **facts}))
