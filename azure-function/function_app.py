"""
The function app: a timer starts the run, an orchestration carries it out, and people can look.

At every tick the run of the business date that it is then, by the one orchestration of this tenant.
"""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import azure.durable_functions as df
import azure.functions as func
from activities import act, opened
from app_settings import AppSettings, app_settings
from orchestration import run_order
from run_log import tell

from connector import ConnectorError
from connector.report.history import records_text
from connector.usecases.steps.documents import STEPS

if TYPE_CHECKING:
    from collections.abc import Generator

Document: TypeAlias = "dict[str, Any]"

app = df.DFApp(http_auth_level=func.AuthLevel.FUNCTION)

#: An orchestration in one of these states has its run before it.
_UNDER_WAY = (
    df.OrchestrationRuntimeStatus.Running,
    df.OrchestrationRuntimeStatus.Pending,
    df.OrchestrationRuntimeStatus.ContinuedAsNew,
)
_USUAL_LAST = 20
_MOST_LAST = 200


@app.function_name("create_draft_invoices")
@app.timer_trigger(
    arg_name="timer", schedule="%PROFORMA_SCHEDULE%", run_on_startup=False, use_monitor=True
)
@app.durable_client_input(client_name="client")
async def create_draft_invoices(
    timer: func.TimerRequest, client: df.DurableOrchestrationClient, context: func.Context
) -> None:
    """
    Start the run of this tick, unless one is under way: that one goes on, and nothing is started.

    Raises what keeps a run from being started, so that the platform counts it.
    """
    settings = app_settings(os.environ)
    now = datetime.now(UTC)
    order = order_id(now, context.invocation_id)
    status = await client.get_status(settings.instance_id)
    if status and status.runtime_status in _UNDER_WAY:
        going = {"instance": settings.instance_id, "since": str(status.created_time)}
        tell(logging.WARNING, "run-under-way", order, **going, past_due=timer.past_due)
        return
    document = ordered(settings, order, now)
    await client.start_new("run_order", settings.instance_id, document)
    started = {"run_date": document["order"]["run_date"], "dry_run": settings.dry_run}
    tell(logging.INFO, "run-started", order, **started, past_due=timer.past_due)


def order_id(now: datetime, invocation_id: str) -> str:
    """An id that sorts by time, and by which the platform's own log of this tick is found."""
    return f"{now:%Y%m%dT%H%M%SZ}-{invocation_id.replace('-', '')[-12:]}"


def ordered(settings: AppSettings, order: str, now: datetime) -> Document:
    """What the orchestration is given: everything that it must not look up itself."""
    return {
        "order": {
            "run_id": order,
            "run_date": settings.run_date(now).isoformat(),
            "days": settings.connector.run.days_to_catch_up(),
            "dry_run": settings.dry_run,
        },
        "parts_in_flight": settings.parts_in_flight,
    }


@app.function_name("run_order")
@app.orchestration_trigger(context_name="context")
def orchestrated(context: df.DurableOrchestrationContext) -> Generator[Any, Any, list[Document]]:
    """All runs of one tick: see `orchestration`."""
    return (yield from run_order(context))


@app.function_name("runs")
@app.route(route="runs", methods=["GET"], auth_level=func.AuthLevel.FUNCTION)
async def runs(req: func.HttpRequest) -> func.HttpResponse:
    """The last runs that the run store remembers, as JSON; `?last=N` asks for more or fewer."""
    asked = req.params.get("last", str(_USUAL_LAST))
    if not asked.isdecimal() or not 1 <= int(asked) <= _MOST_LAST:
        text = f"last: expected a number from 1 to {_MOST_LAST}"
        return func.HttpResponse(text, status_code=400, mimetype="text/plain")
    try:
        text = await asyncio.to_thread(_history, int(asked))
    except ConnectorError as error:
        return func.HttpResponse(str(error), status_code=503, mimetype="text/plain")
    return func.HttpResponse(text, mimetype="application/json")


def _history(last: int) -> str:
    with opened("status") as connector:
        return records_text(connector.history(last=last))


def _add_activity(step: str) -> None:
    """
    An activity of the step's name.

    It is a coroutine, because only then the platform's trace context reaches what is logged, and
    it leaves the work to a thread, because the work blocks.
    """

    async def activity(document: dict, context: func.Context) -> dict:  # type: ignore[type-arg]  # the worker reads it
        return await asyncio.to_thread(act, step, document, context.trace_context.trace_parent)

    activity.__name__ = step
    app.function_name(step)(app.activity_trigger(input_name="document")(activity))


for _step in STEPS:
    _add_activity(_step)
