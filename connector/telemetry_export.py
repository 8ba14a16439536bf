"""
Where traces and metrics go: to Application Insights, or to any collector that speaks OTLP.

A shell, like the command line: the variables of the environment decide, as OpenTelemetry and the
platform name them. Without them nothing is sent, whatever is installed.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from connector._version import __version__
from connector.telemetry import IS_INSTALLED, SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from opentelemetry.sdk.metrics.export import MetricExporter
    from opentelemetry.sdk.trace.export import SpanExporter

#: The connection string that the platform gives a function app.
INSIGHTS: Final = "APPLICATIONINSIGHTS_CONNECTION_STRING"
#: The address of a collector, by the specification of OpenTelemetry.
OTLP: Final = "OTEL_EXPORTER_OTLP_ENDPOINT"
#: Milliseconds that sending may take at the end of a program.
_PATIENCE: Final = 10_000


@contextmanager
def exported(environ: Mapping[str, str]) -> Iterator[None]:
    """Send what is measured in the block, where *environ* says to; all of it is sent at its end."""
    flush = start_export(environ)
    try:
        yield
    finally:
        flush()


def start_export(environ: Mapping[str, str]) -> Callable[[], None]:
    """
    Begin to send what is measured in this process, where *environ* says to.

    Returns what sends everything so far at once. Does nothing where the packages are missing.
    """
    exporters = _exporters(environ)
    if exporters is None:
        return _nothing
    return _begun(*exporters)


def _exporters(environ: Mapping[str, str]) -> tuple[SpanExporter, MetricExporter] | None:
    """What *environ* asks for and this installation has."""
    if not IS_INSTALLED:
        return None
    if environ.get(INSIGHTS) and _has("azure.monitor.opentelemetry.exporter"):
        from azure.monitor.opentelemetry.exporter import (  # noqa: PLC0415 - an extra
            AzureMonitorMetricExporter,
            AzureMonitorTraceExporter,
        )

        connection = environ[INSIGHTS]
        return (
            AzureMonitorTraceExporter(connection_string=connection),
            AzureMonitorMetricExporter(connection_string=connection),
        )
    if environ.get(OTLP) and _has("opentelemetry.exporter.otlp.proto.http"):
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import (  # noqa: PLC0415
            OTLPMetricExporter,
        )
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        place = environ[OTLP].rstrip("/")
        return (
            OTLPSpanExporter(endpoint=f"{place}/v1/traces"),
            OTLPMetricExporter(endpoint=f"{place}/v1/metrics"),
        )
    return None


def _begun(spans: SpanExporter, measures: MetricExporter) -> Callable[[], None]:
    from opentelemetry import metrics, trace  # noqa: PLC0415 - an extra, and slow to import
    from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    resource = Resource.create({"service.name": SCOPE, "service.version": __version__})
    tracing = TracerProvider(resource=resource)
    tracing.add_span_processor(BatchSpanProcessor(spans))
    metering = MeterProvider(
        resource=resource, metric_readers=[PeriodicExportingMetricReader(measures)]
    )
    trace.set_tracer_provider(tracing)
    metrics.set_meter_provider(metering)

    def flush() -> None:
        tracing.force_flush(_PATIENCE)
        metering.force_flush(_PATIENCE)

    return flush


def _has(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # a part of its name is missing already
        return False


def _nothing() -> None:
    """Nothing is measured, so that there is nothing to send."""
