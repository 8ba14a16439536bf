"""What was measured in this process since it was last asked, by OpenTelemetry's own SDK."""

from __future__ import annotations

from functools import cache
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import Counter, Histogram, MeterProvider
from opentelemetry.sdk.metrics.export import AggregationTemporality, InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

DELTA: dict[type, AggregationTemporality] = {
    Counter: AggregationTemporality.DELTA,
    Histogram: AggregationTemporality.DELTA,
}


@cache
def _reader() -> InMemoryMetricReader:
    """The one reader of this process: a provider can be set once."""
    reader = InMemoryMetricReader(preferred_temporality=DELTA)
    metrics.set_meter_provider(MeterProvider(metric_readers=[reader]))
    return reader


@cache
def _spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def begin_measuring() -> None:
    """Forget what was measured so far."""
    measured()
    _spans().clear()


def measured() -> dict[str, dict[tuple[tuple[str, Any], ...], float]]:
    """The values by name and attributes: sums of counters, and the sum of a distribution."""
    data = _reader().get_metrics_data()
    found: dict[str, dict[tuple[tuple[str, Any], ...], float]] = {}
    for resource in data.resource_metrics if data else ():
        for scope in resource.scope_metrics:
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    value = point.value if hasattr(point, "value") else point.sum
                    marks = tuple(sorted((point.attributes or {}).items()))
                    found.setdefault(metric.name, {})[marks] = value
    return found


def spans() -> tuple[Any, ...]:
    """The spans that have ended, in their order."""
    return _spans().get_finished_spans()
