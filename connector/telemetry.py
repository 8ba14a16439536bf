"""
Traces and metrics by OpenTelemetry, where its packages are installed; else nothing happens.

Only its interface is used here: where what is measured goes to is decided by the shell
(`connector.telemetry_export`), or by whoever uses the library.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Whether the extra `telemetry` is there.
IS_INSTALLED: Final = find_spec("opentelemetry") is not None
#: What everything that is measured here is named after.
SCOPE: Final = "proforma"


@contextmanager
def span(name: str, **attributes: str | int) -> Iterator[None]:
    """A span of a trace, as long as the block; an error that leaves the block is noted in it."""
    if not IS_INSTALLED:
        yield
        return
    from opentelemetry import trace  # noqa: PLC0415 - an extra, and slow to import

    with trace.get_tracer(SCOPE).start_as_current_span(name, attributes=attributes):
        yield


@contextmanager
def continuing(traceparent: str | None) -> Iterator[None]:
    """Spans of the block belong to the trace that *traceparent* names (W3C trace context)."""
    if not IS_INSTALLED or not traceparent:
        yield
        return
    from opentelemetry import context  # noqa: PLC0415 - an extra, and slow to import
    from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
        TraceContextTextMapPropagator,
    )

    token = context.attach(TraceContextTextMapPropagator().extract({"traceparent": traceparent}))
    try:
        yield
    finally:
        context.detach(token)


def count(name: str, unit: str, value: float, **attributes: str | bool) -> None:
    """Add *value* to a counter."""
    if IS_INSTALLED:
        from opentelemetry import metrics  # noqa: PLC0415 - an extra, and slow to import

        metrics.get_meter(SCOPE).create_counter(name, unit=unit).add(value, attributes)


def take(name: str, unit: str, value: float, **attributes: str | bool) -> None:
    """One value of a distribution, such as a duration."""
    if IS_INSTALLED:
        from opentelemetry import metrics  # noqa: PLC0415 - an extra, and slow to import

        metrics.get_meter(SCOPE).create_histogram(name, unit=unit).record(value, attributes)
